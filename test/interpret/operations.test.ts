import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialWeights } from '../../src/compiler/interpret/initial-weights.ts';
import { interpret, type Mode } from '../../src/compiler/interpret/interpret.ts';
import { normal, randomStream } from '../../src/compiler/interpret/random.ts';
import { at, build, type Tensor, tensor } from '../../src/compiler/interpret/tensor.ts';
import type { Graph, OperationName } from '../../src/compiler/ir/graph.ts';
import type { ArgumentValue } from '../../src/compiler/ir/operations.ts';
import { effectiveKernel, windowAxis } from '../../src/compiler/ir/shape.ts';
import { Network } from '../support/network.ts';

type Op = Exclude<OperationName, 'input'>;

/** A network of one operation on the image, its weights by role, its result for an image. */
function once(
  op: Op,
  image: Tensor,
  given: Record<string, ArgumentValue> = {},
  weights: Record<string, number[]> = {},
  mode?: Mode,
) {
  const network = new Network(image.shape.slice(1));
  network.apply(op, network.image, given, { path: 'it' });
  const graph = network.build();
  const values = new Map(initialWeights(graph.weights.values(), 1));
  for (const [role, data] of Object.entries(weights)) values.set(`it/${role}`, Float64Array.from(data));
  const result = interpret(graph, values, image, mode);
  return { value: result.values[1]!, weights: result.weights, given: values, graph };
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12): void {
  assert.is(actual.length, expected.length);
  for (let index = 0; index < actual.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    assert.ok(difference <= tolerance, `value ${index}: ${actual[index]} is not ${expected[index]}`);
  }
}

function randomImage(shape: number[], key = 'image'): Tensor {
  const random = randomStream(key);
  return build(shape, () => normal(random));
}

const convolution = suite('convolutions');

/**
 * The same convolution from another definition: zeros put around the image and between the taps, one dense correlation
 * at every position, and every stride-th result kept.
 */
function denseConvolution(
  image: Tensor,
  kernel: Tensor,
  settings: { stride: [number, number]; rate: [number, number]; groups: number; same: boolean },
): Tensor {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const [rows, columns, perGroup, outputs] = kernel.shape as [number, number, number, number];
  const { stride, rate, groups, same } = settings;
  const extent = [effectiveKernel(rows, rate[0]), effectiveKernel(columns, rate[1])] as const;
  const outputSize = (size: number, axis: 0 | 1) =>
    same ? Math.ceil(size / stride[axis]) : Math.ceil((size - extent[axis] + 1) / stride[axis]);
  const before = (size: number, axis: 0 | 1) =>
    same ? Math.floor(Math.max(0, (outputSize(size, axis) - 1) * stride[axis] + extent[axis] - size) / 2) : 0;
  const padded = build([batch, height + 2 * extent[0], width + 2 * extent[1], channels], (n, y, x, c) => {
    const [row, column] = [y! - before(height, 0), x! - before(width, 1)];
    return row >= 0 && row < height && column >= 0 && column < width ? at(image, n!, row, column, c!) : 0;
  });
  const dense = build([extent[0], extent[1], channels, outputs], (i, j, c, o) => {
    const group = Math.floor(o! / (outputs / groups));
    const inGroup = Math.floor(c! / perGroup) === group;
    return inGroup && i! % rate[0] === 0 && j! % rate[1] === 0
      ? at(kernel, i! / rate[0], j! / rate[1], c! % perGroup, o!)
      : 0;
  });
  return build([batch, outputSize(height, 0), outputSize(width, 1), outputs], (n, y, x, o) => {
    let sum = 0;
    for (let i = 0; i < extent[0]; i++)
      for (let j = 0; j < extent[1]; j++)
        for (let c = 0; c < channels; c++)
          sum += at(padded, n!, y! * stride[0] + i, x! * stride[1] + j, c) * at(dense, i, j, c, o!);
    return sum;
  });
}

