import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serialChains } from '../../src/compiler/passes/reach/chains.ts';
import { receptiveFields } from '../../src/compiler/passes/reach/field.ts';
import { hybridDistances, nearestFullRates, sampling } from '../../src/compiler/passes/reach/sampling.ts';
import { type Convolution, tapUse } from '../../src/compiler/passes/reach/taps.ts';
import { Network } from '../support/network.ts';
import { paperNetwork } from '../support/paper-network.ts';

const taps = suite('tap use, paper section 4.1');

function use(height: number, width: number, rate: number, given: Record<string, number | string> = {}) {
  const network = new Network([height, width, 1]);
  const id = network.apply('conv', network.image, { channels: 1, rate, ...given });
  return tapUse(network.builder.nodes[id] as Convolution, [height, width, 1]);
}

const rates = [3, 4, 5, 6, 7, 8, 12, 18];
for (const [height, width, effective] of [
  [128, 112, [8.7, 8.6, 8.5, 8.41, 8.31, 8.21, 7.83, 7.28]],
  [64, 56, [8.41, 8.21, 8.02, 7.83, 7.65, 7.46, 6.75, 5.75]],
  [32, 28, [7.83, 7.46, 7.1, 6.75, 6.41, 6.07, 4.82, 3.21]],
  [16, 14, [6.75, 6.07, 5.43, 4.82, 4.25, 3.71, 1.93, 1.0]],
  [8, 7, [4.82, 3.71, 2.75, 1.93, 1.25, 1.0, 1.0, 1.0]],
] as const) {
  taps(`are the table's on ${height}×${width}`, () => {
    const found = rates.map((rate) => Number(use(height, width, rate).effective.toFixed(2)));
    assert.equal(found, [...effective]);
  });
}

taps('count the taps that are never inside', () => {
  assert.is(use(16, 14, 18).alive, 1);
  assert.is(use(16, 14, 12).alive, 9);
  assert.is(use(8, 7, 7).alive, 3);
  assert.is(use(16, 14, 15).alive, 3);
  assert.is(use(1, 1, 1).alive, 1);
});

taps('are all inside without padding', () => {
  const valid = use(16, 14, 3, { padding: 'valid' });
  assert.is(valid.effective, 9);
});

taps.run();

const stacks = suite('what serial stacks read, paper section 4.1');

for (const [chain, field, reached, percent, gap, divisor] of [
  [[2, 2, 2], 13, 7, 29.0, 2, 2],
  [[3, 5, 7], 31, 23, 55.0, 3, 1],
  [[5, 5, 5], 31, 7, 5.1, 5, 5],
  [[6, 12, 18], 73, 13, 3.2, 6, 6],
  [[1, 2, 5], 17, 17, 100, 1, 1],
  [[1, 3, 5], 19, 19, 100, 1, 1],
  [[1, 3, 7], 23, 23, 100, 1, 1],
  [[1, 3, 9], 27, 27, 100, 1, 1],
  [[2, 3, 5], 21, 19, 81.9, 2, 1],
] as const) {
  stacks(`are the table's for [${chain.join(', ')}]`, () => {
    const found = sampling(chain.map((rate) => ({ kernel: 3, rate })));
    assert.is(found.field, field);
    assert.is(found.reached.length, reached);
    assert.is(Number((100 * found.coverage ** 2).toFixed(1)), percent);
    assert.is(found.largestGap, gap);
    assert.is(found.divisor, divisor);
  });
}

stacks('miss the offsets that the paper names for [3, 5, 7]', () => {
  const { reached } = sampling([3, 5, 7].map((rate) => ({ kernel: 3, rate })));
  const offsets = new Set(reached.map((offset) => offset - 15));
  const missing = Array.from({ length: 15 }, (_, index) => index + 1).filter(
    (offset) => !offsets.has(offset),
  );
  assert.equal(missing, [6, 11, 13, 14]);
  for (const offset of missing) assert.not(offsets.has(-offset));
});

stacks('have the HDC distances of Wang et al.', () => {
  for (const [chain, expected] of [
    [
      [1, 2, 5],
      [1, 2, 5],
    ],
    [
      [1, 2, 9],
      [5, 5, 9],
    ],
    [
      [3, 5, 7],
      [3, 5, 7],
    ],
    [
      [2, 2, 2],
      [2, 2, 2],
    ],
    [
      [2, 3, 5],
      [2, 3, 5],
    ],
  ] as const) {
    assert.is(hybridDistances(chain)[1], expected[1], chain.join());
    assert.is(hybridDistances(chain).at(-1), chain.at(-1));
  }
});

