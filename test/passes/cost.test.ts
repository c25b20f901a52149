import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialWeights } from '../../src/compiler/interpret/initial-weights.ts';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import { randomStream } from '../../src/compiler/interpret/random.ts';
import { build } from '../../src/compiler/interpret/tensor.ts';
import { graphHash } from '../../src/compiler/ir/hash.ts';
import { verify } from '../../src/compiler/ir/verify.ts';
import { cost } from '../../src/compiler/passes/cost.ts';
import { deadCode, neededBy } from '../../src/compiler/passes/dead-code.ts';
import { memory } from '../../src/compiler/passes/memory.ts';
import { runPasses } from '../../src/compiler/passes/pipeline.ts';
import { Network } from '../support/network.ts';
import { paperNetwork } from '../support/paper-network.ts';

const costs = suite('the cost of a network');

costs('is 5,335,154 parameters and 4.49 G multiply-adds for the paper', () => {
  const found = cost(paperNetwork());
  assert.equal(found.parameters, { total: 5_335_154, trainable: 5_325_906 });
  assert.is((found.multiplyAdds / 1e9).toFixed(2), '4.49');
  assert.is((cost(paperNetwork({ image: [224, 224, 1] })).multiplyAdds / 1e9).toFixed(2), '3.93');
});

costs('is that of the layer table, layer by layer', () => {
  const { nodes } = cost(paperNetwork());
  const layer = (path: string) => nodes.find((node) => node.path === path)!;
  for (const [path, weights, millions] of [
    ['encoder/stem.0/conv', 288, 4.1],
    ['encoder/stem.1/conv', 9_216, 132.1],
    ['encoder/f2/base/conv', 2_560, 9.2],
    ['encoder/down/conv', 221_184, 198.2],
    ['encoder/mid/3/merge/conv', 16_384, 14.7],
    ['encoder/f4/chain.2/conv', 147_456, 33.0],
    ['encoder/end.1/conv', 589_824, 132.1],
    ['decoder/u3/up/conv', 1_179_648, 264.2],
    ['decoder/u2/conv', 147_456, 528.5],
    ['segmentation/conv', 17, 0.9],
    ['diagnosis/dense', 257, 0.0],
  ] as const) {
    assert.is(layer(path).parameters, weights, path);
    assert.is(Number((layer(path).multiplyAdds / 1e6).toFixed(1)), millions, path);
  }
  assert.is(layer('encoder/stem.0/norm').parameters, 128);
  assert.is(layer('encoder/stem.0/norm').trainable, 64);
});

costs('counts a shared layer once in parameters and every time in multiply-adds', () => {
  const { nodes, parameters, multiplyAdds } = cost(paperNetwork({ dac: 'shared' }));
  assert.is(parameters.trainable, 4_701_778);
  assert.is(
    nodes.reduce((sum, node) => sum + node.parameters, 0),
    parameters.total,
  );
  assert.is(multiplyAdds, cost(paperNetwork()).multiplyAdds);
});

costs.run();

const memories = suite('peak memory');

memories('is counted by hand for a small chain', () => {
  // image 64 → conv 128 → relu 128 → pool 32 numbers per example; kernel 9·1·2 = 18.
  const network = new Network([8, 8, 1]);
  const conv = network.apply('conv', network.image, { channels: 2, bias: false });
  const relu = network.apply('relu', conv);
  const pool = network.apply('avg_pool', relu, { size: 4 });
  network.head(
    'label',
    'label',
    network.apply('dense', network.apply('flatten', pool), { units: 1, bias: false }),
  );
  const graph = network.build();
  const sizes = graph.nodes.map((node) => node.shape.reduce((product, size) => product * size, 1));
  assert.equal(sizes, [64, 128, 128, 8, 8, 1]);
  const found = memory(graph, 2, 1);
  assert.is(found.weights, 4 * (18 + 8));
  assert.is(found.optimizer, found.weights);
  assert.equal(found.inference, { bytes: 4 * (18 + 8) + 4 * 2 * (128 + 128), node: 2 });
  // Differentiating relu: image, relu's value, gradients of relu and conv, gradient of the dense kernel.
  const peak = 4 * 2 * (64 + 128 + 128 + 128) + 4 * 8;
  assert.equal(found.training, { bytes: found.weights + found.optimizer + peak, node: 2 });
});

memories('grows with the batch and with what the optimizer remembers', () => {
  const graph = paperNetwork();
  const one = memory(graph, 1, 1);
  const eight = memory(graph, 8, 1);
  const adam = memory(graph, 8, 2);
  assert.ok(eight.training.bytes > 7 * (one.training.bytes - 2 * one.weights));
  assert.is(adam.training.bytes - eight.training.bytes, adam.gradients);
  assert.ok(one.inference.bytes < one.training.bytes);
  assert.ok(eight.training.bytes > 0.5e9 && eight.training.bytes < 1.5e9);
});

memories('never counts less than the values of one moment', () => {
  const graph = paperNetwork({ width: 4 });
  const found = memory(graph, 1, 0);
  for (const node of graph.nodes) {
    const alive = [node.id, ...node.operands].map((id) => graph.nodes[id]!.shape.reduce((a, b) => a * b, 4));
    assert.ok(found.inference.bytes >= found.weights + alive.reduce((a, b) => a + b, 0));
  }
});

memories.run();

const dead = suite('dead code');

dead('goes, and what the heads compute stays', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), fc.nat(), (choices, head) => {
      const network = new Network([5, 4, 1]);
      for (const choice of choices) {
        const nodes = network.builder.nodes.length;
        const operand = choice % nodes;
        if (choice % 3 === 0) network.apply('add', [operand, (choice >> 3) % nodes]);
        else if (choice % 3 === 1) network.apply('relu', operand);
        else network.apply('conv', operand, { channels: 1, rate: 1 + (choice % 4) });
      }
      network.head('mask', 'mask', head % network.builder.nodes.length);
      const graph = network.build();
      const small = runPasses(graph);
      verify(small);
      assert.is(small.nodes.length, neededBy(graph, [graph.heads[0]!.node]).size);
      assert.is(graphHash(small), graphHash(graph));
      const weights = initialWeights(graph.weights.values(), 5);
      const image = build([1, 5, 4, 1], randomStream('dead'));
      const before = interpret(graph, weights, image).heads.get('mask')!;
      assert.equal(interpret(small, weights, image).heads.get('mask')!, before);
    }),
    { seed: 2021, numRuns: 60 },
  );
});

dead('leaves a graph alone that has none', () => {
  const graph = paperNetwork({ width: 4 });
  assert.is(deadCode.run(graph), graph);
  const seen: string[] = [];
  runPasses(graph, (pass) => seen.push(pass));
  assert.equal(seen, ['dead-code']);
});

dead.run();
