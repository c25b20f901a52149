import { type Bag, type Compilation, type SourceFile, withContent } from '../../src/compiler/index.ts';
import {
  canOpenBackend,
  type DatasetFacts,
  EpochModel,
  type Forecast,
  forecasts,
  likelyEngine,
  measuredRuns,
  memoryLimit,
  planRuns,
  readData,
  type ToldTime,
  type Trial,
  timeTogether,
  trialsOf,
} from '../../src/runtime/index.ts';
import { compileSound } from './selection.ts';
import { budgetOf, chooseStudies, type Study } from './study.ts';

export interface SweepOptions {
  readonly format: 'text' | 'json';
  readonly sweep?: string;
  readonly compare?: string;
  readonly seeds?: number;
  readonly jobs?: number;
  readonly runs: string;
  readonly set?: readonly string[];
  readonly backend?: string;
  readonly dryRun?: boolean;
  readonly acceptData?: boolean;
}

/** What a study is to do, worked out before anything is trained. */
export interface Plan {
  readonly file: string;
  readonly options: SweepOptions;
  readonly compilation: Compilation;
  readonly studies: readonly Study[];
  readonly trials: readonly Trial[];
  readonly facts: ReadonlyMap<string, DatasetFacts>;
  /** Of the engine that will train. */
  readonly model: EpochModel;
  /** What all studies may take together: the time that the spec allows them, and memory for what runs at once. */
  readonly budget: { readonly ms: number | null; readonly bytes: number };
}

/** What the command asks for, worked out; null, with the reason in the bag, when there is nothing to do. */
export async function planStudies(
  file: string,
  options: SweepOptions,
  bag: Bag,
  sources: Map<string, SourceFile>,
): Promise<Plan | null> {
  const compilation = compileSound(file, options.set ?? [], bag, sources);
  if (compilation === null) return null;
  const studies = chooseStudies(compilation, file, options, bag);
  if (studies === null) return null;
  if (!(await canOpenBackend(options.backend, bag))) return null;
  const members = studies.flatMap((study) => study.members);
  const facts = new Map<string, DatasetFacts>();
  // Everything wrong with the images is told before the first of them is trained on, once for each dataset.
  for (const { plan } of members) {
    const key = dataKey(plan);
    if (facts.has(key)) continue;
    const found = await readData(plan, options.runs, bag);
    if (found === null) return null;
    facts.set(key, found.facts);
  }
  const lookup = { acceptData: options.acceptData === true, bag };
  const trials = trialsOf(planRuns(members, options.seeds ?? 1, options.runs, lookup));
  return {
    file,
    options,
    compilation,
    studies,
    trials,
    facts,
    model: new EpochModel(await likelyEngine(options.backend ?? null)),
    budget: totalBudget(studies),
  };
}

function totalBudget(studies: readonly Study[]): Plan['budget'] {
  const budgets = studies.map(budgetOf);
  const times = budgets.map(({ ms }) => ms?.amount ?? Number.POSITIVE_INFINITY);
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const memory = Math.min(...budgets.map(({ bytes }) => bytes?.amount ?? Number.POSITIVE_INFINITY));
  return {
    ms: Number.isFinite(total) ? total : null,
    bytes: memoryLimit(Number.isFinite(memory) ? memory : null),
  };
}

/** Equal for plans that read the same data in the same way. */
export function dataKey(plan: Trial['run']['plan']): string {
  const { data, network, heads } = withContent(plan, null);
  return JSON.stringify([data, network.input.shape, heads.map(({ kind, attribute }) => [kind, attribute])]);
}

export function jobsOf({ options }: Plan): number {
  return options.jobs ?? 1;
}

/** What each trial is going to take, by the runs in the folder and the cost model of the engine. */
export function forecastsOf({ trials, facts, model, options }: Plan): ReadonlyMap<Trial, Forecast> {
  const imagesOf = ({ run }: Trial) => facts.get(dataKey(run.plan))!.images;
  return new Map(forecasts(trials, imagesOf, model, measuredRuns(options.runs)));
}

/** How many trials run at once at least: as many as are asked for, or as the memory has room for the largest of. */
export function jobsThatFit(plan: Plan, predicted: readonly Forecast[]): number {
  const largest = largestOf(predicted);
  let jobs = 1;
  while (jobs < jobsOf(plan) && sumOf(largest.slice(0, jobs + 1)) <= plan.budget.bytes) jobs += 1;
  return jobs;
}

/** How long trials take together, as many at once as fit. */
export function spanTogether(plan: Plan, predicted: readonly Forecast[]): ToldTime {
  return timeTogether(predicted, jobsThatFit(plan, predicted));
}

/** The most memory that as many trials as run at once take together. */
export function peakOf(plan: Plan, predicted: readonly Forecast[]): number {
  return sumOf(largestOf(predicted).slice(0, jobsThatFit(plan, predicted)));
}

/** The memory of the trials that are left, the largest first. */
function largestOf(predicted: readonly Forecast[]): readonly number[] {
  const left = predicted.filter(({ ms }) => ms > 0);
  return (left.length > 0 ? left : predicted).map(({ bytes }) => bytes).sort((left, right) => right - left);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
