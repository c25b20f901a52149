import { suite } from 'uvu';
import type { OperationName } from '../../../src/compiler/ir/graph.ts';
import type { ArgumentValue } from '../../../src/compiler/ir/operations.ts';
import { Network } from '../../support/network.ts';
import { type Check, checkAgainstDefinition, testBackends, use } from './support.ts';

interface Case extends Check {
  readonly op: Exclude<OperationName, 'input'>;
  readonly given?: Readonly<Record<string, ArgumentValue>>;
  readonly image?: readonly number[];
}

const cases: readonly Case[] = [
  { op: 'conv', given: { channels: 3, kernel: 3, bias: true } },
  { op: 'conv', given: { channels: 3, kernel: [1, 3], bias: false } },
  { op: 'conv', given: { channels: 4, kernel: 3, groups: 2, rate: 2 }, image: [9, 8, 4] },
  { op: 'depthwise_conv', given: { kernel: 3, rate: 2 } },
  { op: 'depthwise_conv', given: { kernel: 3, multiplier: 2, stride: 2 } },
  { op: 'depthwise_conv', given: { kernel: [3, 5], multiplier: 3, padding: 'valid' } },
  { op: 'depthwise_conv', given: { kernel: 3, rate: 18 } },
  { op: 'separable_conv', given: { channels: 4, kernel: 3, rate: 2, multiplier: 2, bias: true } },
  { op: 'conv_transpose', given: { channels: 3, kernel: 2, stride: 2 } },
  { op: 'conv_transpose', given: { channels: 3, kernel: 3, stride: 2, bias: true } },
  { op: 'conv_transpose', given: { channels: 2, kernel: 3, stride: 3, padding: 'valid' } },
  { op: 'conv_transpose', given: { channels: 2, kernel: [4, 3], stride: [2, 1] } },
  { op: 'batch_norm', gradient: false },
  { op: 'batch_norm', training: true },
  { op: 'batch_norm', given: { momentum: 0.9, epsilon: 0.1 }, training: true, batch: 3 },
  { op: 'batch_norm', given: { scale: false }, training: true, batch: 3 },
  { op: 'batch_norm', given: { scale: false }, gradient: false },
  { op: 'group_norm', given: { groups: 2 }, image: [9, 8, 6] },
  { op: 'instance_norm' },
  { op: 'layer_norm' },
  { op: 'layer_norm', given: { epsilon: 0.1 }, image: [3, 5, 8] },
  { op: 'relu' },
  { op: 'leaky_relu', given: { slope: 0.2 } },
  { op: 'elu', given: { alpha: 1 } },
  { op: 'elu', given: { alpha: 0.5 } },
  { op: 'swish' },
  { op: 'gelu' },
  { op: 'softmax_along', given: { axis: 'height' } },
  { op: 'softmax_along', given: { axis: 'width' } },
  { op: 'attention', given: { heads: 2 }, image: [3, 4, 6] },
  { op: 'attention', given: { heads: 1, bias: false }, image: [3, 4, 6] },
  { op: 'transpose' },
  { op: 'reshape', given: { height: 4, width: 9 } },
  { op: 'space_to_depth', given: { factor: 2 }, image: [4, 6, 3] },
  { op: 'sigmoid' },
  { op: 'softmax' },
  { op: 'max_pool', given: { size: 2 } },
  { op: 'max_pool', given: { size: 3, stride: 2, padding: 'same' } },
  { op: 'avg_pool', given: { size: 2 } },
  { op: 'avg_pool', given: { size: 3, stride: 2, padding: 'same' } },
  { op: 'global_avg_pool' },
  { op: 'global_max_pool' },
  { op: 'dropout', given: { rate: 0.3 } },
  { op: 'flatten' },
  { op: 'depth_to_space', given: { factor: 2 }, image: [5, 7, 12] },
  { op: 'depth_to_space', given: { factor: 3 }, image: [5, 7, 9] },
  { op: 'resize', given: { height: 18, width: 16, method: 'bilinear' } },
  { op: 'resize', given: { height: 5, width: 20, method: 'bilinear' } },
  { op: 'resize', given: { height: 18, width: 5, method: 'nearest' } },
  { op: 'pad', given: { top: 1, bottom: 2, left: 3, right: 0 } },
  { op: 'affine', given: { factor: -0.5, shift: 2 } },
  { op: 'slice', given: { begin: 1, count: 2 } },
  { op: 'slice', given: { begin: 2, count: 5, axis: 'height' } },
  { op: 'crop', given: { top: 1, bottom: 2, left: 3, right: 0 } },
];

