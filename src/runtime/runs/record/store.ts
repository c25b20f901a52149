import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Bag, RunPlan } from '../../../compiler/index.ts';
import { createFolderAtomically, isTemporary } from '../../storage/atomic.ts';
import { nowhere, systemProblem } from '../../storage/problems.ts';
import { sealedText, unseal, writeSealed } from '../../storage/seal.ts';
import { runFiles, runName } from './folder.ts';

/** What `run.json` holds: everything that training needs, so that a run does not depend on the spec any more. */
export interface RunRecord {
  /** 4 since runs are sealed and record their data; nothing can be proved of those of version 3. */
  readonly version: 3 | 4;
  readonly plan: RunPlan;
  /** Where relative paths of the plan start. */
  readonly workingFolder: string;
  /** The folds to train, in order. */
  readonly folds: readonly number[];
  /** The backend asked for; null lets the runtime choose. */
  readonly backend: string | null;
  /** What was changed on the command line, as `train.epochs=2`. */
  readonly overrides: readonly string[];
  /** What people changed while it trained: its results are then no longer those of its plan, whatever its hash says. */
  readonly byHand?: readonly HandChange[];
  /** Changes of the data that people accepted: results are then of other images than those that were trained on. */
  readonly accepted?: readonly AcceptedData[];
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly versions: { readonly cmrnet: string; readonly node: string };
}

/** A change of the optimizer's learning rate by hand. The journal says at which steps it took effect. */
export interface HandChange {
  readonly time: number;
  readonly learningRate: { readonly from: number; readonly to: number };
}

/** A change of a run's data that was accepted. */
export interface AcceptedData {
  readonly time: number;
  /** What had changed: `3 patients added, masks of 2 images differ`. */
  readonly change: string;
  /** The digest of all data as they were then; `DataPlan.content` of a spec that reads them. */
  readonly content: string;
}

/** A run directory with its record. */
export interface Run {
  readonly folder: string;
  readonly record: RunRecord;
}

/** What a new run is made of. */
export interface NewRun extends Omit<RunRecord, 'version' | 'created'> {
  /** Null for a new folder below `runs`. */
  readonly folder: string | null;
  /** Texts of the spec and its imports by path. */
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly now: Date;
}

/**
 * Makes a run directory, whole or not at all: whoever makes the same one at the same moment gets `runExists`, and the run
 * that is there is complete. Reports `runExists` for a folder that holds files, and system failures.
 */
export function createRun(request: NewRun, bag: Bag): Run | null {
  const { folder: asked, sources, now, ...rest } = request;
  const folder = asked ?? freshFolder('runs', rest.plan.experiment, now);
  const record: RunRecord = { version: 4, ...rest, created: now.getTime() };
  try {
    if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
      bag.report('runExists', {
        at: nowhere(folder),
        arguments: { path: folder },
        help: [
          {
            message: 'choose a new folder, or go on with a stopped run: `cmrc train --resume ' + folder + '`',
          },
        ],
      });
      return null;
    }
    const copies = sources.map(
      ({ path, text }) => [join(runFiles.specs(''), copyName(path, sources)), text] as const,
    );
    // The record last, because a folder that has it counts as a run.
    const files = [...copies, [runFiles.record(''), sealedText(record, 1)]];
    // Another process may have made it since.
    if (!createFolderAtomically(folder, Object.fromEntries(files)))
      return createRun({ ...request, folder: asked }, bag);
    return { folder, record };
  } catch (error) {
    bag.add(systemProblem(error, folder));
    return null;
  }
}

/** Changes what a run is to do, such as more folds or more epochs. Reports system failures. */
export function updateRecord(
  run: Run,
  change: Partial<Pick<RunRecord, 'plan' | 'folds' | 'overrides' | 'byHand' | 'accepted'>>,
  bag: Bag,
): Run | null {
  const record: RunRecord = { ...run.record, ...change };
  try {
    writeSealed(runFiles.record(run.folder), record, 1);
    return { folder: run.folder, record };
  } catch (error) {
    bag.add(systemProblem(error, run.folder));
    return null;
  }
}

