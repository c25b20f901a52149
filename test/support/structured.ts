import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { type StoredCase, storeImage } from '../../src/runtime/metrics/stored.ts';
import { paperPlan } from '../metrics/plans.ts';

/** The paper's plan for masks of three structures, as a softmax over four channels. */
export const structuredPlan: RunPlan = {
  ...paperPlan,
  experiment: 'Structured',
  heads: [{ name: 'segmentation', kind: 'mask', channels: 4, encoding: 'categorical', trained: true }],
  data: {
    ...paperPlan.data,
    structures: [
      { name: 'right_ventricle', values: [1] },
      { name: 'myocardium', values: [2] },
      { name: 'left_ventricle', values: [3] },
    ],
  },
  evaluate: {
    ...paperPlan.evaluate,
    tolerance: 2,
    metrics: { segmentation: ['dsc', 'hd95', 'hd95_max', 'nsd'] },
  },
  reported: { 'segmentation.dsc': 0.8214 },
};

/** Values of a mask, 0 to 3, of 12 × 12 pixels: strips of the three structures, of so many pixels each. */
export function strips(sizes: readonly [number, number, number]): readonly number[] {
  const values = new Array<number>(144).fill(0);
  for (const [structure, size] of sizes.entries()) {
    for (let pixel = 0; pixel < size; pixel += 1) values[48 * structure + pixel] = structure + 1;
  }
  return values;
}

/** A held-out image of {@link structuredPlan}, with its truth and what is predicted as values of a mask. */
export function structuredCase(
  image: { readonly id: string; readonly patient: string; readonly fold: number },
  truth: readonly number[],
  predicted: readonly number[],
  spacing: readonly [number, number] | null = [1, 1],
  plan: RunPlan = structuredPlan,
): StoredCase {
  const size = { height: 12, width: 12 };
  const softmax = predicted.flatMap((value) => [0, 1, 2, 3].map((channel) => (channel === value ? 1 : 0)));
  return storeImage(
    plan,
    { ...image, spacing, mask: { ...size, channels: 1, values: Float32Array.from(truth) }, class: null },
    { segmentation: { ...size, channels: 4, values: Float32Array.from(softmax) } },
    {},
  );
}

/** Six patients of two images each: the right ventricle is never found, the others by a share that is told. */
export function structuredCases(share: number, found = false): readonly StoredCase[] {
  return Array.from({ length: 12 }, (_, index) => {
    const size = 20 + (index % 5);
    // Every fourth image is above the right ventricle.
    const right = index % 4 === 3 ? 0 : size;
    return structuredCase(
      {
        id: `p${Math.floor(index / 2)}-${index % 2 === 0 ? 'mid' : 'base'}`,
        patient: `p${Math.floor(index / 2)}`,
        fold: 1 + (Math.floor(index / 2) % 2),
      },
      strips([right, size, size]),
      strips([found ? right : 0, Math.round(share * size), size]),
    );
  });
}
