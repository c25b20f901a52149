import { groupBy } from '../random/group.ts';
import {
  type Ends,
  effectiveNumber,
  newcombeInterval,
  wilsonInterval,
} from '../statistics/edge-intervals.ts';
import type { HeadMeasure } from './head-measures.ts';
import type { Judgement } from './label-metrics.ts';
import type { Measurement } from './measure.ts';

/** The images that a share is of. */
type Counted = (judgement: Judgement, positive: number) => boolean;

const shares: Readonly<Record<string, Counted>> = {
  accuracy: () => true,
  sensitivity: ({ truth }, positive) => truth === positive,
  specificity: ({ truth }, positive) => truth !== positive,
  ppv: ({ predicted }, positive) => predicted === positive,
  npv: ({ predicted }, positive) => predicted !== positive,
};

/** An interval that keeps its width where nothing or everything is right. */
export interface EdgeInterval extends Ends {
  readonly method: 'wilson' | 'newcombe';
}

/** Whether an interval ends where a share or an area can go no further, so that too few images speak against it. */
export function isAtEdge({ low, high }: Ends): boolean {
  return low <= 1e-12 || high >= 1 - 1e-12;
}

/**
 * The interval of a share or an area by numbers of patients: Wilson's, of Kish's effective number, which counts all images
 * of a patient as one; Newcombe's of the patients with images of each class. Null for other metrics.
 * @param runs the measure in each run; the smallest number counts
 * @param value its mean
 */
export function edgeInterval(runs: readonly HeadMeasure[], value: number): EdgeInterval | null {
  const [{ name, question }] = runs as [HeadMeasure];
  if (question === null) return null;
  const { positive, judgement } = question;
  const patientsOf = (measured: readonly Measurement[], isCounted: Counted) =>
    [...groupBy(measured, ({ patient }) => patient).values()]
      .map((own) => own.filter((one) => isCounted(judgement(one)!, positive)).length)
      .filter((images) => images > 0);
  const least = (number: (measured: readonly Measurement[]) => number) =>
    Math.min(...runs.map(({ measured }) => number(measured)));
  const isShare = shares[name];
  if (isShare !== undefined) {
    const count = least((measured) => effectiveNumber(patientsOf(measured, isShare)));
    return count === 0 ? null : { method: 'wilson', ...wilsonInterval(value, count) };
  }
  if (name !== 'auc') return null;
  const [positives, negatives] = [shares['sensitivity']!, shares['specificity']!].map((isCounted) =>
    least((measured) => patientsOf(measured, isCounted).length),
  ) as [number, number];
  if (positives === 0 || negatives === 0) return null;
  return { method: 'newcombe', ...newcombeInterval(value, positives, negatives) };
}
