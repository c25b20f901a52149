import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startFindings } from '../../src/compiler/index.ts';
import { initialWeights } from '../../src/compiler/interpret/initial-weights.ts';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import { randomStream } from '../../src/compiler/interpret/random.ts';
import { type Tensor, tensor } from '../../src/compiler/interpret/tensor.ts';
import { summariseStart } from '../../src/compiler/targets/summary/start.ts';
import { graphOfPlan } from '../../src/compiler/targets/tfjs/graph.ts';
import { OnnxEngine } from '../../src/runtime/engines/onnx/engine.ts';
import { Network } from '../support/network.ts';
import { distance, use } from './tf/support.ts';
import { batchOf, size, tinyPlan, tinyTrainer } from './tf/training-support.ts';

const test = suite('networks before their first step');

/** Mean and variance of each channel of a node. */
function momentsOf({ shape, data }: Tensor) {
  const channels = shape.at(-1)!;
  const count = data.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (const [index, value] of data.entries()) mean[index % channels]! += value / count;
  for (const [index, value] of data.entries()) {
    variance[index % channels]! += (value - mean[index % channels]!) ** 2 / count;
  }
  return { mean, variance };
}

test('wasm and onnx see what the interpreter computes, agree on gradients, and change nothing', async () => {
  const plan = tinyPlan();
  const graph = graphOfPlan(plan.network);
  const batch = batchOf('inspected', 4);
  await use('wasm');
  const onnx = await OnnxEngine.start({ threads: 1 });
  const trainers = { wasm: tinyTrainer(plan), onnx: await onnx.trainer(plan) };
  const image = tensor([4, size, size, 1], Float64Array.from(batch.images));
  const weights = initialWeights(graph.weights.values(), plan.train.seed);
  const mode = { kind: 'training', random: randomStream('other dropout') } as const;
  const { values } = interpret(graph, weights, image, mode);
  // What is behind dropout is another draw of it.
  const dropped = new Set<number>();
  for (const { id, op, operands } of graph.nodes) {
    if (op === 'dropout' || operands.some((operand) => dropped.has(operand))) dropped.add(id);
  }
  const seen = [];
  for (const [name, trainer] of Object.entries(trainers)) {
    const before = await trainer.snapshot();
    const found = await trainer.inspect(batch);
    assert.equal(await trainer.snapshot(), before, name);
    seen.push(found);
    for (const { id, origin } of graph.nodes) {
      if (dropped.has(id)) continue;
      const expected = momentsOf(values[id]!);
      const { mean, variance } = found.nodes[id]!;
      for (const [channel, value] of expected.mean.entries()) {
        const deviation = Math.sqrt(expected.variance[channel]!);
        assert.ok(
          Math.abs(mean[channel]! - value) < 1e-3 * deviation + 1e-6,
          `${name}: mean of ${origin.path}`,
        );
      }
      assert.ok(distance(variance, expected.variance) < 1e-3, `${name}: variance of ${origin.path}`);
    }
    await trainer.dispose();
  }
  const [one, other] = seen.map(({ gradients }) => gradients);
  assert.equal(Object.keys(one!).toSorted(), Object.keys(other!).toSorted());
  const scale = Math.max(...Object.values(one!));
  for (const [weight, square] of Object.entries(one!)) {
    assert.ok(Math.abs(square - other![weight]!) < 1e-3 * scale, weight);
    assert.ok(square >= 0);
  }
  await onnx.end();
});

test('layers that explode, vanish or die are marked, with a finding for each kind', async () => {
  const network = new Network([size, size, 1], 'Odd');
  const conv = (x: number, path: string) => network.apply('conv', x, { channels: 4, kernel: 1 }, { path });
  const small = conv(network.image, 'small');
  const dead = network.apply('relu', conv(small, 'low'), {}, { path: 'dead' });
  network.head('segmentation', 'mask', network.apply('sigmoid', conv(dead, 'large'), {}));
  const graph = network.build();
  const even = (mean: number, variance: number) => ({
    mean: [mean, mean, mean, mean],
    variance: Array(4).fill(variance),
  });
  const nodes = graph.nodes.map(({ origin: { path } }) =>
    path === 'small'
      ? even(0, 1e-8)
      : path === 'dead'
        ? even(0, 0)
        : path === 'large'
          ? even(0, 1e9)
          : even(0, 1),
  );
  const facts = { engine: 'cpu', images: 1, source: 'noise', reason: '' } as const;
  const found = summariseStart(
    graph,
    { nodes, gradients: { 'low/kernel': 1, 'small/kernel': 1e-20 } },
    facts,
  );
  assert.equal(
    found.layers.flatMap(({ path, mark }) => (mark === null ? [] : [[path, mark]])),
    [
      ['small', 'vanishes'],
      ['dead', 'dead'],
      ['large', 'explodes'],
    ],
  );
  assert.equal(
    startFindings(found).map(({ code }) => code),
    ['CMR997', 'CMR997', 'CMR998'],
  );
});

test.run();
