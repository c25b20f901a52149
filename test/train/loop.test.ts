import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { emitPlan } from '../../src/compiler/targets/tfjs/emit.ts';
import type { DataSource } from '../../src/runtime/data/batches/data-source.ts';
import type { RunEvent } from '../../src/runtime/runs/journal/events.ts';
import type { Checkpoint } from '../../src/runtime/runs/results/checkpoint.ts';
import { startState } from '../../src/runtime/train/start.ts';
import { testBackends, use } from '../engines/tf/support.ts';
import { batchOf, size, tinyData, tinyPlan, tinyTrainer } from '../engines/tf/training-support.ts';
import { Network } from '../support/network.ts';
import { numbersOf, type Run, run } from './fold.ts';

for (const backend of testBackends) {
  const test = suite(`training loop on ${backend}`);
  test.before(() => use(backend));

  test('an epoch is its steps, its figures, a picture and a checkpoint', async () => {
    const { outcome, events, previews } = await run({ epochs: 1 });
    assert.is(outcome, 'finished');
    assert.equal(
      events.map(({ type }) => type),
      ['started', 'step', 'step', 'step', 'epoch', 'image', 'checkpoint', 'finished'],
    );
    assert.ok(events.every(({ fold, time }) => fold === 2 && time === 5));
    const epoch = events.find((event) => event.type === 'epoch')!;
    const steps = events.filter((event) => event.type === 'step');
    const mean = steps.reduce((sum, step) => sum + step.loss / steps.length, 0);
    assert.ok(Math.abs(epoch.loss - mean) < 1e-12);
    assert.is(epoch.heldOut['segmentation.images'], 3);
    assert.ok(epoch.heldOut['loss']! > 0);
    const [preview] = previews;
    assert.is(Buffer.from(preview!.truth, 'base64').length, size * size);
    const truth = [...Buffer.from(preview!.truth, 'base64')];
    assert.equal(truth, [...batchOf('held out 1', 2).targets['segmentation']!.slice(0, size * size)]);
  });

  test('heads start at the class prior of the training images, which is kept and said', async () => {
    const train = { head_bias: 'prior', optimizer: { kind: 'sgd', lr: 1e-30, momentum: 0 } } as const;
    const { events, checkpoints, start } = await run({ epochs: 1, train });
    const batches = [batchOf('training 1', 4), batchOf('training 2', 6)];
    for (const [head, weight] of [
      ['segmentation', 'conv'],
      ['diagnosis', 'dense'],
    ] as const) {
      const truth = batches.flatMap(({ targets }) => [...targets[head]!]);
      const ones = truth.filter((value) => value === 1).length;
      const expected = Math.log((ones + 0.5) / (truth.length - ones + 0.5));
      assert.ok(Math.abs(start!.headLogits[head]![0]! - expected) < 1e-9);
      const name = [...checkpoints[0]!.weights.keys()].findLast(
        (one) => one.includes(weight) && one.endsWith('bias'),
      )!;
      assert.ok(Math.abs(checkpoints[0]!.weights.get(name)!.values[0]! - expected) < 1e-5, name);
    }
    const told = events.find((event) => event.type === 'notice')!;
    assert.match(told.message, /start at the class prior .*segmentation -?\d/);
  });

  test('what training starts with is what an engine opens with, when no head starts at a prior', async () => {
    for (const train of [{}, { average: 0.9, weighting: 'uncertainty' }] as const) {
      const plan = tinyPlan(train);
      const trainer = tinyTrainer(plan);
      const opened = await trainer.snapshot();
      const begun = startState(plan, { draw: 0, headLogits: {} });
      for (const kind of ['weights', 'optimizer'] as const) {
        assert.equal(new Map([...begun[kind]].sort()), new Map([...opened[kind]].sort()));
      }
      assert.equal(begun.state, opened.state);
      await trainer.dispose();
    }
  });

  test('four epochs are the same numbers as two, a stop, and two more', async () => {
    const straight = await run({ epochs: 4 });
    const first = await run({ epochs: 2 });
    const rest = await run({ epochs: 4, from: first.checkpoints.at(-1)! });
    assert.is(rest.events.find((event) => event.type === 'started')!.epoch, 2);
    assert.equal(numbersOf([...first.events, ...rest.events]), numbersOf(straight.events));
    assert.equal(rest.checkpoints.at(-1), straight.checkpoints.at(-1));
  });

  test.run();
}