for (const [kernel, stride, rate, groups, padding] of [
  [[3, 3], [1, 1], [1, 1], 1, 'same'],
  [[3, 3], [2, 2], [1, 1], 1, 'same'],
  [[3, 3], [2, 2], [1, 1], 1, 'valid'],
  [[2, 4], [2, 1], [1, 1], 1, 'same'],
  [[3, 1], [1, 1], [3, 1], 2, 'same'],
  [[3, 3], [1, 1], [2, 3], 4, 'valid'],
  [[3, 3], [1, 1], [7, 7], 1, 'same'],
  [[1, 1], [3, 2], [1, 1], 2, 'valid'],
  [[5, 2], [1, 3], [1, 1], 1, 'same'],
] as const) {
  const name = `kernel ${kernel.join('×')} stride ${stride.join('×')} rate ${rate.join('×')} groups ${groups} ${padding}`;
  convolution(`equal a dense correlation of padded images: ${name}`, () => {
    const image = randomImage([2, 9, 7, 4]);
    const { value, given, graph } = once('conv', image, {
      channels: 8,
      kernel,
      stride,
      rate,
      groups,
      padding,
      bias: false,
    });
    const weight = graph.weights.get('it/kernel')!;
    const expected = denseConvolution(image, tensor(weight.shape, given.get('it/kernel')!), {
      stride: [...stride],
      rate: [...rate],
      groups,
      same: padding === 'same',
    });
    assert.equal(value.shape, expected.shape);
    assert.equal(value.shape.slice(1), graph.nodes[1]!.shape);
    near(value.data, expected.data);
  });
}

convolution('add a bias per channel', () => {
  const image = tensor([1, 1, 2, 1], [2, 3]);
  const { value } = once('conv', image, { channels: 2, kernel: 1 }, { kernel: [1, 10], bias: [0.5, -1] });
  near(value.data, [2.5, 19, 3.5, 29]);
});

convolution('keep channels apart when they are depthwise, in the order channel · multiplier + k', () => {
  const image = randomImage([1, 5, 4, 3]);
  const { value, given } = once('depthwise_conv', image, { multiplier: 2, rate: 2, bias: false });
  const kernel = tensor([3, 3, 3, 2], given.get('it/kernel')!);
  for (let channel = 0; channel < 3; channel++) {
    for (let k = 0; k < 2; k++) {
      const alone = build([1, 5, 4, 1], (n, y, x) => at(image, n!, y!, x!, channel));
      const weights = [...build([3, 3, 1, 1], (i, j) => at(kernel, i!, j!, channel, k)).data];
      const expected = once('conv', alone, { channels: 1, rate: 2, bias: false }, { kernel: weights }).value;
      near(build([1, 5, 4, 1], (n, y, x) => at(value, n!, y!, x!, channel * 2 + k)).data, expected.data);
    }
  }
});

convolution('mix channels after a depthwise step when they are separable', () => {
  const image = randomImage([1, 5, 4, 3]);
  const { value, given } = once('separable_conv', image, { channels: 4, multiplier: 2, stride: 2 });
  const between = once(
    'depthwise_conv',
    image,
    { multiplier: 2, stride: 2, bias: false },
    { kernel: [...given.get('it/depthwise_kernel')!] },
  );
  const expected = once(
    'conv',
    between.value,
    { channels: 4, kernel: 1, bias: false },
    { kernel: [...given.get('it/pointwise_kernel')!] },
  );
  near(value.data, expected.value.data);
});

convolution('are transposed exactly: <conv x, y> = <x, transposed y>', () => {
  for (const [kernel, stride, padding] of [
    [3, 2, 'same'],
    [2, 2, 'same'],
    [3, 2, 'valid'],
    [4, 3, 'same'],
    [1, 2, 'valid'],
  ] as const) {
    const small = randomImage([1, 3, 4, 2], 'small');
    const { value: large, given } = once('conv_transpose', small, {
      channels: 5,
      kernel,
      stride,
      padding,
      bias: false,
    });
    const other = randomImage([...large.shape], 'large');
    const down = once(
      'conv',
      other,
      { channels: 2, kernel, stride, padding, bias: false },
      { kernel: [...given.get('it/kernel')!] },
    );
    assert.equal(down.value.shape, small.shape);
    const inner = (a: Tensor, b: Tensor) =>
      a.data.reduce((sum, value, index) => sum + value * b.data[index]!, 0);
    near([inner(other, large)], [inner(down.value, small)], 1e-10);
  }
});

