import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../../src/compiler/plan/run-plan.ts';
import { emitPlan } from '../../../src/compiler/targets/tfjs/emit.ts';
import type { Batch } from '../../../src/runtime/data/batches/data-source.ts';
import { openBackend } from '../../../src/runtime/engines/choice/backend.ts';
import { OnnxEngine } from '../../../src/runtime/engines/onnx/engine.ts';
import type { Trainer } from '../../../src/runtime/engines/trainer.ts';
import { accumulationAt } from '../../../src/runtime/train/epoch-steps.ts';
import { startState } from '../../../src/runtime/train/start.ts';
import { distance } from '../../step/support.ts';
import { Network } from '../../support/network.ts';
import { batchOf, size, tinyPlan, tinyTrainer } from '../tf/training-support.ts';

const engine = await OnnxEngine.start({ threads: 1 });
await openBackend({ name: 'wasm', threads: 1 });

/** Without batch norm and dropout, so that images do not know of each other. */
function plainPlan(train: Partial<RunPlan['train']>): RunPlan {
  const network = new Network([size, size, 1], 'Plain');
  const conv = (x: number, path: string, channels: number) =>
    network.apply('relu', network.apply('conv', x, { channels, kernel: 3 }, { path, layer: path }), {});
  const first = conv(network.image, 'first', 4);
  const second = conv(first, 'second', 4);
  const mask = network.apply('conv', second, { channels: 1, kernel: 1 }, { path: 'mask', layer: 'mask' });
  network.head('segmentation', 'mask', network.apply('sigmoid', mask, {}));
  const pooled = network.apply('global_avg_pool', second, {});
  const label = network.apply('dense', pooled, { units: 1 }, { path: 'label', layer: 'label' });
  network.head('diagnosis', 'label', network.apply('sigmoid', label, {}));
  return { ...tinyPlan(train), network: emitPlan(network.build()) };
}

const trainers = [
  ['onnx', (plan: RunPlan) => engine.trainer(plan)],
  ['wasm', async (plan: RunPlan) => tinyTrainer(plan)],
] as const;

/** Some images of a batch. */
function part({ ids, images, targets }: Batch, from: number, to: number): Batch {
  const cut = (values: Float32Array) => {
    const each = values.length / ids.length;
    return values.slice(from * each, to * each);
  };
  return {
    ids: ids.slice(from, to),
    images: cut(images),
    targets: Object.fromEntries(Object.entries(targets).map(([name, values]) => [name, cut(values)])),
  };
}

async function weightsOf(trainer: Trainer) {
  return (await trainer.snapshot()).weights;
}

const test = suite('parts of a training step');

test('gradients of several small batches change weights as one large batch does, on each engine', async () => {
  const settings: readonly Partial<RunPlan['train']>[] = [
    { optimizer: { kind: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } },
    { optimizer: { kind: 'sgd', lr: 0.1, momentum: 0.9 }, clip: 0.05, weight_decay: 0.1, average: 0.9 },
  ];
  for (const [name, open] of trainers) {
    for (const train of settings) {
      const [large, small] = [
        await open(plainPlan({ ...train, batch: 8 })),
        await open(plainPlan({ ...train, batch: 2, accumulate: 4 })),
      ];
      for (const [step, count] of [8, 8, 5].entries()) {
        const batch = batchOf(`large ${step}`, count);
        await large.step(batch, 0.01);
        for (let from = 0; from < count; from += 2) {
          const to = Math.min(count, from + 2);
          const at = { share: (to - from) / count, first: from === 0, last: to === count };
          await small.step(part(batch, from, to), 0.01, at);
        }
      }
      const [expected, actual] = [await weightsOf(large), await weightsOf(small)];
      for (const [weight, { values }] of expected) {
        const off = distance(actual.get(weight)!.values, values);
        assert.ok(off < 2e-5, `${name}, ${train.optimizer!.kind}: ${weight} is off by ${off}`);
      }
      assert.is((await small.snapshot()).state['steps'], 3);
      assert.is((await small.snapshot()).state['batches'], 4 + 4 + 3);
      await large.dispose();
      await small.dispose();
    }
  }
});