const loop = suite('training loop');
loop.before(() => use('wasm'));

const options: Readonly<Record<string, Partial<RunPlan['train']>>> = {
  'a cosine after a warm-up': { schedule: { kind: 'cosine', final: 0.01 }, warmup: 1.5 },
  'a plateau': { schedule: { kind: 'plateau', patience: 1, factor: 0.5 }, validation: 0.2 },
  'shortened gradients and weight decay': { clip: 0.05, weight_decay: 0.01 },
  'averaged weights': { average: 0.9 },
  'losses weighed by their uncertainty': { weighting: 'uncertainty' },
  'the best epoch': { validation: 0.2, patience: 3, keep: 'best' },
};
let plain: Run | undefined;
for (const [what, train] of Object.entries(options)) {
  loop(
    `${what}: a resumed run has the numbers of one that never stopped, and not those without`,
    async () => {
      const straight = await run({ epochs: 3, train });
      const first = await run({
        epochs: 3,
        train,
        stop: (events) => events.some(({ type }) => type === 'checkpoint'),
      });
      const rest = await run({ epochs: 3, train, from: first.checkpoints.at(-1)! });
      assert.is(first.checkpoints.length, 1);
      assert.equal(rest.checkpoints.at(-1), straight.checkpoints.at(-1));
      plain ??= await run({ epochs: 3, data: { ...tinyData(), validationImages: 0 } });
      const last = (one: Run) => one.checkpoints.at(-1)!;
      assert.not.equal(
        [last(plain!).weights, last(plain!).optimizer, last(plain!).state],
        [last(straight).weights, last(straight).optimizer, last(straight).state],
      );
    },
  );
}

loop('training ends when the validation loss has been no better for as long as patience says', async () => {
  const { events, checkpoints } = await run({
    epochs: 30,
    train: {
      patience: 1,
      validation: 0.2,
      optimizer: { kind: 'sgd', lr: 1e-30, momentum: 0 },
      recalibrate: 0,
    },
  });
  // Weights stand still and statistics move: sooner or later an epoch is no better than the one before.
  const losses = events.flatMap((event) => (event.type === 'epoch' ? [event.validation!] : []));
  const expected = losses.findIndex((loss, at) => at > 0 && loss >= Math.min(...losses.slice(0, at)));
  assert.is(losses.length, expected === -1 ? 30 : expected + 1);
  assert.is(checkpoints.length, losses.length);
  assert.is(events.at(-1)!.type, 'finished');
});

loop('a stop takes effect after the step under way, which is kept beside the last whole epoch', async () => {
  const stop = (events: readonly RunEvent[]) =>
    events.some((event) => event.type === 'step' && event.epoch === 2 && event.step === 2);
  const { outcome, events, checkpoints } = await run({ epochs: 3, stop });
  assert.is(outcome, 'stopped');
  const stamp = { time: 5, fold: 2 };
  const folder = 'checkpoints/2';
  assert.equal(events.slice(-2), [
    { type: 'kept', ...stamp, epoch: 2, step: 2, folder },
    { type: 'stopped', ...stamp, epoch: 1, step: 2, stepsPerEpoch: 3 },
  ]);
  assert.equal(
    checkpoints.map(({ epoch, within }) => [epoch, within?.losses.length]),
    [
      [1, undefined],
      [1, 2],
    ],
  );
  assert.is(events.filter((event) => event.type === 'step').length, 5);
});

loop('a loss that is no number ends the fold, named with its step', async () => {
  const good = tinyData();
  const data: DataSource = {
    ...good,
    trainBatch: async (epoch, step) => {
      const batch = await good.trainBatch(epoch, step);
      if (epoch === 1 && step === 2) batch.images[0] = Number.NaN;
      return batch;
    },
  };
  const { outcome, events, checkpoints } = await run({ data });
  assert.is(outcome, 'failed');
  const last = events.at(-1)!;
  assert.is(last.type, 'failed');
  assert.equal(last.type === 'failed' && [last.code, last.message], [
    'CMR904',
    'training diverged: the loss or its gradient is NaN at step 2 of epoch 1',
  ]);
  assert.is(checkpoints.length, 0);
});