/** Opens a run directory. Reports `noRun` and `brokenRun`. */
export function openRun(folder: string, bag: Bag): Run | null {
  const path = runFiles.record(folder);
  if (!existsSync(path)) {
    bag.report('noRun', {
      at: nowhere(folder),
      arguments: { path: folder },
      help: [{ message: '`cmrc runs` lists the runs below `runs`' }],
    });
    return null;
  }
  const record = parseRecord(path);
  if (typeof record === 'string') {
    bag.report('brokenRun', { at: nowhere(path), arguments: { path, reason: record } });
    return null;
  }
  return { folder, record };
}

/** The run directories below a folder, newest first. Folders that cannot be read as runs are left out. */
export function listRuns(parent: string): readonly Run[] {
  if (!existsSync(parent)) return [];
  const runs = readdirSync(parent).flatMap((name) => {
    const folder = join(parent, name);
    if (isTemporary(name) || !existsSync(runFiles.record(folder))) return [];
    const record = parseRecord(runFiles.record(folder));
    return typeof record === 'string' ? [] : [{ folder, record }];
  });
  return runs.sort((a, b) => b.record.created - a.record.created || (a.folder < b.folder ? 1 : -1));
}

/** The folders below a folder that hold a run whose record is damaged or missing, with what is wrong, by name. */
export function damagedRuns(parent: string): readonly { readonly folder: string; readonly reason: string }[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .toSorted()
    .flatMap((name) => {
      const folder = join(parent, name);
      const path = runFiles.record(folder);
      if (name.startsWith('.') || (!existsSync(path) && !existsSync(runFiles.events(folder)))) return [];
      const record = existsSync(path) ? parseRecord(path) : missingRecord;
      return typeof record === 'string' ? [{ folder, reason: record }] : [];
    });
}

/** What is wrong with a run that has no `run.json`. */
export const missingRecord = 'run.json is missing';

/** A folder that is not there yet, below a folder of runs, for a run of an experiment. */
export function freshFolder(parent: string, experiment: string, now: Date): string {
  const name = join(parent, runName(experiment, now));
  let folder = name;
  for (let attempt = 2; existsSync(folder); attempt += 1) folder = `${name}-${attempt}`;
  return folder;
}

/** Base names alone read best; the whole path, flattened, only where two files share a base name. */
function copyName(path: string, all: readonly { readonly path: string }[]): string {
  const name = basename(path);
  const alone = all.filter((other) => basename(other.path) === name).length === 1;
  return alone ? name : path.replace(/^[./\\]+/, '').replace(/[\\/:]/g, '__');
}

function parseRecord(path: string): RunRecord | string {
  try {
    return recordIn(readFileSync(path, 'utf8'));
  } catch (error) {
    return (error as Error).message;
  }
}

/** The record that a text holds, or what is wrong with it. */
function recordIn(text: string): RunRecord | string {
  const found = unseal(text);
  return typeof found === 'string' ? found : recordOf(found.value, found.sealed);
}

/** The value of a record's text as a record, or what is wrong with it. */
export function recordOf(found: unknown, sealed: boolean): RunRecord | string {
  if (typeof found !== 'object' || found === null) return 'it is not an object';
  const value = found as Partial<RunRecord>;
  if (value.version !== 3 && value.version !== 4)
    return `its version is ${JSON.stringify(value.version)}, not 3 or 4`;
  if (!sealed && value.version !== 3) return 'its checksum is missing';
  const whole =
    typeof value.plan?.experiment === 'string' &&
    typeof value.plan.network === 'object' &&
    Array.isArray(value.folds) &&
    typeof value.workingFolder === 'string';
  return whole ? (value as RunRecord) : 'parts of it are missing';
}