convolution('spread an impulse as far as equations 1 and 2 say', () => {
  for (const [rates, field] of [
    [[3], 7],
    [[3, 5], 17],
    [[3, 5, 7], 31],
    [[2, 2, 2], 13],
    [[5, 5, 5], 31],
    [[6, 12, 18], 73],
    [[1, 3, 5], 19],
    [[1, 3, 9], 27],
  ] as const) {
    const size = 81;
    const network = new Network([1, size, 1]);
    let x = network.image;
    for (const rate of rates)
      x = network.apply('conv', x, { channels: 1, kernel: [1, 3], rate, bias: false });
    const graph = network.build();
    const ones = new Map([...graph.weights.keys()].map((name) => [name, Float64Array.of(1, 1, 1)]));
    const impulse = build([1, 1, size, 1], (_, __, column) => (column === 40 ? 1 : 0));
    const reached = [...interpret(graph, ones, impulse).values[x]!.data].flatMap((value, index) =>
      value > 0 ? [index] : [],
    );
    assert.is(reached.at(-1)! - reached[0]! + 1, field, rates.join(','));
  }
});

convolution.run();

const others = suite('other operations');

others('normalise by the batch in training and move the averages as Keras 2.2.4 does', () => {
  const image = tensor([2, 1, 2, 1], [1, 3, 5, 11]);
  const weights = { gamma: [2], beta: [1], moving_mean: [10], moving_variance: [4] };
  const training = once('batch_norm', image, { momentum: 0.9, epsilon: 0.001 }, weights, {
    kind: 'training',
    random: () => 0,
  });
  // mean 5, biased variance (16 + 4 + 0 + 36) / 4 = 14
  near(
    training.value.data,
    [1, 3, 5, 11].map((x) => (2 * (x - 5)) / Math.sqrt(14.001) + 1),
  );
  near(training.weights.get('it/moving_mean')!, [0.9 * 10 + 0.1 * 5]);
  near(training.weights.get('it/moving_variance')!, [0.9 * 4 + 0.1 * ((14 * 4) / (4 - 1.001))]);
  assert.equal([...training.given.get('it/moving_mean')!], [10]);
  const inference = once('batch_norm', image, { momentum: 0.9, epsilon: 0.001 }, weights);
  near(
    inference.value.data,
    [1, 3, 5, 11].map((x) => (2 * (x - 10)) / Math.sqrt(4.001) + 1),
  );
  near(inference.weights.get('it/moving_mean')!, [10]);
});

others('normalise groups and single channels of each example alone', () => {
  const image = tensor([2, 1, 2, 2], [1, 3, 5, 7, 0, 0, 2, 2]);
  const one = once('group_norm', image, { groups: 1, epsilon: 1e-9 });
  near(one.value.data, [-3, -1, 1, 3].map((x) => x / Math.sqrt(5)).concat([-1, -1, 1, 1]), 1e-8);
  const two = once('group_norm', image, { groups: 2, epsilon: 1e-9 }, { gamma: [1, 2], beta: [0, 1] });
  near(two.value.data, [-1, -1, 1, 3, -1, -1, 1, 3], 1e-8);
  near(
    once('instance_norm', image, { epsilon: 1e-9 }, { gamma: [1, 2], beta: [0, 1] }).value.data,
    two.value.data,
  );
});

