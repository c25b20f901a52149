import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bag } from '../../../src/compiler/index.ts';
import { nowhere, openRun, runFiles } from '../../../src/runtime/index.ts';
import { isReadable } from '../../environment/host.ts';

/** What a session of the interface opens with. */
export interface Opening {
  /** The folder of run directories. */
  readonly parent: string;
  /** A run to open. */
  readonly run?: string;
  /** A spec to open. */
  readonly spec?: string;
}

/** What a path opens: a run, a folder of runs, or a spec; `runs`, which need not be there, without one. Null reports. */
export function openingOf(path: string | undefined, bag: Bag): Opening | null {
  if (path === undefined) return { parent: 'runs' };
  const folder = path.replace(/(.)\/+$/, '$1');
  if (existsSync(runFiles.record(folder))) {
    return openRun(folder, bag) === null ? null : { parent: dirname(folder), run: folder };
  }
  if (existsSync(folder) && statSync(folder).isDirectory()) return { parent: folder };
  if (path.endsWith('.cmrnet')) return isReadable(path, bag) ? { parent: 'runs', spec: path } : null;
  bag.report('noRun', {
    at: nowhere(path),
    arguments: { path },
    help: [{ message: 'name a spec, a run, or a folder of runs' }],
  });
  return null;
}
