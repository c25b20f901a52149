import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { type Distributions, readDistributions } from '../../src/runtime/runs/results/distributions.ts';
import { writeAtomically } from '../../src/runtime/storage/atomic.ts';
import type { Tensors } from '../../src/runtime/storage/safetensors.ts';
import { writeSealed } from '../../src/runtime/storage/seal.ts';
import { DistributionBudget, distributionsOf } from '../../src/runtime/train/distributions.ts';

const test = suite('distributions of weights and gradients');

const tensors = (entries: Readonly<Record<string, readonly number[]>>): Tensors =>
  new Map(
    Object.entries(entries).map(([name, values]) => [
      name,
      { shape: [values.length], values: Float32Array.from(values) },
    ]),
  );
const rmsprop = { kind: 'rmsprop', lr: 0.01, rho: 0.9, epsilon: 1e-7 } as const;
const adam = { kind: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-7 } as const;
const sgd = { kind: 'sgd', lr: 0.1, momentum: 0.9 } as const;

test('count every finite value once, in parts between the smallest and the largest', () => {
  const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, (given) => {
      const weights = tensors({ kernel: [...given, Number.NaN] });
      const [{ values: found }] = distributionsOf(
        { weights, optimizer: new Map(), state: { steps: 1 } },
        sgd,
        0.1,
      ) as [ReturnType<typeof distributionsOf>[0]];
      const exact = [...Float32Array.from(given)];
      assert.is(
        found.counts.reduce((sum, count) => sum + count, 0),
        given.length,
      );
      assert.equal([found.low, found.high], [Math.min(...exact), Math.max(...exact)]);
      const middle = found.low + (found.high - found.low) / 2;
      const below = exact.filter((value) => value < middle).length;
      const half = found.counts.slice(0, 12).reduce((sum, count) => sum + count, 0);
      // A value in the very middle falls to either side by rounding.
      const isClear = exact.every((value) => Math.abs(value - middle) > 1e-9);
      if (found.high > found.low && isClear) assert.is(half, below);
    }),
  );
});

test('look at some thousand values of a large weight, from its whole length', () => {
  const large = Array.from({ length: 1e6 }, (_, index) => index);
  const [{ values }] = distributionsOf(
    { weights: tensors({ kernel: large }), optimizer: new Map(), state: { steps: 1 } },
    adam,
    0.1,
  ) as [ReturnType<typeof distributionsOf>[0]];
  const counted = values.counts.reduce((sum, count) => sum + count, 0);
  assert.is(counted, 1024);
  assert.ok(values.counts.every((count) => Math.abs(count - counted / 24) < 2));
});

/** Steps of each optimizer by its own formula, with a gradient that stays the same. */
const constant = (gradient: number, steps: number) => {
  let [square, second, velocity] = [0, 0, 0];
  for (let step = 0; step < steps; step += 1) {
    square = 0.9 * square + 0.1 * gradient ** 2;
    second = 0.99 * second + 0.01 * gradient ** 2;
    velocity = 0.9 * velocity - 0.1 * gradient;
  }
  return { square, second, velocity };
};

test('know a gradient that stays the same from what each optimizer remembers', () => {
  for (const [settings, role, of] of [
    [rmsprop, 'mean_square', 'square'],
    [adam, 'mean_square', 'second'],
    [sgd, 'velocity', 'velocity'],
  ] as const) {
    const steps = 200;
    const remembered = [0.001, -1, 0].map((gradient) => constant(gradient, steps)[of]);
    const [{ gradients, still }] = distributionsOf(
      {
        weights: tensors({ kernel: [1, 2, 3] }),
        optimizer: tensors({ [`kernel/${role}`]: remembered }),
        state: { steps },
      },
      settings,
      0.1,
    ) as [ReturnType<typeof distributionsOf>[0]];
    assert.ok(Math.abs(gradients!.low + 3) < 1e-3, `${settings.kind}: ${gradients!.low}`);
    assert.ok(Math.abs(gradients!.high) < 1e-3, `${settings.kind}: ${gradients!.high}`);
    assert.is(still, 1);
  }
});

test('say nothing of gradients that nobody remembers', () => {
  const weights = tensors({ kernel: [1], frozen: [2] });
  const plain = distributionsOf(
    { weights, optimizer: new Map(), state: { steps: 3 } },
    { ...sgd, momentum: 0 },
    0.1,
  );
  assert.ok(plain.every(({ gradients }) => gradients === null));
  const [trained, frozen] = distributionsOf(
    { weights, optimizer: tensors({ 'kernel/mean_square': [4] }), state: { steps: 3 } },
    adam,
    0.1,
  );
  assert.ok(trained!.gradients !== null);
  assert.is(frozen!.gradients, null);
});

test('take at most a hundredth of the time of training, and are there after the first epoch', async () => {
  const budget = new DistributionBudget();
  const made: number[] = [];
  const slow = async (epoch: number) => {
    const end = performance.now() + 20;
    while (performance.now() < end);
    made.push(epoch);
  };
  // Twenty milliseconds are a hundredth of two seconds.
  for (let epoch = 1; epoch <= 40; epoch += 1) await budget.spend(100, () => slow(epoch));
  assert.is(made[0], 1);
  assert.ok(made.length <= 2, made.join());
});

const kept = (epoch: number, draw = 0): Distributions => ({ version: 1, epoch, draw, weights: [] });

test('are read evenly over the epochs, without damaged ones and those of weights that were given up', () => {
  const run = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
  try {
    const write = (one: Distributions) => writeSealed(join(run, runFiles.distributions(1, one.epoch)), one);
    assert.equal(readDistributions(run, 1, 4), []);
    for (let epoch = 1; epoch <= 10; epoch += 1) write(kept(epoch));
    const epochs = () => readDistributions(run, 1, 4).map(({ epoch }) => epoch);
    assert.equal(epochs(), [1, 4, 7, 10]);
    writeAtomically(join(run, runFiles.distributions(1, 4)), '{');
    assert.equal(epochs(), [1, 7, 10]);
    write(kept(1, 1));
    write(kept(7, 1));
    assert.equal(epochs(), [1, 7]);
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
});

test.run();