loop('weights that the last step of an epoch broke are not kept', async () => {
  const good = tinyData();
  const data: DataSource = {
    ...good,
    heldOut: async function* () {
      for await (const batch of good.heldOut()) {
        yield { ...batch, images: batch.images.map(() => Number.NaN) };
      }
    },
  };
  const { outcome, events, checkpoints } = await run({ data });
  assert.is(outcome, 'failed');
  const last = events.at(-1)!;
  assert.is(
    last.type === 'failed' && last.message,
    'training diverged: the loss or its gradient is NaN on the held-out images at step 3 of epoch 1',
  );
  assert.is(checkpoints.length, 0);
});

loop('without recalibration the moving averages stay those of the steps', async () => {
  const plain = await run({ epochs: 1, train: { recalibrate: 0 } });
  const recalibrated = await run({ epochs: 1, train: { recalibrate: 2 } });
  const of = ({ checkpoints }: Run, name: string) => checkpoints[0]!.weights.get(name)!.values;
  assert.not.equal(of(plain, 'first/norm/moving_mean'), of(recalibrated, 'first/norm/moving_mean'));
  assert.equal(of(plain, 'first/conv/kernel'), of(recalibrated, 'first/conv/kernel'));
});

loop('where a network has no moving averages, no batch is shown again for them', async () => {
  const shown: number[] = [];
  const good = tinyData();
  const data: DataSource = {
    ...good,
    trainBatch: (epoch, step) => {
      shown.push(step);
      return good.trainBatch(epoch, step);
    },
  };
  const bare = new Network([size, size, 1], 'Bare');
  bare.head(
    'segmentation',
    'mask',
    bare.apply('sigmoid', bare.apply('conv', bare.image, { channels: 1, kernel: 3 }), {}),
  );
  const { heads, loss } = tinyPlan();
  const network = { network: emitPlan(bare.build()), heads: heads.slice(0, 1), loss: loss.slice(0, 1) };
  const { outcome } = await run({ epochs: 1, data, network, train: { recalibrate: 2 } });
  assert.is(outcome, 'finished');
  assert.equal(shown, [1, 2, 3]);
});

loop(
  'masks that stay empty begin again with other weights as often as the plan allows, and going on is no different',
  async () => {
    const data: DataSource = {
      ...tinyData(),
      // One pixel in a thousand: heads that start there and do not move predict nothing.
      async *training() {
        const batch = batchOf('training', 4);
        const rare = batch.targets['segmentation']!.map((_, index) => (index % 1000 === 0 ? 1 : 0));
        yield { ...batch, targets: { ...batch.targets, segmentation: rare } };
      },
    };
    const train = {
      restart: 1,
      head_bias: 'prior',
      optimizer: { kind: 'sgd', lr: 1e-30, momentum: 0 },
    } as const;
    const { events, checkpoints, outcome, start } = await run({ epochs: 3, data, train });
    assert.is(outcome, 'finished');
    const codes = events.flatMap((event) =>
      event.type === 'notice' && event.code !== null ? [event.code] : [],
    );
    assert.equal(codes, ['CMR990', 'CMR996', 'CMR990']);
    assert.equal(
      events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : [])),
      [1, 2, 1, 2, 3],
    );
    assert.is(events.filter(({ type }) => type === 'started').length, 2);
    assert.is(start!.draw, 1);
    assert.equal(
      checkpoints.map(({ epoch, state }) => [epoch, state['draw']]),
      [
        [1, undefined],
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    );
    const kernel = (checkpoint: Checkpoint) => checkpoint.weights.get('first/conv/kernel')!.values;
    assert.not.equal(kernel(checkpoints[0]!), kernel(checkpoints[1]!));
    // Killed between the decision and the first checkpoint of the new draw: the old one is no place to go on from.
    const again = await run({ epochs: 3, data, train, from: checkpoints[0]!, start: start! });
    assert.equal(again.checkpoints.at(-1), checkpoints.at(-1));
    assert.is(again.checkpoints.length, 3);
  },
);

loop.run();
