import { parentPort, workerData } from 'node:worker_threads';
import { type Kernel, takeItems, word } from './control.ts';

/** A thread that runs kernels, started by its path. It never returns; the end of the process ends it. */

export interface Duty {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  /** The kernels in the order in which the caller counts them. */
  readonly names: readonly string[];
  /** Which thread this is; 0 is the caller. */
  readonly thread: number;
}

const { module, memory, control, names, thread } = workerData as Duty;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const kernels = names.map((name) => exports[name] as Kernel);

/** About as long as the caller needs from one job to the next: shorter than going to sleep and being woken. */
const patience = 20_000;

parentPort?.postMessage('ready');
for (;;) {
  takeItems(control, kernels, thread);
  const ticket = Atomics.load(control, word.ticket);
  let turns = 0;
  while (turns < patience && Atomics.load(control, word.ticket) === ticket) turns++;
  if (turns === patience) {
    Atomics.add(control, word.sleepers, 1);
    Atomics.wait(control, word.ticket, ticket);
    Atomics.sub(control, word.sleepers, 1);
  }
}
