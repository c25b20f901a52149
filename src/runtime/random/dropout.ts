import { stream } from './random.ts';

/** Which application of which layer in which step; steps count from 1, recalibrations down from −1. */
interface Application {
  readonly seed: number;
  readonly layer: string;
  readonly step: number;
  /** Counts the layer's applications in one step from 0. */
  readonly application: number;
}

/** Factors of a dropout: 0 with probability `rate`, else `1 / (1 − rate)`. The same on every engine. */
export function dropoutFactors(
  { seed, layer, step, application }: Application,
  rate: number,
  size: number,
): Float32Array {
  const random = stream(seed, 'dropout', layer, step, application);
  return Float32Array.from({ length: size }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate)));
}
