import { readFileSync } from 'node:fs';
import {
  metricFacts,
  metricPath,
  partsOf,
  type RunPlan,
  runHash,
  valueAttribute,
  withContent,
} from '../../../compiler/index.ts';
import { checkSeal } from '../../storage/seal.ts';
import { systemReason } from '../../storage/system-reason.ts';
import { runFiles } from './folder.ts';
import { type RunRecord, recordOf } from './store.ts';

/** A run's record in a few words. */
export interface RunBrief {
  readonly experiment: string;
  /** The path of its spec. */
  readonly source: string;
  /** Equal for runs that differ by their seed alone. */
  readonly family: string;
  /** As `family`, of the experiment as its spec has it: whatever its data were. */
  readonly recipe: string;
  readonly seed: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly batch: number;
  readonly folds: readonly number[];
  /** Of the experiment; `folds` may name fewer. */
  readonly foldCount: number;
  /** Metrics that the experiment asks for, as `segmentation.dsc`, in the order of the spec. */
  readonly metrics: readonly string[];
  /** By head, the structures, or classes of several, that it tells apart; heads that know a single one are left out. */
  readonly structures: Readonly<Record<string, readonly string[]>>;
  /** By metric, the unit of those that are in the unit of a value; absent in what older versions remembered. */
  readonly units?: Readonly<Record<string, string>>;
  /** Heads that are trained, in order. */
  readonly heads: readonly string[];
  readonly reported: Readonly<Record<string, number>>;
  readonly overrides: readonly string[];
  /** How often someone changed it while it trained. */
  readonly byHand: number;
  /** Changes of its data that were accepted. */
  readonly accepted: readonly string[];
  /** Patients of a quick trial; null for a run on all of its data. */
  readonly limit: number | null;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** Equal for plans that differ by their seed alone. */
export function familyOf(plan: RunPlan): string {
  const { hash: _, ...rest } = { ...plan, train: { ...plan.train, seed: 0 } };
  return runHash(rest);
}

export function briefOf({
  plan,
  folds,
  overrides,
  created,
  byHand = [],
  accepted = [],
}: RunRecord): RunBrief {
  return {
    experiment: plan.experiment,
    source: plan.source,
    family: familyOf(plan),
    recipe: familyOf(withContent(plan, null)),
    seed: plan.train.seed,
    epochs: plan.train.epochs,
    learningRate: plan.train.optimizer.lr,
    batch: plan.train.batch,
    folds,
    foldCount: plan.evaluate.folds.count,
    metrics: Object.entries(plan.evaluate.metrics).flatMap(([head, names]) =>
      names.map((name) => metricPath(head, name)),
    ),
    structures: Object.fromEntries(
      plan.heads.flatMap((head) => {
        const names = partsOf(head, plan.data);
        return names.length === 0 ? [] : [[head.name, names]];
      }),
    ),
    ...(plan.heads.some(({ kind }) => kind === 'value') && { units: unitsOf(plan) }),
    heads: plan.heads.filter((head) => head.trained).map((head) => head.name),
    reported: plan.reported,
    overrides,
    byHand: byHand.length,
    accepted: accepted.map(({ change }) => change),
    limit: plan.data.limit ?? null,
    created,
  };
}

/** By metric, the unit of those that are in the unit of a value. */
function unitsOf({ heads, evaluate, data }: RunPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    heads
      .filter(({ kind }) => kind === 'value')
      .flatMap((head) =>
        (evaluate.metrics[head.name] ?? [])
          .filter((name) => metricFacts(name)?.unit === 'value')
          .map((name) => [metricPath(head.name, name), valueAttribute(head, data).unit]),
      ),
  );
}

/** The brief of a run directory; or why there is no record that can be read. */
export function readBrief(folder: string): RunBrief | string {
  try {
    const text = readFileSync(runFiles.record(folder), 'utf8');
    const sealed = checkSeal(text);
    if (typeof sealed === 'string') return sealed;
    const light = recordOf(JSON.parse(withoutLayers(text)), sealed);
    return typeof light === 'string' ? light : briefOf(light);
  } catch (error) {
    return error instanceof SyntaxError ? 'it is not JSON' : (systemReason(error) ?? String(error));
  }
}

/**
 * A record as it is written, line by line, without the layers of its network, which are nearly all of it and of which no
 * brief says anything. In any other form it stays as it is.
 */
function withoutLayers(text: string): string {
  const start = text.indexOf('\n   "layers": [\n');
  const end = text.indexOf('\n  }', start);
  return start < 0 || end < 0 ? text : `${text.slice(0, start)}\n   "layers": []${text.slice(end)}`;
}