stacks('are full for the nearest rates that are suggested', () => {
  assert.equal(nearestFullRates(3, [3, 5, 7]), [1, 3, 9]);
  assert.equal(nearestFullRates(3, [6, 12, 18]), [1, 3, 9]);
  assert.equal(nearestFullRates(3, [1, 2, 5]), [1, 2, 5]);
  assert.equal(nearestFullRates(3, [2, 2]), [1, 3]);
  assert.equal(nearestFullRates(5, [3, 5]), [1, 5]);
  assert.is(nearestFullRates(3, [1, 2, 3, 4, 5]), undefined);
  for (const chain of [
    [2, 2, 2],
    [2, 3, 5],
    [4, 8, 12],
  ]) {
    const suggested = nearestFullRates(3, chain)!;
    assert.is(sampling(suggested.map((rate) => ({ kernel: 3, rate }))).coverage, 1);
  }
});

stacks('are found through normalisation and activation only', () => {
  const chains = serialChains(paperNetwork()).map((chain) =>
    chain.map((node) => node.attributes.rate[0]).join(),
  );
  assert.equal(chains, ['3,5,7', '3,5,7', '1,3', '1,3,5', '3,5,7', '3,5,7']);
  const network = new Network([32, 32, 4]);
  const conv = (x: number, given: Record<string, number> = {}) =>
    network.apply('conv', x, { channels: 4, ...given });
  const first = conv(network.image, { rate: 2 });
  conv(network.apply('add', [first, network.image]), { rate: 2 });
  conv(conv(first, { kernel: 1 }), { rate: 2 });
  conv(conv(first, { stride: 2 }), { rate: 2 });
  conv(conv(network.image));
  assert.equal(serialChains(network.build()), []);
});

stacks.run();

const fields = suite('receptive fields');

fields('are those of the paper’s layer table', () => {
  const graph = paperNetwork();
  const all = receptiveFields(graph);
  const field = (path: string) => all[graph.nodes.find((node) => node.origin.path === path)!.id]!.size;
  for (const [path, size] of [
    ['encoder/stem.0/conv', 3],
    ['encoder/stem.1/conv', 7],
    ['encoder/f1/chain.0/conv', 19],
    ['encoder/f1/chain.1/conv', 39],
    ['encoder/f1', 67],
    ['encoder/pool1', 69],
    ['encoder/f2/chain.2/conv', 189],
    ['encoder/f2/pyramid.2/conv', 165],
    ['encoder/down/conv', 197],
    ['encoder/mid/1/mid/conv', 245],
    ['encoder/mid/3/far/conv', 341],
    ['encoder/f3', 581],
    ['encoder/pool2', 589],
    ['encoder/f4/pyramid.0/conv', 717],
    ['encoder/f4', 1069],
    ['encoder/end.1/conv', 1101],
    ['decoder/u3/up/conv', 1133],
    ['decoder/u3/conv', 1149],
    ['decoder/u2/conv', 1173],
    ['decoder/u1/conv', 1185],
    ['decoder/u0/conv', 1191],
  ] as const) {
    assert.equal(field(path), [size, size], path);
  }
});

fields('cover the whole map behind a global pooling', () => {
  const network = new Network([16, 12, 1]);
  const half = network.apply('max_pool', network.image);
  network.apply('global_avg_pool', half);
  const flat = network.apply('flatten', half);
  network.apply('dense', flat, { units: 1 });
  const found = receptiveFields(network.build()).map((field) => field.size);
  assert.equal(found.slice(2), [
    [16, 12],
    [16, 12],
    [16, 12],
  ]);
});

fields('follow each axis and every change of resolution', () => {
  const network = new Network([16, 16, 4]);
  const wide = network.apply('conv', network.image, { channels: 4, kernel: [1, 5], stride: [1, 2] });
  const up = network.apply('conv_transpose', wide, { channels: 4, kernel: 4, stride: 2 });
  network.apply('resize', up, { height: 64, width: 32 });
  const found = receptiveFields(network.build());
  assert.equal(found[1], { size: [1, 5], jump: [1, 2] });
  assert.equal(found[2], { size: [2, 7], jump: [0.5, 1] });
  assert.equal(found[3], { size: [2.5, 8], jump: [0.25, 0.5] });
});

fields.run();
