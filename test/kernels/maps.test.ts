import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { axesOf } from '../../src/runtime/engines/tf/operations/window.ts';
import { addAll, descend, gradeRelu } from '../../src/runtime/kernels/elements.ts';
import { concatenate, depthToSpace, spaceToDepth, split } from '../../src/runtime/kernels/memory.ts';
import { gradePool, poolLargest } from '../../src/runtime/kernels/pooling.ts';
import { distance, numbers, tensor, values } from './support.ts';

const maps = suite('our kernels for maps');

const pixels = [
  [1, 1, 1],
  [2, 9, 7],
  [1, 64, 2],
  [3, 33, 31],
] as const;

for (const [batch, height, width] of pixels) {
  for (const widths of [[1, 3], [8, 4, 16], [5], [17, 2, 1, 6]] as const) {
    maps(`${batch}×${height}×${width}: channels ${widths.join(' + ')} are joined and parted`, () => {
      const parts = widths.map((channels, index) =>
        tensor<tf.Rank.R4>([batch, height, width, channels], index),
      );
      const sources = parts.map((part) => part.dataSync());
      const all = widths.reduce((sum, channels) => sum + channels, 0);
      const joined = values((kernels) => concatenate(kernels, parts));
      for (let pixel = 0; pixel < batch * height * width; pixel++) {
        let to = pixel * all;
        for (const [index, channels] of widths.entries())
          for (let channel = 0; channel < channels; channel++)
            assert.is(joined[to++], sources[index]![pixel * channels + channel]);
      }
      const map = tf.tensor(joined, [batch, height, width, all]);
      for (const index of widths.keys()) {
        assert.equal(
          values((kernels) => split(kernels, map, widths)[index]!),
          sources[index],
        );
      }
    });
  }
}

for (const [batch, height, width, channels, factor] of [
  [2, 3, 5, 4, 2],
  [1, 1, 1, 9, 3],
  [2, 30, 28, 20, 2],
  [1, 4, 2, 75, 5],
] as const) {
  maps(`${batch}×${height}×${width}×${channels}: channels become ${factor}×${factor} pixels and back`, () => {
    const deep = tensor<tf.Rank.R4>([batch, height, width, channels], 1);
    const source = deep.dataSync();
    const wide = values((kernels) => depthToSpace(kernels, deep, factor));
    const kept = channels / factor ** 2;
    for (const [index, value] of source.entries()) {
      const channel = index % channels;
      const pixel = Math.floor(index / channels);
      const [x, y, image] = [
        pixel % width,
        Math.floor(pixel / width) % height,
        Math.floor(pixel / width / height),
      ];
      const row = y * factor + Math.floor(channel / kept / factor);
      const column = x * factor + (Math.floor(channel / kept) % factor);
      const at = ((image * height * factor + row) * width * factor + column) * kept + (channel % kept);
      assert.is(wide[at], value);
    }
    const map = tf.tensor4d(wide, [batch, height * factor, width * factor, kept]);
    assert.equal(
      values((kernels) => spaceToDepth(kernels, map, factor)),
      source,
    );
  });
}