function describe({ op, given = {}, image, training }: Case): string {
  const settings = Object.entries(given).map(([name, value]) => `${name} ${value}`);
  const words = [
    ...settings,
    ...(image ? [`on ${image.join('×')}`] : []),
    ...(training ? ['in training'] : []),
  ];
  return `${op}${words.length > 0 ? ` (${words.join(', ')})` : ''}`;
}

for (const backend of testBackends) {
  const test = suite(`operations on ${backend}`);
  test.before(() => use(backend));

  for (const one of cases) {
    test(`${describe(one)} has the value and the gradient of its definition`, () => {
      const network = new Network(one.image ?? [9, 8, 3]);
      const value = network.apply(one.op, network.image, one.given ?? {}, { path: 'block/one' });
      checkAgainstDefinition(network, value, one);
    });
  }

  test('concat, add and multiply have the values and gradients of their definitions', () => {
    const network = new Network([7, 6, 3]);
    const a = network.apply('conv', network.image, { channels: 4, kernel: 1, bias: true });
    const b = network.apply('conv', network.image, { channels: 4, kernel: 3 });
    const pooled = network.apply('global_avg_pool', b, {});
    const gate = network.apply('sigmoid', network.apply('dense', pooled, { units: 4 }), {});
    const joined = network.apply('concat', [a, network.apply('add', [a, b]), network.image]);
    const gated = network.apply('multiply', [b, gate]);
    const squared = network.apply('multiply', [gated, a]);
    checkAgainstDefinition(network, network.apply('concat', [joined, squared]));
  });

  test('one channel and vectors are repeated in sums, differences and products, with their gradients', () => {
    const network = new Network([7, 6, 3]);
    const map = network.apply('conv', network.image, { channels: 4, kernel: 3 });
    const single = network.apply('conv', network.image, { channels: 1, kernel: 3 });
    const vector = network.apply('dense', network.apply('global_avg_pool', map, {}), { units: 4 });
    const gated = network.apply('multiply', [network.apply('sigmoid', single, {}), map]);
    const shifted = network.apply('add', [gated, single]);
    const less = network.apply('subtract', [vector, shifted]);
    checkAgainstDefinition(
      network,
      network.apply('add', [network.apply('multiply', [single, vector]), less]),
    );
  });

  test('matmul has the values and gradients of its definition', () => {
    const network = new Network([3, 5, 4]);
    const map = network.apply('conv', network.image, { channels: 4, kernel: 3 });
    checkAgainstDefinition(network, network.apply('matmul', [map, network.apply('transpose', map, {})]));
  });

  test('max_unpool has the value and the gradient of its definition, which goes to the first map alone', () => {
    const network = new Network([8, 9, 3]);
    const before = network.apply('conv', network.image, { channels: 4, kernel: 3 });
    const rectified = network.apply('relu', before, {});
    const deep = network.apply('conv', network.apply('max_pool', rectified, { size: [2, 3] }), {
      channels: 4,
    });
    checkAgainstDefinition(network, network.apply('max_unpool', [deep, rectified]));
  });

  test('a layer that is applied twice adds up its gradients', () => {
    const network = new Network([9, 8, 3]);
    const layer = (x: number, path: string) => {
      const conv = network.apply(
        'conv',
        x,
        { channels: 3, kernel: 3, rate: 2, bias: false },
        { path, layer: 'shared' },
      );
      const norm = network.apply('batch_norm', conv, {}, { path: `${path}/norm`, layer: 'shared/norm' });
      return network.apply('relu', norm, {}, { path: `${path}/relu` });
    };
    const twice = layer(layer(network.image, 'first'), 'second');
    checkAgainstDefinition(network, twice, { training: true, tolerance: 1e-3 });
  });

  test.run();
}
