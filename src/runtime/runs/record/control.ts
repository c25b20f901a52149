import { statSync } from 'node:fs';
import { readSealed, writeSealed } from '../../storage/seal.ts';
import { runFiles } from './folder.ts';

/** What people want of a run while it trains: `control.json`. Its processes look at it between steps. */
export interface Control {
  readonly version: 1 | 2;
  readonly paused: boolean;
  /** In the place of the optimizer's rate, which the schedule then scales; null leaves that of the spec. */
  readonly learningRate: number | null;
}

export const noControl: Control = { version: 2, paused: false, learningRate: null };

/** The wishes in a run directory. A file that is missing or damaged asks for nothing. */
export function readControl(run: string): Control {
  try {
    const found = readSealed(runFiles.control(run));
    if (typeof found === 'string') return noControl;
    const value = found.value as Partial<Control> | null;
    // Those of older versions have no seal.
    if (!found.sealed && value?.version !== 1) return noControl;
    const rate = value?.learningRate;
    return {
      version: 2,
      paused: value?.paused === true,
      learningRate: typeof rate === 'number' && Number.isFinite(rate) && rate > 0 ? rate : null,
    };
  } catch {
    return noControl;
  }
}

export function writeControl(run: string, change: Partial<Omit<Control, 'version'>>): void {
  writeSealed(runFiles.control(run), { ...readControl(run), ...change });
}

/** The wishes as they are at each call; the file is read only when it has changed. */
export function controlOf(run: string): () => Control {
  let seen = '';
  let known = noControl;
  return () => {
    const stat = statSync(runFiles.control(run), { throwIfNoEntry: false });
    const now = stat === undefined ? '' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    if (now !== seen) {
      seen = now;
      known = stat === undefined ? noControl : readControl(run);
    }
    return known;
  };
}
