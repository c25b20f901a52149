import { performance } from 'node:perf_hooks';
import type { TrainSettings } from '../../compiler/index.ts';
import type { Snapshot } from '../engines/trainer.ts';
import type { Histogram, WeightDistribution } from '../runs/results/distributions.ts';

const parts = 24;

/** Of larger weights so many values are looked at, evenly apart. */
const mostValues = 2048;

/** The share of the time of training that distributions may take. */
const mostShare = 0.01;

/** Decides after which epochs distributions are worth what they cost: the first, then as seldom as that stays a hundredth. */
export class DistributionBudget {
  #costMs: number | null = null;
  #trainedMs = 0;

  /** Says how long the epoch took; `make` is called where there is time for it. */
  async spend(epochMs: number, make: () => void | Promise<void>): Promise<void> {
    this.#trainedMs += epochMs;
    if (this.#costMs !== null && this.#costMs > mostShare * this.#trainedMs) return;
    const begin = performance.now();
    await make();
    this.#costMs = performance.now() - begin;
    this.#trainedMs = 0;
  }
}

/**
 * How weights and their gradients are distributed. Nothing is computed anew: of gradients an optimizer remembers the mean
 * square, or with momentum the mean, of the last steps. One without momentum remembers none.
 * @param rate the learning rate of the last step
 */
export function distributionsOf(
  { weights, optimizer, state }: Snapshot,
  settings: TrainSettings['optimizer'],
  rate: number,
): readonly WeightDistribution[] {
  const steps = state['steps'] as number;
  return [...weights].map(([weight, { values }]) => {
    const magnitude = magnitudeOf(weight, optimizer, settings, steps, rate);
    const sampled = samplePlaces(values.length);
    const gradients = magnitude === null ? [] : sampled.map(magnitude);
    const moving = gradients.filter((value) => value > 0 && Number.isFinite(value));
    return {
      weight,
      values: histogram(sampled.map((place) => values[place]!)),
      gradients: moving.length === 0 ? null : histogram(moving.map(Math.log10)),
      still: gradients.filter((value) => value === 0).length,
    };
  });
}

/** The gradient's magnitude at a place of a weight, as the optimizer remembers it; null where it remembers nothing of it. */
function magnitudeOf(
  weight: string,
  slots: Snapshot['optimizer'],
  settings: TrainSettings['optimizer'],
  steps: number,
  rate: number,
): ((place: number) => number) | null {
  if (settings.kind === 'sgd') {
    const velocity = slots.get(`${weight}/velocity`)?.values;
    // At a gradient that stays, a velocity is as large as the rate times it by one less the momentum.
    const factor = (1 - settings.momentum) / rate;
    return velocity === undefined || rate === 0 ? null : (place) => Math.abs(velocity[place]!) * factor;
  }
  const square = slots.get(`${weight}/mean_square`)?.values;
  if (square === undefined || steps === 0) return null;
  const kept = settings.kind === 'adam' ? settings.beta2 : settings.rho;
  // Means start at 0: what of it is still there of that start is taken away.
  const share = 1 - kept ** steps;
  return (place) => Math.sqrt(square[place]! / share);
}

function samplePlaces(length: number): readonly number[] {
  const count = Math.min(length, mostValues);
  return Array.from({ length: count }, (_, index) => Math.floor((index * length) / count));
}

/** Of the finite values. */
function histogram(values: readonly number[]): Histogram {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const counts = new Array<number>(parts).fill(0);
  if (finite.length === 0) return { low: 0, high: 0, counts };
  for (const value of finite) {
    const part = high > low ? Math.min(parts - 1, Math.floor((parts * (value - low)) / (high - low))) : 0;
    counts[part]! += 1;
  }
  return { low, high, counts };
}
