import os from 'node:os';

/** What else a machine does. */
export interface MachineLoad {
  /** Processes that computed or waited to, on average over the last minute. */
  readonly load: number;
  readonly cores: number;
}

/** How many processes a core may have before times say more of them than of an engine. */
const perCore = 1.5;

/** The load of a machine where it is so high that times measured now mean little; null where it is not, or unknown (Windows). */
export function busyLoad(
  average: number = os.loadavg()[0]!,
  cores: number = os.availableParallelism(),
): MachineLoad | null {
  return average > perCore * cores ? { load: average, cores } : null;
}

/** `busy: load 18 on 2 cores` */
export function busyText({ load, cores }: MachineLoad): string {
  return `busy: load ${load.toFixed(0)} on ${cores} core${cores === 1 ? '' : 's'}`;
}
