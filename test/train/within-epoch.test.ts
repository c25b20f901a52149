import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import type { DataSource } from '../../src/runtime/data/batches/data-source.ts';
import { OnnxEngine } from '../../src/runtime/engines/onnx/engine.ts';
import type { Trainer } from '../../src/runtime/engines/trainer.ts';
import type { RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { advance, noProgress, stepsDone } from '../../src/runtime/runs/journal/progress.ts';
import {
  type Checkpoint,
  checkpointEpochs,
  readLastCheckpoint,
  writeCheckpoint,
} from '../../src/runtime/runs/results/checkpoint.ts';
import { readJudgedCheckpoint } from '../../src/runtime/runs/results/judged.ts';
import { testBackends, use } from '../engines/tf/support.ts';
import { batchOf, tinyData, tinyTrainer } from '../engines/tf/training-support.ts';
import { inFolder } from '../support/folder.ts';
import { numbersOf, run } from './fold.ts';

/** Three steps an epoch. */
const data = tinyData();

/** What a checkpoint has to remember: everything that changes from step to step. */
const settings: Readonly<Record<string, Partial<RunPlan['train']>>> = {
  plainly: {},
  'with averages, decay, clipping and weighed losses': {
    average: 0.9,
    weight_decay: 0.01,
    clip: 0.05,
    weighting: 'uncertainty',
    schedule: { kind: 'cosine', final: 0.01 },
  },
  'with a plateau and the best epoch': {
    optimizer: { kind: 'adam', lr: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    schedule: { kind: 'plateau', patience: 1, factor: 0.5 },
    validation: 0.2,
    keep: 'best',
  },
};

const onnx = await OnnxEngine.start({ threads: 1 });
const trainers: Readonly<Record<string, (plan: RunPlan) => Promise<Trainer>>> = {
  ...Object.fromEntries(
    testBackends.map((backend) => [
      backend,
      async (plan: RunPlan) => {
        await use(backend);
        return tinyTrainer(plan);
      },
    ]),
  ),
  onnx: (plan) => onnx.trainer(plan),
};

/** The checkpoint as a disk gives it back. */
function stored(checkpoint: Checkpoint): Promise<Checkpoint> {
  return inFolder((folder) => {
    writeCheckpoint(folder, 1, checkpoint);
    return readLastCheckpoint(folder, 1, new Bag())!;
  });
}

for (const [name, trainer] of Object.entries(trainers)) {
  const test = suite(`stopping within an epoch on ${name}`);
  // The plain engine is slow, and the same code as wasm's but for its operations.
  const wanted = Object.entries(settings).slice(name === 'cpu' ? 1 : 0, name === 'cpu' ? 2 : 3);
  for (const [what, train] of wanted) {
    const place = 1 + Math.floor(5 * Math.random());
    test(`${what}: going on has the bits of a run that was never stopped (after step ${place} of 6)`, async () => {
      const straight = await run({ trainer, data, epochs: 2, train });
      let steps = 0;
      const count = (events: readonly RunEvent[]) => {
        steps = events.filter(({ type }) => type === 'step').length;
        return steps >= place;
      };
      const first = await run({ trainer, data, epochs: 2, train, stop: count });
      assert.is(first.outcome, 'stopped');
      const stop = first.events.at(-1)!;
      assert.is(stop.type === 'stopped' && 3 * stop.epoch + (stop.step ?? 0), steps);
      const from = await stored(first.checkpoints.at(-1)!);
      const rest = await run({ trainer, data, epochs: 2, train, from });
      assert.equal(numbersOf([...first.events, ...rest.events]), numbersOf(straight.events));
      assert.equal(rest.checkpoints.at(-1), straight.checkpoints.at(-1));
    });
  }
  test.run();
}

const loop = suite('what is kept within an epoch');
loop.before(() => use('wasm'));

loop(
  'a stop while an epoch is judged keeps all of its steps, and the epoch is judged when training goes on',
  async () => {
    const straight = await run({ data, epochs: 1 });
    let judging = false;
    const slow: DataSource = {
      ...data,
      async *heldOut() {
        yield batchOf('held out 1', 2);
        judging = true;
        yield batchOf('held out 2', 1);
      },
    };
    const first = await run({ data: slow, epochs: 1, stop: () => judging });
    assert.is(first.outcome, 'stopped');
    assert.is(first.checkpoints[0]!.within!.losses.length, 3);
    const rest = await run({ data, epochs: 1, from: await stored(first.checkpoints[0]!) });
    assert.equal(numbersOf([...first.events, ...rest.events]), numbersOf(straight.events));
    assert.equal(rest.checkpoints.at(-1), straight.checkpoints.at(-1));
  },
);

loop('an epoch that takes long keeps what it has done, and its figures do not change by it', async () => {
  const straight = await run({ data, epochs: 1 });
  const often = await run({ data, epochs: 1, keepWithinMs: 0 });
  assert.equal(
    often.checkpoints.map(({ within }) => within?.losses.length),
    [1, 2, 3, undefined],
  );
  assert.equal(numbersOf(often.events), numbersOf(straight.events));
  assert.equal(often.checkpoints.at(-1), straight.checkpoints.at(-1));
  assert.equal(
    straight.checkpoints.map(({ within }) => within),
    [undefined],
  );
});

loop('steps that were kept count when training goes on, those after them are gone', async () => {
  const stop = (events: readonly RunEvent[]) => events.filter(({ type }) => type === 'step').length >= 5;
  const first = await run({ data, epochs: 2, stop });
  const lost = { ...first.events.findLast(({ type }) => type === 'step')!, step: 3 } as RunEvent;
  const again = { ...first.events[0]!, epoch: 1, step: 2 } as RunEvent;
  const fold = advance(noProgress, [...first.events, lost, again]).folds.get(2)!;
  assert.is(stepsDone(fold), 2);
  assert.is(fold.steps.length, 5);
});

loop('one within an epoch is never judged, gives way to the next, and to the whole epoch', () =>
  inFolder((folder) => {
    const bare = { weights: new Map(), optimizer: new Map(), state: {} };
    const at = (epoch: number, steps: number): Checkpoint => {
      const losses = Array.from({ length: steps }, () => ({ loss: 1, heads: {} }));
      return { ...bare, epoch, ...(steps > 0 && { within: { losses, trainedMs: 1, inputMs: 0 } }) };
    };
    const names = () => readdirSync(`${folder}/fold-1/checkpoints`).toSorted();
    const newest = () => {
      const { epoch, within } = readLastCheckpoint(folder, 1, new Bag())!;
      return [epoch, within?.losses.length ?? 0];
    };
    const judged = () => readJudgedCheckpoint(folder, 1, { keep: 'last' }, new Bag())?.epoch;
    writeCheckpoint(folder, 1, at(0, 37));
    assert.equal([names(), newest(), judged()], [['epoch-001-step-37'], [0, 37], undefined]);
    writeCheckpoint(folder, 1, at(1, 0));
    assert.equal([names(), newest(), judged()], [['epoch-001'], [1, 0], 1]);
    writeCheckpoint(folder, 1, at(1, 9));
    writeCheckpoint(folder, 1, at(1, 10));
    assert.equal([names(), newest(), judged()], [['epoch-001', 'epoch-002-step-10'], [1, 10], 1]);
    assert.equal(checkpointEpochs(folder, 1), [1]);
    writeCheckpoint(folder, 1, at(2, 0));
    assert.equal([names(), newest(), judged()], [['epoch-001', 'epoch-002'], [2, 0], 2]);
  }),
);

loop.run();
