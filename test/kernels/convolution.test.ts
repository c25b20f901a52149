import type * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { axesOf } from '../../src/runtime/engines/tf/operations/window.ts';
import { convolve, correlate, type Slides, spread } from '../../src/runtime/kernels/convolution.ts';
import { suitsTileGradient, suitsTiles } from '../../src/runtime/kernels/tiles.ts';
import { distance, tensor, values } from './support.ts';

interface Case {
  readonly batch: number;
  readonly size: readonly [number, number];
  readonly channels: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly rate?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: 'same' | 'valid';
}

const cases: readonly Case[] = [
  { batch: 2, size: [12, 9], channels: [8, 16], kernel: [3, 3] },
  { batch: 1, size: [7, 5], channels: [5, 17], kernel: [3, 3] },
  { batch: 3, size: [11, 13], channels: [1, 3], kernel: [3, 3], stride: [2, 2] },
  { batch: 2, size: [9, 14], channels: [3, 5], kernel: [5, 3], stride: [2, 3], padding: 'valid' },
  { batch: 2, size: [16, 14], channels: [16, 8], kernel: [3, 3], rate: [12, 12] },
  { batch: 1, size: [6, 6], channels: [4, 9], kernel: [3, 3], rate: [7, 7] },
  { batch: 2, size: [10, 11], channels: [6, 12], kernel: [3, 3], rate: [2, 3], padding: 'valid' },
  { batch: 2, size: [9, 9], channels: [7, 4], kernel: [3, 3], rate: [3, 2], stride: [2, 2] },
  { batch: 4, size: [5, 3], channels: [33, 65], kernel: [1, 1] },
  { batch: 1, size: [10, 7], channels: [2, 1], kernel: [1, 1], stride: [3, 2] },
  { batch: 1, size: [1, 1], channels: [3, 10], kernel: [3, 3] },
  { batch: 1, size: [40, 150], channels: [3, 2], kernel: [2, 4] },
  { batch: 2, size: [8, 8], channels: [24, 40], kernel: [4, 4], stride: [4, 4], padding: 'valid' },
  { batch: 2, size: [23, 20], channels: [16, 24], kernel: [3, 3] },
  { batch: 2, size: [30, 27], channels: [36, 68], kernel: [3, 3] },
  { batch: 3, size: [14, 13], channels: [32, 28], kernel: [3, 3], rate: [2, 1] },
  { batch: 1, size: [21, 26], channels: [20, 12], kernel: [3, 3], rate: [2, 3], padding: 'valid' },
];

function name({ batch, size, channels, kernel, rate, stride, padding }: Case): string {
  const parts = [`${batch}×${size.join('×')}`, `${channels.join('→')} channels`, `${kernel.join('×')} taps`];
  if (rate) parts.push(`rate ${rate.join('×')}`);
  if (stride) parts.push(`stride ${stride.join('×')}`);
  return [...parts, padding ?? 'same'].join(', ');
}

function slidesOf({ size, kernel, rate = [1, 1], stride = [1, 1], padding = 'same' }: Case): Slides {
  return axesOf(size, { kernel, rate, stride, padding });
}

/** Calls with the offsets of every product of a convolution, in its map, kernel and result. */
function eachProduct(
  { batch, channels: [inputs, outputs] }: Case,
  [rows, columns]: Slides,
  product: (x: number, kernel: number, y: number) => void,
): void {
  for (let image = 0; image < batch; image++)
    for (let row = 0; row < rows.output; row++)
      for (let column = 0; column < columns.output; column++)
        for (let down = 0; down < rows.kernel; down++)
          for (let across = 0; across < columns.kernel; across++) {
            const y = row * rows.stride + down * rows.rate - rows.before;
            const x = column * columns.stride + across * columns.rate - columns.before;
            if (y < 0 || y >= rows.size || x < 0 || x >= columns.size) continue;
            const read = ((image * rows.size + y) * columns.size + x) * inputs;
            const written = ((image * rows.output + row) * columns.output + column) * outputs;
            const tap = (down * columns.kernel + across) * inputs * outputs;
            for (let input = 0; input < inputs; input++)
              for (let output = 0; output < outputs; output++)
                product(read + input, tap + input * outputs + output, written + output);
          }
}

const convolution = suite('our convolution');

for (const given of cases) {
  const slides = slidesOf(given);
  const { batch, size, channels, kernel } = given;
  const x = tensor<tf.Rank.R4>([batch, ...size, channels[0]], 1);
  const weights = tensor<tf.Rank.R4>([...kernel, ...channels], 2);
  const dy = tensor<tf.Rank.R4>([batch, slides[0].output, slides[1].output, channels[1]], 3);
  const [xs, ws, dys] = [x, weights, dy].map((it) => it.dataSync());

  convolution(`${name(given)}: is its definition`, () => {
    const expected = new Float64Array(dy.size);
    eachProduct(given, slides, (from, tap, to) => {
      expected[to]! += xs![from]! * ws![tap]!;
    });
    assert.ok(
      distance(
        values((kernels) => convolve(kernels, x, weights, slides)),
        expected,
      ) < 1e-5,
    );
    const bias = tensor<tf.Rank.R1>([channels[1]], 4);
    const biases = bias.dataSync();
    const finished = expected.map((value, index) => Math.max(0, value + biases[index % channels[1]]!));
    const actual = values((kernels) => convolve(kernels, x, weights, slides, { bias, rectify: true }));
    assert.ok(distance(actual, finished) < 1e-5, 'with a bias and ReLU');
  });

  convolution(`${name(given)}: its transpose is the gradient of the map`, () => {
    const expected = new Float64Array(x.size);
    eachProduct(given, slides, (from, tap, to) => {
      expected[from]! += dys![to]! * ws![tap]!;
    });
    assert.ok(
      distance(
        values((kernels) => spread(kernels, dy, weights, slides)),
        expected,
      ) < 1e-5,
    );
  });

  convolution(`${name(given)}: the gradient of the kernel is its definition`, () => {
    const expected = new Float64Array(weights.size);
    eachProduct(given, slides, (from, tap, to) => {
      expected[tap]! += xs![from]! * dys![to]!;
    });
    assert.ok(
      distance(
        values((kernels) => correlate(kernels, x, dy, slides)),
        expected,
      ) < 1e-5,
    );
  });
}

convolution('goes by tiles where they take less work than taps', () => {
  const suits = (size: number, rate: number, channels: number, taps = 9) =>
    suitsTiles(
      { size: [size, size], rate: [rate, rate] },
      { batch: 4, inputs: channels, outputs: channels, products: 4 * size ** 2 * taps },
    );
  assert.ok(suits(64, 1, 32));
  assert.ok(suits(16, 3, 128), 'with a rate');
  assert.not(suits(16, 12, 128, 4), 'most taps read beyond the map');
  assert.not(suits(2, 1, 256, 4), 'a kernel larger than its map');
  assert.not(suits(64, 1, 3), 'channels that fill no register');
  const large = { batch: 4, inputs: 32, outputs: 32, products: 4 * 64 ** 2 * 9 };
  assert.ok(suitsTileGradient({ size: [64, 64], rate: [1, 1] }, large), 'the gradient of the kernel');
  assert.not(suitsTileGradient({ size: [64, 64], rate: [40, 40] }, { ...large, products: 40_000 }));
});

convolution.run();