others('activate by their formulas', () => {
  const image = tensor([1, 1, 1, 3], [-1, 0, 2]);
  near(once('relu', image).value.data, [0, 0, 2]);
  near(once('leaky_relu', image, { slope: 0.1 }).value.data, [-0.1, 0, 2]);
  near(once('elu', image, { alpha: 2 }).value.data, [2 * (Math.exp(-1) - 1), 0, 2]);
  near(once('sigmoid', image).value.data, [1 / (1 + Math.E), 0.5, 1 / (1 + Math.exp(-2))]);
  near(once('swish', image).value.data, [-1 / (1 + Math.E), 0, 2 / (1 + Math.exp(-2))]);
  const sum = Math.exp(-1) + 1 + Math.exp(2);
  near(once('softmax', image).value.data, [Math.exp(-1) / sum, 1 / sum, Math.exp(2) / sum]);
  near(once('softmax', tensor([1, 1, 1, 2], [1e4, 1e4])).value.data, [0.5, 0.5]);
});

others('pool windows; padding never counts', () => {
  const image = tensor([1, 3, 3, 1], [-1, -2, -3, -4, -5, -6, -7, -8, -9]);
  near(once('max_pool', image, { padding: 'valid' }).value.data, [-1]);
  near(once('max_pool', image, {}).value.data, [-1, -3, -7, -9]);
  near(once('avg_pool', image, {}).value.data, [-3, -4.5, -7.5, -9]);
  near(once('avg_pool', image, { size: 2, stride: 1, padding: 'valid' }).value.data, [-3, -4, -6, -7]);
  near(once('global_avg_pool', image).value.data, [-5]);
  near(once('global_max_pool', image).value.data, [-1]);
});

others('unpool to the first of the largest', () => {
  const network = new Network([2, 4, 1]);
  const pooled = network.apply('max_pool', network.image, {});
  network.apply('max_unpool', [pooled, network.image]);
  const { values } = interpret(network.build(), new Map(), tensor([1, 2, 4, 1], [1, 3, 0, 0, 2, 3, 0, 0]));
  near(values.at(-1)!.data, [0, 3, 0, 0, 0, 0, 0, 0]);
  const other = tensor([1, 2, 4, 1], [-1, -3, 5, 0, -2, -3, 0, 7]);
  near(interpret(network.build(), new Map(), other).values.at(-1)!.data, [-1, 0, 0, 0, 0, 0, 0, 7]);
});

others('multiply vectors by matrices after flattening', () => {
  const network = new Network([1, 2, 2]);
  const flat = network.apply('flatten', network.image);
  network.apply('dense', flat, { units: 2 }, { path: 'it' });
  const weights = new Map([
    ['it/kernel', Float64Array.of(1, 10, 2, 20, 3, 30, 4, 40)],
    ['it/bias', Float64Array.of(0, 0.5)],
  ]);
  const { values } = interpret(network.build(), weights, tensor([2, 1, 2, 2], [1, 1, 1, 1, 1, 0, 0, -1]));
  near(values[2]!.data, [10, 100.5, -3, -29.5]);
});

others('drop by the numbers they are given, and scale up the rest', () => {
  const numbers = [0.1, 0.25, 0.9, 0.2];
  let drawn = 0;
  const image = tensor([1, 1, 4, 1], [1, 2, 3, 4]);
  const mode: Mode = { kind: 'training', random: () => numbers[drawn++]! };
  near(once('dropout', image, { rate: 0.25 }, {}, mode).value.data, [0, 2 / 0.75, 4, 0]);
  near(once('dropout', image, { rate: 0.25 }).value.data, [1, 2, 3, 4]);
});

