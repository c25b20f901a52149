import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readSealed } from '../../storage/seal.ts';
import { epochOf, runFiles } from '../record/folder.ts';

/** How many of some values lie in each of equal parts of a range. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** How the values of one weight of the network are distributed, and the gradients that it was given lately. */
export interface WeightDistribution {
  /** As in checkpoints: `encoder/conv/kernel`. */
  readonly weight: string;
  readonly values: Histogram;
  /**
   * Of the decimal logarithms of the gradients' magnitudes, each the root of its mean square over the last steps, as the
   * optimizer remembers it; null where it remembers none, or all are 0.
   */
  readonly gradients: Histogram | null;
  /** How many of the sampled values have a gradient that is 0. */
  readonly still: number;
}

/** The distributions of a fold's weights after an epoch. */
export interface Distributions {
  readonly version: 1;
  readonly epoch: number;
  /** Which draw of the weights it is, as in the fold's start: one that begins again leaves those of before behind. */
  readonly draw: number;
  readonly weights: readonly WeightDistribution[];
}

/**
 * The distributions that a fold kept, at most so many, evenly over its epochs, the first and the last among them. Damaged ones
 * are left out, and those of weights that were given up.
 */
export function readDistributions(run: string, fold: number, most: number): readonly Distributions[] {
  const folder = dirname(join(run, runFiles.distributions(fold, 1)));
  const epochs = (existsSync(folder) ? readdirSync(folder) : [])
    .flatMap((name) => epochOf(basename(name, '.json')) ?? [])
    .toSorted((one, other) => one - other);
  const read = evenlyChosen(epochs, most).flatMap((epoch): readonly Distributions[] => {
    try {
      const found = readSealed(join(run, runFiles.distributions(fold, epoch)));
      return typeof found === 'string' ? [] : [found.value as Distributions];
    } catch {
      return [];
    }
  });
  // The first epoch is kept by every draw of the weights, so it is of the last one.
  return read.filter(({ draw }) => draw === read[0]!.draw);
}

/** At most so many of some values, at even distances, the first and the last among them. */
export function evenlyChosen<T>(values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  return Array.from(
    { length: most },
    (_, index) => values[Math.round((index * (values.length - 1)) / Math.max(1, most - 1))]!,
  );
}
