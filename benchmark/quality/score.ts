import { keepLargestComponent } from '../../src/runtime/metrics/masks/components.ts';
import type { Split } from './task.ts';

/** Dice of every structure, in the split's order, over a patient's volume of one phase. */
export interface VolumeScore {
  readonly patient: string;
  readonly phase: number;
  readonly dice: readonly number[];
}

/** Masks of held-out images as labels, `[image, height, width]`. */
export interface Masks {
  readonly height: number;
  readonly width: number;
  readonly labels: Uint8Array;
}

/**
 * Dice of every volume, 1 where a structure is in neither mask.
 * @param largest whether each structure of an image first loses all but its largest connected component
 */
export function scoreVolumes(
  { structures, heldOut }: Pick<Split, 'structures' | 'heldOut'>,
  truth: Masks,
  predicted: Masks,
  largest: boolean,
): readonly VolumeScore[] {
  const size = truth.height * truth.width;
  const volumes = new Map<
    string,
    { patient: string; phase: number; sums: [both: number, either: number][] }
  >();
  for (const [image, { patient, phase }] of heldOut.entries()) {
    const key = `${patient} ${phase}`;
    const volume = volumes.get(key) ?? { patient, phase, sums: structures.map(() => [0, 0]) };
    volumes.set(key, volume);
    const part = ({ labels }: Masks) => labels.subarray(image * size, (image + 1) * size);
    for (const [structure, sums] of volume.sums.entries()) {
      const [y, p] = [part(truth), part(predicted)].map((labels) =>
        Uint8Array.from(labels, (label) => (label === structure + 1 ? 1 : 0)),
      ) as [Uint8Array, Uint8Array];
      if (largest) keepLargestComponent(p, truth.height, truth.width);
      for (const [pixel, value] of y.entries()) {
        sums[0] += value & p[pixel]!;
        sums[1] += value + p[pixel]!;
      }
    }
  }
  return [...volumes.values()].map(({ patient, phase, sums }) => ({
    patient,
    phase,
    dice: sums.map(([both, either]) => (either === 0 ? 1 : (2 * both) / either)),
  }));
}
