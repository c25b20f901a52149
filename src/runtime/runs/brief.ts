import { runHash } from '../../compiler/index.ts';
import type { RunRecord } from './store.ts';

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

export function briefOf({ plan, folds, overrides, created, byHand = [] }: RunRecord): RunBrief {
  const { hash: _, ...rest } = { ...plan, train: { ...plan.train, seed: 0 } };
  return {
    experiment: plan.experiment,
    source: plan.source,
    family: runHash(rest),
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