test('a sum of gradients is kept with a checkpoint, from which another engine goes on', async () => {
  const plan = plainPlan({ batch: 2, accumulate: 2, optimizer: { kind: 'sgd', lr: 0.1, momentum: 0 } });
  const [one, other] = [await engine.trainer(plan), tinyTrainer(plan)];
  await one.step(batchOf('a', 2), 0.1, { share: 0.5, first: true, last: false });
  await other.restore(await one.snapshot());
  for (const trainer of [one, other]) {
    await trainer.step(batchOf('b', 2), 0.1, { share: 0.5, first: false, last: true });
  }
  const [expected, actual] = [await weightsOf(one), await weightsOf(other)];
  for (const [weight, { values }] of expected) {
    assert.ok(distance(actual.get(weight)!.values, values) < 1e-5, weight);
  }
  await one.dispose();
  await other.dispose();
});

test('frozen parts stay as they are, and rates of parts are shares of the rate', async () => {
  const sgd = { optimizer: { kind: 'sgd', lr: 0.1, momentum: 0 }, batch: 4 } as const;
  for (const [name, open] of trainers) {
    const plans = [
      plainPlan(sgd),
      plainPlan({ ...sgd, freeze: ['first'], rates: { second: 0.25, label: 0 } }),
    ] as const;
    const start = new Map(startState(plans[0], { draw: 0, headLogits: {} }).weights);
    const [free, restrained] = await Promise.all(
      plans.map(async (plan) => {
        const trainer = await open(plan);
        await trainer.restore(startState(plan, { draw: 0, headLogits: {} }));
        await trainer.step(batchOf('one', 4), 0.1);
        const snapshot = await trainer.snapshot();
        await trainer.dispose();
        return snapshot;
      }),
    );
    assert.not([...restrained!.optimizer.keys()].some((slot) => slot.startsWith('first/')));
    for (const [weight, { values }] of start) {
      const moved = (after: typeof free) =>
        values.map((value, index) => after!.weights.get(weight)!.values[index]! - value);
      const pace = { first: 0, second: 0.25, label: 0, mask: 1 }[weight.split('/')[0]!]!;
      const expected = moved(free).map((step) => pace * step);
      const off = distance(moved(restrained), expected);
      assert.ok(off < 1e-3, `${name}: ${weight} is off by ${off}`);
    }
  }
});

test('training may start with given weights, which go over those that are drawn and over the prior', () => {
  const plan = plainPlan({});
  const drawn = startState(plan, { draw: 0, headLogits: {} });
  const [name, { values }] = [...drawn.weights].find(([key]) => key.startsWith('second/'))!;
  const given = Float32Array.from(values, (_, index) => index);
  const started = startState(plan, { draw: 0, headLogits: { diagnosis: [3] } }, new Map([[name, given]]));
  assert.equal(started.weights.get(name)!.values, given);
  assert.ok([...started.weights].some(([key, own]) => key.startsWith('label/') && own.values[0] === 3));
});

test('batches of an epoch are summed by so many, and the last sum may be of fewer and smaller ones', () => {
  const plan = plainPlan({ batch: 2, accumulate: 3 });
  const fold = { plan, data: { stepsPerEpoch: 5, trainImages: 9 } } as Parameters<typeof accumulationAt>[0];
  const places = [1, 2, 3, 4, 5].map((step) => accumulationAt(fold, step)!);
  assert.equal(
    places.map(({ first, last }) => [first, last]),
    [
      [true, false],
      [false, false],
      [false, true],
      [true, false],
      [false, true],
    ],
  );
  assert.equal(
    places.map(({ share }) => Math.round(1000 * share) / 1000),
    [0.333, 0.333, 0.333, 0.667, 0.333],
  );
  const single = { ...fold, plan: plainPlan({ batch: 2 }) };
  assert.is(accumulationAt(single, 1), undefined);
});

test.after(() => engine.end());
test.run();
