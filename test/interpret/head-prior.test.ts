import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { priorKernels, priorLogits, priorWeights } from '../../src/compiler/interpret/head-prior.ts';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import { build } from '../../src/compiler/interpret/tensor.ts';
import { headBias } from '../../src/compiler/ir/head-bias.ts';
import { Network } from '../support/network.ts';

const test = suite('the class prior');

/** A network whose kernels are 0, so that its heads say what their biases say. */
function said(end: (network: Network) => number, kind: 'mask' | 'label', logits: readonly number[]) {
  const network = new Network([8, 8, 1]);
  network.head('h', kind, end(network));
  const graph = network.build();
  const zero = new Map(
    [...graph.weights].map(([name, { shape }]) => [name, new Float64Array(sizeOf(shape))]),
  );
  const weights = new Map([...zero, ...priorWeights(graph, { h: logits })]);
  return interpret(
    graph,
    weights,
    build([1, 8, 8, 1], () => 0.3),
  ).heads.get('h')!;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

test('of a sigmoid is the share of each structure, wherever the bias stands', () => {
  const shares = [0.03, 0.4];
  const logits = priorLogits('multilabel', [3e6, 4e7], 1e8);
  const ends: readonly ((network: Network) => number)[] = [
    (n) => n.apply('conv', n.image, { channels: 2, kernel: 1 }),
    (n) =>
      n.apply('depth_to_space', n.apply('conv', n.apply('max_pool', n.image), { channels: 8 }), {
        factor: 2,
      }),
    (n) =>
      n.apply('resize', n.apply('conv', n.apply('max_pool', n.image), { channels: 2 }), {
        height: 8,
        width: 8,
      }),
    (n) => n.apply('instance_norm', n.apply('conv', n.image, { channels: 2, bias: false })),
  ];
  for (const end of ends) {
    const { data } = said((n) => n.apply('sigmoid', end(n)), 'mask', logits);
    for (const [index, p] of data.entries()) {
      assert.ok(Math.abs(p - shares[index % 2]!) < 1e-6, `${p} is not ${shares[index % 2]}`);
    }
  }
});

test('of a softmax is the share of each class', () => {
  const logits = priorLogits('categorical', [600, 300, 100], 1000);
  const { data } = said(
    (n) => n.apply('softmax', n.apply('dense', n.apply('global_avg_pool', n.image), { units: 3 })),
    'label',
    logits,
  );
  for (const [index, share] of [0.6, 0.3, 0.1].entries()) assert.ok(Math.abs(data[index]! - share) < 1e-3);
});

test('begins with a kernel near zero, so that no draw of it decides which way training goes', () => {
  const network = new Network([8, 8, 1]);
  const features = network.apply('relu', network.apply('conv', network.image, { channels: 4 }));
  const end = network.apply('separable_conv', features, { channels: 1 });
  network.head('h', 'mask', network.apply('sigmoid', end));
  const graph = network.build();
  const drawn = new Map(
    [...graph.weights].map(([name, { shape }]) => [name, new Float64Array(sizeOf(shape)).fill(-2)]),
  );
  const small = priorKernels(graph, ['h'], drawn);
  assert.equal(
    [...small.keys()],
    [[...graph.weights.keys()].find((name) => name.endsWith('pointwise_kernel'))],
  );
  assert.equal(
    [...small.values()].map((values) => [...values]),
    [[-0.02, -0.02, -0.02, -0.02]],
  );
});

test('of what never occurs, and of what is everywhere, is finite', () => {
  for (const encoding of ['multilabel', 'categorical'] as const) {
    const logits = priorLogits(encoding, [0, 1000], 1000);
    assert.ok(logits.every(Number.isFinite));
    assert.ok(logits[0]! < logits[1]! - 7);
  }
});

test('has no place where a bias moves other values too, or where there is none', () => {
  const place = (end: (network: Network) => number) => {
    const network = new Network([8, 8, 1]);
    network.head('h', 'mask', network.apply('sigmoid', end(network)));
    return headBias(network.build(), 'h');
  };
  assert.is(
    place((n) => n.apply('conv', n.image, { channels: 1, bias: false })),
    null,
  );
  assert.is(
    place((n) => {
      const conv = n.apply('conv', n.image, { channels: 1 });
      return n.apply('add', [conv, n.apply('relu', conv)]);
    }),
    null,
  );
  const shared = (n: Network) => {
    const twice = (x: number) => n.apply('conv', x, { channels: 1 }, { path: `c${x}`, layer: 'shared' });
    return twice(twice(n.image));
  };
  assert.is(place(shared), null);
});

test.run();
