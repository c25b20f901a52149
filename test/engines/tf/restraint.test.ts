import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { broughtBack, mirrored, viewed } from '../../../src/compiler/plan/views.ts';
import { answersOf, viewCount } from '../../../src/runtime/engines/answers.ts';
import { createAverage } from '../../../src/runtime/engines/tf/training/average.ts';
import { clipTogether, decay } from '../../../src/runtime/engines/tf/training/restraint.ts';
import { testBackends, use } from './support.ts';
import { tinyPlan } from './training-support.ts';

function weight(name: string, values: readonly number[], shape: number[]) {
  const variable = tf.variable(tf.tensor([...values], shape));
  return {
    name,
    read: () => variable as tf.Tensor,
    write: (value: tf.Tensor) => variable.assign(value as never),
  };
}

const near = (actual: ArrayLike<number>, expected: readonly number[]) => {
  assert.is(actual.length, expected.length);
  for (const [at, value] of expected.entries()) {
    assert.ok(Math.abs(actual[at]! - value) < 1e-6, `${actual[at]} is ${value}`);
  }
};

for (const backend of testBackends) {
  const test = suite(`restraint of weights on ${backend}`);
  test.before(() => use(backend));

  test('gradients are shortened together, and short ones left as they are', () => {
    tf.tidy(() => {
      const gradients = [tf.tensor1d([3, 0]), null, tf.tensor2d([[0, 4]])];
      const clipped = clipTogether(gradients, 1);
      assert.is(clipped[1], null);
      near(clipped[0]!.dataSync(), [0.6, 0]);
      near(clipped[2]!.dataSync(), [0, 0.8]);
      near(clipTogether(gradients, 6)[2]!.dataSync(), [0, 4]);
    });
  });

  test('kernels decay, biases do not', () => {
    const [kernel, bias] = [weight('kernel', [2, -4], [1, 2]), weight('bias', [2, -4], [2])];
    decay([kernel, bias], 0.25);
    near(kernel.read().dataSync(), [1.5, -3]);
    near(bias.read().dataSync(), [2, -4]);
  });

  test('the average follows its definition, steps in for the weights, and goes on from its slots', () => {
    const one = weight('one', [1, 10], [2]);
    const average = createAverage(0.5, [one]);
    let expected = [1, 10];
    for (const steps of [1, 2, 3, 20]) {
      one.write(tf.add(one.read(), 1));
      average.update(steps);
      const kept = Math.min(0.5, (1 + steps) / (10 + steps));
      const now = [...one.read().dataSync()];
      expected = expected.map((value, at) => kept * value + (1 - kept) * now[at]!);
    }
    near(average.slots().get('one/average')!.values, expected);
    const putBack = average.take();
    near(one.read().dataSync(), expected);
    putBack();
    near(one.read().dataSync(), [5, 14]);
    const other = createAverage(0.5, [one]);
    other.restore(average.slots());
    near(other.slots().get('one/average')!.values, expected);
    assert.throws(() => other.restore(new Map()), /no values for one\/average/);
    average.dispose();
    other.dispose();
  });

  test.run();
}

const flips = suite('mirror images');

flips('mirroring swaps columns, rows or both of every map, channels together', () => {
  const map = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40);
  const mirror = (horizontal: boolean, vertical: boolean) => [
    ...mirrored(map, [2, 2, 2], { horizontal, vertical }),
  ];
  assert.equal(mirror(true, false), [2, 20, 1, 10, 4, 40, 3, 30]);
  assert.equal(mirror(false, true), [3, 30, 4, 40, 1, 10, 2, 20]);
  assert.equal(mirror(true, true), [4, 40, 3, 30, 2, 20, 1, 10]);
});

flips('turns go counter-clockwise, come back, and count once where a mirror shows the same', () => {
  const map = Float32Array.of(1, 2, 3, 4);
  const view = (quarters: number) => ({ horizontal: false, vertical: false, quarters });
  assert.equal([...viewed(map, [2, 2, 1], view(1))], [2, 4, 1, 3]);
  const wide = Float32Array.from({ length: 2 * 3 * 3 * 2 }, (_, index) => index);
  for (const quarters of [0, 1, 2, 3]) {
    for (const horizontal of [false, true]) {
      const seen = { horizontal, vertical: !horizontal, quarters };
      assert.equal(broughtBack(viewed(wide, [3, 3, 2], seen), [3, 3, 2], seen), wide);
    }
  }
  assert.is(viewCount({ flips: 'none', turns: 'quarters' }), 3);
  assert.is(viewCount({ flips: 'horizontal', turns: 'half' }), 3);
  assert.is(viewCount({ flips: 'both', turns: 'half' }), 3);
  assert.is(viewCount({ flips: 'both', turns: 'quarters' }), 7);
});

flips('answers are means over the mirror images, masks mirrored back', async () => {
  const plan = tinyPlan();
  const [height, width] = plan.network.input.shape as [number, number, number];
  const ramp = Float32Array.from({ length: height * width }, (_, pixel) => pixel % width);
  // Looks at every pixel by itself, and says of the whole image what its first pixel is.
  const predict = async ({ images }: { readonly images: Float32Array }) => ({
    heads: { segmentation: images.slice(), diagnosis: images.slice(0, 1) },
  });
  const own = (await predict({ images: ramp })).heads;
  const asked = { ...plan, evaluate: { ...plan.evaluate, flips: 'horizontal' } } as const;
  const answers = await answersOf(asked, { predict }, { images: ramp }, own);
  assert.equal(answers['segmentation'], ramp);
  assert.equal([...answers['diagnosis']!], [(width - 1) / 2]);
  assert.is(await answersOf(plan, { predict }, { images: ramp }, own), own);
});

flips.run();