for (const { batch, size, channels, window, stride, padding } of [
  { batch: 2, size: [8, 6], channels: 5, window: [2, 2], stride: [2, 2], padding: 'valid' },
  { batch: 1, size: [7, 9], channels: 3, window: [2, 2], stride: [2, 2], padding: 'same' },
  { batch: 2, size: [7, 9], channels: 16, window: [3, 3], stride: [2, 1], padding: 'same' },
  { batch: 1, size: [5, 5], channels: 1, window: [3, 2], stride: [3, 4], padding: 'valid' },
] as const) {
  const name = `${batch}×${size.join('×')}×${channels}, windows ${window.join('×')} every ${stride.join('×')}, ${padding}`;
  maps(`${name}: the largest, and the gradient to the first of them`, () => {
    const slides = axesOf(size, { kernel: window, rate: [1, 1], stride, padding });
    const [rows, columns] = slides;
    // Few different numbers, so that windows have several largest.
    const coarse = numbers(batch * size[0] * size[1] * channels, 1).map((value) => Math.round(value * 3));
    const x = tf.tensor4d(coarse, [batch, ...size, channels]);
    const dy = tensor<tf.Rank.R4>([batch, rows.output, columns.output, channels], 2);
    const [y, dx] = [new Float64Array(dy.size).fill(Number.NEGATIVE_INFINITY), new Float64Array(x.size)];
    for (const [index, gradient] of dy.dataSync().entries()) {
      const channel = index % channels;
      const pixel = Math.floor(index / channels);
      const image = Math.floor(pixel / columns.output / rows.output);
      let first = -1;
      for (let down = 0; down < rows.kernel; down++)
        for (let across = 0; across < columns.kernel; across++) {
          const row = (Math.floor(pixel / columns.output) % rows.output) * rows.stride + down - rows.before;
          const column = (pixel % columns.output) * columns.stride + across - columns.before;
          if (row < 0 || row >= rows.size || column < 0 || column >= columns.size) continue;
          const at = ((image * rows.size + row) * columns.size + column) * channels + channel;
          if (coarse[at]! > y[index]!) [y[index], first] = [coarse[at]!, at];
        }
      dx[first]! += gradient;
    }
    assert.equal(Array.from(values((kernels) => poolLargest(kernels, x, slides))), Array.from(y));
    assert.ok(
      distance(
        values((kernels) => gradePool(kernels, x, dy, slides)),
        dx,
      ) < 1e-6,
    );
  });
}

for (const size of [1, 3, 4, 1001, 16_384, 50_003]) {
  maps(`${size} numbers: the gradient of ReLU, and sums`, () => {
    const [x, dy, more] = [1, 2, 3].map((seed) => tensor<tf.Rank.R1>([size], seed));
    const [xs, dys, others] = [x!, dy!, more!].map((it) => it.dataSync());
    const gradients = dys!.map((value, index) => (xs![index]! > 0 ? value : 0));
    assert.equal(
      values((kernels) => gradeRelu(kernels, x!, dy!)),
      gradients,
    );
    const sums = Float64Array.from(xs!, (value, index) => value + dys![index]! + others![index]!);
    assert.ok(
      distance(
        values((kernels) => addAll(kernels, [x!, dy!, more!])),
        sums,
      ) < 1e-6,
    );
  });
}

maps('RMSprop is the formula of Keras, for all weights at once', () => {
  const pace = { rate: 0.003, decay: 0.9, epsilon: 1e-7 };
  for (const index of [0, 1, 2]) {
    const sizes = [5, 20_000, 16_384];
    const after = values((kernels) => {
      const descents = sizes.map((size, seed) => ({
        weights: tensor([size], seed) as tf.Tensor,
        gradient: tf.mul(tensor<tf.Rank.R1>([size], seed + 10), 1e-3),
        squares: tf.zeros([size]),
      }));
      for (let step = 0; step < 3; step++) {
        const changed = descend(kernels, descents, pace);
        for (const [at, next] of changed.entries()) descents[at] = { ...descents[at]!, ...next };
      }
      return tf.concat([descents[index]!.weights, descents[index]!.squares]);
    });
    const size = sizes[index]!;
    const gradients = numbers(size, index + 10).map((value) => Math.fround(value * Math.fround(1e-3)));
    const expected = numbers(size, index).map((value, at) => {
      let [weight, squares] = [value, 0];
      for (let step = 0; step < 3; step++) {
        squares = 0.9 * squares + 0.1 * gradients[at]! ** 2;
        weight -= (0.003 * gradients[at]!) / (Math.sqrt(squares) + 1e-7);
      }
      return weight;
    });
    assert.ok(distance(after.subarray(0, size), expected) < 1e-6);
    const squares = gradients.map((value) => (1 - 0.9 ** 3) * value ** 2);
    assert.ok(distance(after.subarray(size), squares) < 1e-5);
  }
});

maps.run();
