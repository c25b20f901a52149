import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { unpackMask } from '../../src/runtime/metrics/stored.ts';
import { MostStructure, previewOf } from '../../src/runtime/train/preview.ts';
import { structuredPlan } from '../support/structured.ts';

/** Two structures on images of 4 × 4 pixels, as a softmax over three channels. */
const plan: RunPlan = {
  ...structuredPlan,
  network: { ...structuredPlan.network, input: { ...structuredPlan.network.input, shape: [4, 4, 1] } },
  heads: [{ ...structuredPlan.heads[0]!, channels: 3 }],
  data: {
    ...structuredPlan.data,
    structures: [
      { name: 'right_ventricle', values: [1] },
      { name: 'left_ventricle', values: [2] },
    ],
  },
};

/** An image whose pixels are of the given structures, 0 for none, and predicted to be of others. */
function image(id: string, truth: readonly number[], predicted = truth) {
  const encoded = (values: readonly number[]) =>
    Float32Array.from({ length: 48 }, (_, index) =>
      Number((values[Math.floor(index / 3)] ?? 0) === index % 3),
    );
  return {
    id,
    image: Float32Array.from({ length: 16 }, (_, pixel) => pixel),
    heads: { segmentation: encoded(predicted) },
    targets: { segmentation: encoded(truth) },
  };
}

const test = suite('the image that is shown while training');

test('is the one with the most structures, then with the most of them, wherever it stands', () => {
  const empty = image('apex', []);
  const one = image('mid', [1, 1, 1, 1, 1, 1]);
  const both = image('base', [1, 2]);
  const most = image('lower base', [1, 2, 2]);
  fc.assert(
    fc.property(fc.shuffledSubarray([empty, one, both, most], { minLength: 1 }), (images) => {
      const shown = new MostStructure(plan);
      for (const each of images) shown.add([each]);
      const rank = ['apex', 'mid', 'base', 'lower base'];
      const wanted = rank.findLast((id) => images.some((each) => each.id === id));
      assert.is(shown.found?.id, wanted);
    }),
  );
});

test('is there where no image has anything of the heart, and is not where the network has no mask', () => {
  const shown = new MostStructure(plan);
  shown.add([image('one', []), image('two', [])]);
  assert.is(shown.found?.id, 'one');
  const labels = new MostStructure({ heads: [] });
  labels.add([image('one', [1])]);
  assert.is(labels.found, null);
});

test('keeps the masks of each structure beside all as one', () => {
  const preview = previewOf(plan, image('base', [1, 2, 2], [1, 1, 2]))!;
  assert.equal([...Buffer.from(preview.truth, 'base64')].slice(0, 4), [1, 1, 1, 0]);
  const { left_ventricle: left } = preview.parts!;
  assert.equal([...unpackMask(left!.truth, 16)].slice(0, 4), [0, 1, 1, 0]);
  assert.equal([...unpackMask(left!.prediction, 16)].slice(0, 4), [0, 0, 1, 0]);
  assert.is(preview.structures!['left_ventricle'], 2 / 3);
});

test.run();
