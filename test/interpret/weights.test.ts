import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fans, initialWeight, initialWeights } from '../../src/compiler/interpret/initial-weights.ts';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import { randomStream } from '../../src/compiler/interpret/random.ts';
import { build } from '../../src/compiler/interpret/tensor.ts';
import type { Initializer, Weight } from '../../src/compiler/ir/graph.ts';
import { graphOf } from '../support/compiled.ts';
import { paperNetwork } from '../support/paper-network.ts';

const weights = suite('initial weights');

function weight(initializer: Initializer, shape = [3, 3, 32, 64], name = 'layer/kernel'): Weight {
  return { name, shape, initializer, trainable: true };
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

weights('count fans as Keras does', () => {
  assert.equal(fans([3, 3, 32, 64]), { fanIn: 288, fanOut: 576 });
  assert.equal(fans([256, 1]), { fanIn: 256, fanOut: 1 });
});

weights('fill the interval that Glorot gives', () => {
  const limit = Math.sqrt(6 / (288 + 576));
  const values = initialWeight(weight('glorot_uniform'), 1);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(largest <= limit && largest > 0.999 * limit);
  assert.ok(Math.abs(deviation(values) / (limit / Math.sqrt(3)) - 1) < 0.02);
});

weights('have the variance that their initializer promises, and no value beyond its cut', () => {
  for (const [initializer, variance] of [
    ['glorot_normal', 2 / 864],
    ['he_normal', 2 / 288],
    ['he_uniform', 2 / 288],
  ] as const) {
    const values = initialWeight(weight(initializer), 7);
    assert.ok(Math.abs(deviation(values) / Math.sqrt(variance) - 1) < 0.02, initializer);
    const cut = initializer === 'he_uniform' ? Math.sqrt(3) : 2 / 0.8796;
    assert.ok(
      values.every((value) => Math.abs(value) <= cut * Math.sqrt(variance) * 1.0001),
      initializer,
    );
  }
  assert.ok(initialWeight(weight('zeros'), 1).every((value) => value === 0));
  assert.ok(initialWeight(weight('ones'), 1).every((value) => value === 1));
});

weights('repeat along the channels where a sub-pixel layer follows, with the fans of what is drawn', () => {
  const one = { ...weight('glorot_uniform', [3, 3, 5, 6]), name: 'same' };
  const drawn = initialWeight(one, 3);
  const values = initialWeight({ ...one, shape: [3, 3, 5, 24], copies: 4 }, 3);
  for (const [index, value] of values.entries()) {
    assert.is(value, drawn[Math.floor(index / 24) * 6 + (index % 6)]);
  }
});

weights('make a sub-pixel layer start as nearest-neighbour enlargement (ICNR)', () => {
  for (const factor of [2, 3]) {
    const graph = graphOf(`network N {
  input image: [4, 3, 2]
  head s: mask = image |> conv(${3 * factor ** 2}, init = "he_normal", icnr = ${factor}) |> depth_to_space(${factor})
    |> resize(4, 3, method = "nearest") |> sigmoid()
  head d: label = image |> conv(${3 * factor ** 2}, icnr = ${factor}) |> depth_to_space(${factor}) |> global_avg_pool() |> sigmoid()
}`);
    const kernel = [...graph.weights.values()].find(({ copies }) => copies !== undefined)!;
    assert.is(kernel.copies, factor ** 2);
    const { nodes } = graph;
    const enlarged = nodes.find(({ op }) => op === 'depth_to_space')!;
    const image = build([1, 4, 3, 2], (...at) => Math.sin(17 * at.reduce((sum, i) => 3 * sum + i, 1)));
    const values = interpret(graph, initialWeights(graph.weights.values(), 5), image).values[enlarged.id]!;
    const channels = 3;
    const at = (row: number, column: number, channel: number) =>
      values.data[(row * 3 * factor + column) * channels + channel]!;
    for (let row = 0; row < 4 * factor; row++) {
      for (let column = 0; column < 3 * factor; column++) {
        const first = at(row - (row % factor), column - (column % factor), 1);
        assert.is(at(row, column, 1), first);
      }
    }
    assert.is.not(at(0, 0, 1), at(factor, 0, 1));
  }
});

weights('depend on seed and name alone', () => {
  const first = initialWeight(weight('glorot_uniform'), 1);
  assert.equal(initialWeight(weight('glorot_uniform'), 1), first);
  assert.not.equal(initialWeight(weight('glorot_uniform'), 2), first);
  assert.not.equal(initialWeight(weight('glorot_uniform', [3, 3, 32, 64], 'other/kernel'), 1), first);
  const graph = paperNetwork({ width: 4 });
  const all = initialWeights(graph.weights.values(), 3);
  assert.is(all.size, graph.weights.size);
  const reversed = initialWeights([...graph.weights.values()].reverse(), 3);
  for (const [name, values] of all) assert.equal(reversed.get(name), values);
});

weights('come from the same numbers on every machine', () => {
  const random = randomStream('a key');
  const drawn = Array.from({ length: 20_000 }, random);
  assert.ok(drawn.every((value) => value >= 0 && value < 1));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  assert.ok(Math.abs(mean - 0.5) < 0.01);
  // From an independent implementation of xoshiro128** and SHA-256.
  assert.equal(drawn.slice(0, 3), [0.9165558244065015, 0.6985995461247588, 0.07557519521082923]);
});

weights.run();
