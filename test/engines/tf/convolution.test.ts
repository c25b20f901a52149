import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as definition from '../../../src/compiler/interpret/convolution.ts';
import type { Tensor } from '../../../src/compiler/interpret/tensor.ts';
import { convolve } from '../../../src/runtime/engines/tf/operations/convolution.ts';
import { convolveDepthwise } from '../../../src/runtime/engines/tf/operations/depthwise.ts';
import { axesOf, type Sliding } from '../../../src/runtime/engines/tf/operations/window.ts';
import { distance, randomValues, testBackends, use } from './support.ts';

const size = [13, 17] as const;

interface Kind {
  readonly name: string;
  readonly channels: number;
  /** Whether it takes a rate and a stride together; the stock depthwise kernel does not, nor does the language. */
  readonly both: boolean;
  /** The kernel's last two axes. */
  readonly kernel: readonly [number, number];
  run(x: tf.Tensor4D, kernel: tf.Tensor4D, sliding: Sliding): tf.Tensor4D;
  define(x: Tensor, kernel: Tensor, sliding: Sliding): Tensor;
}

const kinds: readonly Kind[] = [
  {
    name: 'convolution',
    channels: 3,
    both: true,
    kernel: [3, 4],
    run: convolve,
    define: (x, kernel, sliding) => definition.convolve(x, kernel, sliding),
  },
  {
    name: 'depthwise convolution',
    channels: 3,
    both: false,
    kernel: [3, 2],
    run: convolveDepthwise,
    define: definition.convolveDepthwise,
  },
];

const rates = [1, 2, 3, 4, 5, 6, 7, 8, 12, 18];

/** Every rate and stride that leaves a result. */
const slidings: readonly Sliding[] = [
  ...rates.flatMap((rate) =>
    [1, 2].flatMap((stride) =>
      (['same', 'valid'] as const).map((padding) => ({
        kernel: [3, 3] as const,
        rate: [rate, rate] as const,
        stride: [stride, stride] as const,
        padding,
      })),
    ),
  ),
  { kernel: [1, 1], rate: [1, 1], stride: [2, 2], padding: 'same' },
  { kernel: [2, 2], rate: [1, 1], stride: [2, 2], padding: 'same' },
  { kernel: [5, 3], rate: [2, 3], stride: [3, 1], padding: 'same' },
  { kernel: [3, 1], rate: [4, 1], stride: [1, 2], padding: 'valid' },
  { kernel: [3, 3], rate: [2, 2], stride: [4, 4], padding: 'same' },
].filter((sliding) => axesOf(size, sliding as Sliding).every(({ output }) => output > 0)) as Sliding[];

for (const backend of testBackends) {
  for (const kind of kinds) {
    const test = suite(`${kind.name} on ${backend}`);
    test.before(() => use(backend));

    const single = ({ rate, stride }: Sliding) => Math.max(...rate) === 1 || Math.max(...stride) === 1;
    for (const sliding of slidings.filter((one) => kind.both || single(one))) {
      const { kernel, rate, stride, padding } = sliding;
      test(`kernel ${kernel}, rate ${rate}, stride ${stride}, ${padding}: value and gradients are those of the definition`, () => {
        const x = randomValues('x', [2, ...size, kind.channels]);
        const w = randomValues('w', [...kernel, ...kind.kernel]);
        const y = kind.define(x, w, sliding);
        const dy = randomValues('dy', y.shape);
        const before = tf.memory().numTensors;
        const [value, dx, dw] = tf.tidy(() => {
          const tensors = [x, w].map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]));
          const run = (map: tf.Tensor, taps: tf.Tensor) =>
            kind.run(map as tf.Tensor4D, taps as tf.Tensor4D, sliding);
          const upstream = tf.tensor(Float32Array.from(dy.data), [...dy.shape]);
          const gradients = tf.grads((map, taps) => run(map!, taps!) as tf.Tensor)(tensors, upstream);
          return [run(tensors[0]!, tensors[1]!), ...gradients].map((result) => result!.dataSync());
        }) as unknown as [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];
        assert.is(tf.memory().numTensors, before);
        assert.ok(distance(value, y.data) < 1e-5, 'the value');

        // The operation is linear in each input, so a difference of any size is exact.
        const objective = (map: Tensor, taps: Tensor) =>
          kind.define(map, taps, sliding).data.reduce((sum, item, index) => sum + item * dy.data[index]!, 0);
        const along = (gradient: ArrayLike<number>, direction: Tensor) =>
          direction.data.reduce((sum, item, index) => sum + item * gradient[index]!, 0);
        for (const key of ['first', 'second', 'third']) {
          const ex = randomValues(`${key} x`, x.shape);
          const ew = randomValues(`${key} w`, w.shape);
          near(along(dx, ex), objective(ex, w));
          near(along(dw, ew), objective(x, ew));
        }
      });
    }

    test.run();
  }
}

function near(actual: number, expected: number): void {
  const off = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(off < 2e-4, `${actual} instead of ${expected}`);
}
