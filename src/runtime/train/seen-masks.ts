import type { RunPlan } from '../../compiler/index.ts';
import type { Prediction } from '../metrics/prediction.ts';

/** What was seen of a head's masks on some images. */
export interface SeenMask {
  readonly pixels: number;
  /** By channel, how many pixels are predicted to be of it, and how many are. */
  readonly predicted: readonly number[];
  readonly actual: readonly number[];
}

interface Counts {
  pixels: number;
  readonly predicted: number[];
  readonly actual: number[];
}

/** Counts pixels of the masks that are trained, as a threshold or the likeliest channel decides them. */
export class SeenMasks {
  readonly #plan: Pick<RunPlan, 'heads' | 'evaluate'>;
  readonly #counts = new Map<string, Counts>();

  constructor(plan: Pick<RunPlan, 'heads' | 'evaluate'>) {
    this.#plan = plan;
  }

  add(predictions: readonly Prediction[]): void {
    for (const head of this.#plan.heads) {
      if (head.kind !== 'mask' || !head.trained) continue;
      for (const { heads, targets } of predictions) {
        const [values, truth] = [heads[head.name], targets[head.name]];
        if (values === undefined || truth === undefined) continue;
        const zeros = () => new Array<number>(head.channels).fill(0);
        const known = this.#counts.get(head.name) ?? {
          pixels: 0,
          predicted: zeros(),
          actual: zeros(),
        };
        this.#counts.set(head.name, known);
        count(known, values, truth, head.encoding === 'categorical' ? null : this.#plan.evaluate.threshold);
      }
    }
  }

  /** By head. */
  get seen(): ReadonlyMap<string, SeenMask> {
    return this.#counts;
  }
}

/** @param threshold null where the likeliest channel is the answer */
function count(counts: Counts, values: Float32Array, truth: Float32Array, threshold: number | null): void {
  const channels = counts.predicted.length;
  counts.pixels += values.length / channels;
  for (let start = 0; start < values.length; start += channels) {
    let likeliest = 0;
    for (let channel = 0; channel < channels; channel++) {
      const p = values[start + channel]!;
      if (truth[start + channel] === 1) counts.actual[channel]! += 1;
      if (p > values[start + likeliest]!) likeliest = channel;
      if (threshold !== null && p >= threshold) counts.predicted[channel]! += 1;
    }
    if (threshold === null) counts.predicted[likeliest]! += 1;
  }
}
