import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import { randomStream } from '../../src/compiler/interpret/random.ts';
import { tensor } from '../../src/compiler/interpret/tensor.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { averageSlot } from '../../src/compiler/step/lower/restraint.ts';
import { emitPlan } from '../../src/compiler/targets/tfjs/emit.ts';
import { graphOfPlan } from '../../src/compiler/targets/tfjs/graph.ts';
import { OnnxEngine } from '../../src/runtime/engines/onnx/engine.ts';
import type { Trainer } from '../../src/runtime/engines/trainer.ts';
import { Network } from '../support/network.ts';
import { distance, use } from './tf/support.ts';
import { batchOf, size, tinyPlan, tinyTrainer } from './tf/training-support.ts';

const onnx = await OnnxEngine.start({ threads: 1 });
const trainers: Readonly<Record<string, (plan: RunPlan) => Promise<Trainer>>> = {
  wasm: async (plan) => {
    await use('wasm');
    return tinyTrainer(plan);
  },
  onnx: (plan) => onnx.trainer(plan),
};

/** A head of one convolution of one tap, so that its bias alone decides its logits where its kernel is 0. */
function biased(channels: number, op: 'sigmoid' | 'softmax'): RunPlan {
  const network = new Network([size, size, 1], 'Biased');
  const logits = network.apply('conv', network.image, { channels, kernel: 1 }, { path: 'logits' });
  network.head('segmentation', 'mask', network.apply(op, logits, {}));
  const plan = tinyPlan();
  const loss = op === 'softmax' ? 'cross_entropy' : 'bce';
  return {
    ...plan,
    network: emitPlan(network.build()),
    heads: [{ ...plan.heads[0]!, channels }],
    loss: [{ weight: 1, head: 'segmentation', loss }],
  };
}

for (const [name, open] of Object.entries(trainers)) {
  const test = suite(`judging on ${name}`);

  test('of a sigmoid logits beyond ±50 are counted on either side, of a softmax those far from the likeliest', async () => {
    for (const [op, biases, share] of [
      ['sigmoid', [49], 0],
      ['sigmoid', [51], 1],
      ['sigmoid', [-51], 1],
      ['sigmoid', [-49], 0],
      ['softmax', [51, 52, 53, 54], 0],
      ['softmax', [0, 0, 0, 51], 0.75],
    ] as const) {
      const plan = biased(biases.length, op);
      const trainer = await open(plan);
      const snapshot = await trainer.snapshot();
      const weights = new Map(
        [...snapshot.weights].map(([weight, { shape, values }]) => [
          weight,
          { shape, values: weight.endsWith('bias') ? Float32Array.from(biases) : values.map(() => 0) },
        ]),
      );
      await trainer.restore({ ...snapshot, weights });
      const { images, ids } = batchOf('any', 2);
      const truth = new Float32Array(images.length * biases.length);
      const { extreme } = await trainer.evaluate({ images, ids, targets: { segmentation: truth } });
      assert.equal(extreme, { segmentation: share }, `${op} ${biases}`);
      await trainer.dispose();
    }
  });

  test('recalibrated statistics are those of the averaged weights, not of the weights', async () => {
    const plan = tinyPlan({ average: 0.9 });
    const graph = graphOfPlan(plan.network);
    const trainer = await open(plan);
    for (const key of ['a', 'b', 'c']) await trainer.step(batchOf(key, 4), 0.01);
    const batch = batchOf('recalibration', 4);
    await trainer.recalibrate([batch]);
    const { weights, optimizer } = await trainer.snapshot();
    await trainer.dispose();
    const statistic = /\/(moving_mean|moving_variance)$/;
    /** One batch normalised with weights whose statistics begin at 0: a tenth of the batch's own remains. */
    const statisticsOf = (averaged: boolean) => {
      const values = [...weights].map(([weight, one]) => {
        const chosen = averaged ? (optimizer.get(`${weight}/${averageSlot}`) ?? one) : one;
        return [weight, Float64Array.from(chosen.values, (v) => (statistic.test(weight) ? 0 : v))] as const;
      });
      const image = tensor([4, size, size, 1], Float64Array.from(batch.images));
      const mode = { kind: 'training', random: randomStream('1') } as const;
      const moved = interpret(graph, new Map(values), image, mode).weights;
      return (weight: string) => moved.get(weight)!.map((value) => 10 * value);
    };
    // A layer that is applied twice mixes two statistics.
    const wanted = [...weights.keys()].filter((weight) => statistic.test(weight) && !/shared/.test(weight));
    const [right, wrong] = [statisticsOf(true), statisticsOf(false)];
    for (const weight of wanted) {
      const actual = weights.get(weight)!.values;
      const [off, other] = [distance(actual, right(weight)), distance(actual, wrong(weight))];
      assert.ok(off < 1e-4, `${weight} is off by ${off}`);
      assert.ok(other > 1e-3, `${weight} cannot tell`);
    }
    assert.is(wanted.length, 6);
  });

  test.run();
}
