import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainSettings } from '../../src/compiler/plan/run-plan.ts';
import { noSelection } from '../../src/runtime/runs/results/selection.ts';
import { learningRateAt } from '../../src/runtime/train/schedule.ts';
import { isOver, select } from '../../src/runtime/train/selection.ts';
import { tinyPlan } from '../engines/tf/training-support.ts';

const train = (changes: Partial<TrainSettings>): TrainSettings =>
  tinyPlan({ optimizer: { kind: 'sgd', lr: 1, momentum: 0 }, epochs: 10, ...changes }).train;

const rate = (changes: Partial<TrainSettings>, epoch: number, step = 1, plateaus = 0) =>
  learningRateAt(train(changes), { epoch, step, stepsPerEpoch: 4, plateaus });

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is ${expected}`);

const schedules = suite('learning rates');

schedules('a constant one stays', () => {
  near(rate({}, 1), 1);
  near(rate({}, 10, 4), 1);
});

schedules('steps multiply after every so many epochs', () => {
  const schedule = { kind: 'step', every: 3, factor: 0.1 } as const;
  near(rate({ schedule }, 3, 4), 1);
  near(rate({ schedule }, 4, 1), 0.1);
  near(rate({ schedule }, 7, 1), 0.01);
});

schedules('an exponential one multiplies by its factor in each epoch', () => {
  const schedule = { kind: 'exponential', factor: 0.5 } as const;
  near(rate({ schedule }, 3), 0.25);
  near(rate({ schedule }, 1, 3), Math.sqrt(0.5));
});

schedules('one cycle rises by half a cosine, and falls by another to almost nothing', () => {
  const schedule = { kind: 'one_cycle', rise: 0.3, first: 0.04, last: 0.000004 } as const;
  near(rate({ schedule }, 1), 0.04);
  near(rate({ schedule }, 4), 1);
  near(rate({ schedule }, 2, 3), 0.04 + 0.96 / 2);
  near(rate({ schedule }, 7, 3), (1 + 0.000004) / 2);
  assert.ok(rate({ schedule }, 10, 4) < 0.01);
});

schedules('a polynomial one goes step by step, or epoch by epoch as in nnU-Net', () => {
  near(rate({ schedule: { kind: 'polynomial', power: 0.9 } }, 6, 3), (1 - 5.5 / 10) ** 0.9);
  const schedule = { kind: 'polynomial', power: 0.9, by: 'epoch' } as const;
  near(rate({ schedule }, 6, 1), 0.5 ** 0.9);
  near(rate({ schedule }, 6, 4), 0.5 ** 0.9);
});

schedules('a cosine is half way down at half time and ends near its last share', () => {
  const schedule = { kind: 'cosine', final: 0.1 } as const;
  near(rate({ schedule }, 1), 1);
  near(rate({ schedule }, 6), 0.55);
  near(rate({ schedule }, 10, 4), 0.1 + 0.45 * (1 + Math.cos((Math.PI * 39) / 40)));
});

schedules('a polynomial one falls to 0', () => {
  const schedule = { kind: 'polynomial', power: 2 } as const;
  near(rate({ schedule }, 6), 0.25);
  near(rate({ schedule }, 10, 4), (1 / 40) ** 2);
});

schedules('a plateau multiplies as often as one was reached', () => {
  near(rate({ schedule: { kind: 'plateau', patience: 2, factor: 0.2 } }, 5, 1, 2), 0.04);
});

schedules('a warm-up rises in a line and multiplies the schedule', () => {
  near(rate({ warmup: 2 }, 1, 1), 1 / 8);
  near(rate({ warmup: 2 }, 2, 4), 1);
  near(rate({ warmup: 2, schedule: { kind: 'step', every: 1, factor: 0.5 } }, 2, 1), (5 / 8) * 0.5);
  near(rate({ warmup: 0.5 }, 1, 2), 1);
});

schedules.run();

const selections = suite('validation losses');

selections('the best epoch is the first with the lowest loss', () => {
  const settings = train({ patience: 2 });
  const after = [0.5, 0.3, 0.3, 0.4].reduce(
    (before, loss, at) => select(before, at + 1, loss, settings),
    noSelection,
  );
  assert.equal(after, { epoch: 2, loss: 0.3, since: 2, plateaus: 0 });
  assert.is(isOver(after, 3, settings), false);
  assert.is(isOver(after, 4, settings), true);
  assert.is(isOver(after, 4, train({})), false);
  assert.is(isOver(noSelection, 4, settings), false);
});

selections('a loss that is no number is no better', () => {
  assert.is(select(select(noSelection, 1, 0.5, train({})), 2, Number.NaN, train({})).epoch, 1);
});

selections('plateaus count anew after each', () => {
  const settings = train({ schedule: { kind: 'plateau', patience: 2, factor: 0.1 } });
  const counts: number[] = [];
  let memory = noSelection;
  for (const [at, loss] of [1, 1, 1, 1, 1, 0.5, 0.6, 0.6].entries()) {
    memory = select(memory, at + 1, loss, settings);
    counts.push(memory.plateaus);
  }
  assert.equal(counts, [0, 0, 1, 1, 2, 2, 2, 3]);
});

selections.run();
