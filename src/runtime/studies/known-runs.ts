import { resolve } from 'node:path';
import { type Bag, type RunPlan, runHash, withContent } from '../../compiler/index.ts';
import { progressOf } from '../runs/journal/progress-of.ts';
import { dataDifference, differenceDetails, differenceInWords } from '../runs/record/data-difference.ts';
import { readDataRecord } from '../runs/record/data-record.ts';
import { damagedRuns, listRuns, type Run, updateRecord } from '../runs/record/store.ts';
import { nowhere } from '../storage/problems.ts';
import { StudyData } from './study-data.ts';

/** How runs are looked up for a spec. */
export interface Lookup {
  /** Takes runs of other data than there are now; their records then say so. */
  readonly acceptData: boolean;
  readonly bag: Bag;
}

/**
 * The runs below a folder by their identity: what they train, on which data. Runs that were changed by hand have none. Of
 * several of one identity that with the most folds done is taken.
 */
export class KnownRuns {
  readonly #lookup: Lookup;
  readonly #data: StudyData;
  readonly #byIdentity: ReadonlyMap<string, Run>;
  readonly #byRecipe: ReadonlyMap<string, Run>;
  readonly #told = new Set<string>();

  constructor(parent: string, lookup: Lookup) {
    this.#lookup = lookup;
    this.#data = new StudyData(parent);
    for (const { folder, reason } of damagedRuns(parent)) {
      lookup.bag.report('damagedRun', { at: nowhere(folder), arguments: { path: folder, reason } });
    }
    const runs = listRuns(parent)
      // The numbers of others are not those of their plan.
      .filter(({ record }) => (record.byHand ?? []).length === 0)
      .map((run) => ({ run, done: foldsDone(run) }))
      .sort((one, other) => other.done - one.done)
      .map(({ run }) => run);
    this.#byIdentity = firstBy(runs, identityOf);
    this.#byRecipe = firstBy(runs, ({ record }) => recipeOf(record.plan, record.workingFolder));
  }

  /**
   * A plan as it is looked up: with the digest of its data, and the run that there is, or null. The data decide, wherever
   * they lie: a run of the same settings on what the manifest held before is told as `otherData`. Where nothing is known
   * of the data, of the run or of those here, `unprovenData` says so.
   * @param member the plan's name in its study
   */
  find(asked: RunPlan, member: string): { readonly plan: RunPlan; readonly run: Run | null } {
    const plan = this.#data.identify(asked);
    const exact = this.#byIdentity.get(plan.hash);
    const { source } = plan.data;
    if (exact !== undefined || source.kind === 'phantom') return { plan, run: exact ?? null };
    const alike = this.#byRecipe.get(recipeOf(plan, process.cwd()));
    if (alike === undefined) return { plan, run: null };
    if (source.content === undefined) this.#unproven(alike, `\`${source.path}\` cannot be read here`);
    else if (alike.record.version === 3) {
      this.#unproven(alike, 'it was made before runs recorded what they trained on');
    } else return { plan, run: this.#other(alike, plan, source.content, member) };
    return { plan, run: alike };
  }

  /** A run of the same settings whose data were others: taken where that is wished for. */
  #other(run: Run, plan: RunPlan, content: string, member: string): Run | null {
    const { folder, record } = run;
    const before = readDataRecord(folder);
    const now = this.#data.contentOf(plan) ?? [];
    const known = before !== null && typeof before !== 'string';
    const difference = known ? dataDifference(before.images, now) : null;
    const change = difference === null ? 'its data have changed' : differenceInWords(difference);
    if (this.#lookup.acceptData) {
      const accepted = [...(record.accepted ?? []), { time: Date.now(), change, content }];
      return updateRecord(run, { accepted }, this.#lookup.bag);
    }
    if (this.#first(folder)) {
      this.#lookup.bag.report('otherData', {
        at: nowhere(folder),
        arguments: { run: folder, member, change },
        notes: [
          ...(difference === null ? [] : differenceDetails(difference)),
          'what it says holds for the data that it recorded',
        ],
        help: [
          { message: 'train anew, or take it all the same with `--accept-data`: its numbers then say so' },
        ],
      });
    }
    return null;
  }

  #unproven({ folder }: Run, reason: string): void {
    if (!this.#first(folder)) return;
    this.#lookup.bag.report('unprovenData', { at: nowhere(folder), arguments: { run: folder, reason } });
  }

  #first(folder: string): boolean {
    const first = !this.#told.has(folder);
    this.#told.add(folder);
    return first;
  }
}

/** The identity of what a run is taken for: of its own data, or of those that were accepted last. */
function identityOf({ record: { plan, accepted = [] } }: Run): string {
  const last = accepted.at(-1);
  return last === undefined ? plan.hash : withContent(plan, last.content).hash;
}

/** The identity of a plan whatever its manifest holds. @param folder where relative paths start */
function recipeOf(plan: RunPlan, folder: string): string {
  const { hash: _, ...bare } = withContent(plan, null);
  const { source } = bare.data;
  if (source.kind === 'phantom') return plan.hash;
  return runHash({
    ...bare,
    data: { ...bare.data, source: { ...source, path: resolve(folder, source.path) } },
  });
}

function foldsDone({ folder }: Run): number {
  return [...progressOf(folder).folds.values()].filter(({ state }) => state === 'finished').length;
}

function firstBy(runs: readonly Run[], key: (run: Run) => string): ReadonlyMap<string, Run> {
  const found = new Map<string, Run>();
  for (const run of runs) if (!found.has(key(run))) found.set(key(run), run);
  return found;
}
