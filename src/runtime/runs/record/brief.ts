import { readFileSync } from 'node:fs';
import { type RunPlan, runHash } from '../../../compiler/index.ts';
import { runFiles } from './folder.ts';
import { type RunRecord, recordIn } from './store.ts';

/** A run's record in a few words. */
export interface RunBrief {
  readonly experiment: string;
  /** The path of its spec. */
  readonly source: string;
  /** Equal for runs that differ by their seed alone. */
  readonly family: string;
  readonly seed: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly batch: number;
  readonly folds: readonly number[];
  /** Of the experiment; `folds` may name fewer. */
  readonly foldCount: number;
  /** Metrics that the experiment asks for, as `segmentation.dsc`, in the order of the spec. */
  readonly metrics: readonly string[];
  /** Heads that are trained, in order. */
  readonly heads: readonly string[];
  readonly reported: Readonly<Record<string, number>>;
  readonly overrides: readonly string[];
  /** How often someone changed it while it trained. */
  readonly byHand: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** Equal for plans that differ by their seed alone. */
export function familyOf(plan: RunPlan): string {
  const { hash: _, ...rest } = { ...plan, train: { ...plan.train, seed: 0 } };
  return runHash(rest);
}

export function briefOf({ plan, folds, overrides, created, byHand = [] }: RunRecord): RunBrief {
  return {
    experiment: plan.experiment,
    source: plan.source,
    family: familyOf(plan),
    seed: plan.train.seed,
    epochs: plan.train.epochs,
    learningRate: plan.train.optimizer.lr,
    batch: plan.train.batch,
    folds,
    foldCount: plan.evaluate.folds.count,
    metrics: Object.entries(plan.evaluate.metrics).flatMap(([head, names]) =>
      names.map((name) => `${head}.${name}`),
    ),
    heads: plan.heads.filter((head) => head.trained).map((head) => head.name),
    reported: plan.reported,
    overrides,
    byHand: byHand.length,
    created,
  };
}

/** The brief of a run directory; null where there is no record that can be read. */
export function readBrief(folder: string): RunBrief | null {
  try {
    const text = readFileSync(runFiles.record(folder), 'utf8');
    const light = recordIn(withoutLayers(text));
    const record = typeof light === 'string' ? recordIn(text) : light;
    return typeof record === 'string' ? null : briefOf(record);
  } catch {
    return null;
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