others('combine values', () => {
  const network = new Network([1, 2, 2]);
  const twice = network.apply('add', [network.image, network.image]);
  const gate = network.apply('global_max_pool', network.image);
  const gated = network.apply('multiply', [gate, twice]);
  const joined = network.apply('concat', [network.image, gated, network.image]);
  const { values } = interpret(network.build(), new Map(), tensor([2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
  near(values[gated]!.data, [6, 16, 18, 32, 70, 96, 98, 128]);
  near(values[joined]!.data.slice(0, 12), [1, 2, 6, 16, 1, 2, 3, 4, 18, 32, 3, 4]);
});

others('repeat one channel to all, and a vector to all pixels, whichever comes first', () => {
  const network = new Network([1, 2, 2]);
  const single = network.apply('slice', network.image, { begin: 1, count: 1 });
  const vector = network.apply('global_max_pool', network.image);
  const differences = [
    network.apply('subtract', [network.image, single]),
    network.apply('subtract', [vector, network.image]),
    network.apply('multiply', [single, vector]),
    network.apply('affine', single, { factor: -2, shift: 1 }),
  ];
  const { values } = interpret(network.build(), new Map(), tensor([2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
  const data = differences.map((node) => [...values[node]!.data]);
  assert.equal(data, [
    [-1, 0, -1, 0, -1, 0, -1, 0],
    [2, 2, 0, 0, 2, 2, 0, 0],
    [6, 8, 12, 16, 42, 48, 56, 64],
    [-3, -7, -11, -15],
  ]);
});

others('take parts of maps and vectors', () => {
  const image = tensor([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  near(once('slice', image, { begin: 1, count: 1 }).value.data, [2, 4, 6, 8]);
  near(once('slice', image, { begin: 1, count: 1, axis: 'height' }).value.data, [5, 6, 7, 8]);
  near(once('slice', image, { begin: 0, count: 1, axis: 'width' }).value.data, [1, 2, 5, 6]);
});

others('move depth to space in TensorFlow’s order', () => {
  near(once('depth_to_space', tensor([1, 1, 1, 4], [1, 2, 3, 4])).value.data, [1, 2, 3, 4]);
  const two = once(
    'depth_to_space',
    tensor([1, 1, 2, 8], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
  ).value;
  assert.equal(two.shape, [1, 2, 4, 2]);
  near(two.data, [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15]);
});

others('resize between pixel centres', () => {
  const image = tensor([1, 1, 2, 1], [0, 4]);
  near(once('resize', image, { height: 1, width: 4 }).value.data, [0, 1, 3, 4]);
  near(
    once('resize', image, { height: 2, width: 4, method: 'nearest' }).value.data,
    [0, 0, 4, 4, 0, 0, 4, 4],
  );
  near(once('resize', tensor([1, 1, 4, 1], [0, 1, 2, 3]), { height: 1, width: 2 }).value.data, [0.5, 2.5]);
  near(once('resize', tensor([1, 2, 2, 1], [0, 1, 2, 3]), { height: 1, width: 1 }).value.data, [1.5]);
});

others('pad with zeros and crop', () => {
  const image = tensor([1, 1, 2, 1], [1, 2]);
  near(once('pad', image, { top: 1, right: 1 }).value.data, [0, 0, 0, 1, 2, 0]);
  near(once('crop', image, { left: 1 }).value.data, [2]);
});

others('refuse an image of another size', () => {
  const graph: Graph = new Network([2, 2, 1]).build();
  assert.throws(() => interpret(graph, new Map(), tensor([1, 2, 3, 1], [1, 2, 3, 4, 5, 6])), /2×3×1/);
});

others('read inside the map as often as `windowAxis` says', () => {
  for (const [size, kernel, stride] of [
    [7, 3, 2],
    [8, 3, 2],
    [8, 2, 3],
    [5, 4, 1],
  ] as const) {
    const { output, before, after } = windowAxis(size, kernel, stride, 1, 'same');
    assert.ok(before <= after && after - before <= 1);
    const ones = build([1, 1, size, 1], () => 1);
    const { value } = once(
      'conv',
      ones,
      { channels: 1, kernel: [1, kernel], stride: [1, stride], bias: false },
      { kernel: Array(kernel).fill(1) },
    );
    const missing = value.data.reduce((sum, count) => sum + kernel - count, 0);
    const expected = Array.from(
      { length: output },
      (_, o) =>
        Array.from({ length: kernel }, (_, tap) => o * stride - before + tap).filter(
          (x) => x < 0 || x >= size,
        ).length,
    ).reduce((sum, count) => sum + count, 0);
    assert.is(missing, expected);
  }
});

others.run();
