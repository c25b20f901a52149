import type { CatalogueRun, DamagedRun } from '../../../src/runtime/index.ts';
import type { RunColumnName } from './run-columns.ts';

export interface RunsState {
  readonly all: readonly CatalogueRun[];
  /** Folders whose record is damaged, missing, or of another version. */
  readonly damaged: readonly DamagedRun[];
  /** Whether runs are still being read for the first time. */
  readonly loading: boolean;
  /** Of the rows shown. */
  readonly cursor: number;
  readonly sort: { readonly column: RunColumnName; readonly descending: boolean };
  readonly filter: string;
  readonly grouped: boolean;
  /** Folders of marked runs. */
  readonly marked: ReadonlySet<string>;
}
