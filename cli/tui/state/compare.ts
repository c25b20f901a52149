import type { RunsInsight } from '../../../src/runtime/index.ts';

import type { Axis } from './axis.ts';

export const comparePanels = [
  'curves',
  'table',
  'tests',
  'spec',
  'folds',
  'measures',
  'confusion',
  'roc',
  'worst',
] as const;
export type ComparePanel = (typeof comparePanels)[number];

export interface CompareState {
  readonly panel: ComparePanel;
  /** Index into the metrics that all runs have. */
  readonly metric: number;
  readonly scroll: number;
  /** What curves are drawn over; `time` is that of training alone, without stops. */
  readonly axis: Axis;
  /** What was worked out about which runs; null before. */
  readonly insight: Insight | null;
  /** The runs that are being looked at, as a key; null when nothing is under way. */
  readonly working: string | null;
}

/** What was worked out about runs side by side, and about which. */
export interface Insight {
  readonly key: string;
  /** Null where it could not be worked out. */
  readonly found: RunsInsight | null;
  readonly problem: string | null;
}

/** What tells one choice of runs from another. */
export function insightKey(folders: readonly string[]): string {
  return folders.join('\n');
}
