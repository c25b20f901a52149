import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainSettings } from '../../../src/compiler/plan/run-plan.ts';
import { createOptimizer, type Trained } from '../../../src/runtime/engines/tf/training/optimizers.ts';
import { testBackends, use } from './support.ts';

type Settings = TrainSettings['optimizer'];

const rmsprop: Settings = { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 };
const adam: Settings = { kind: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const sgd: Settings = { kind: 'sgd', lr: 0.1, momentum: 0.9 };

function weight(start: readonly number[]): Trained & { values(): number[]; dispose(): void } {
  const first = tf.tensor1d([...start]);
  const variable = tf.variable(first);
  first.dispose();
  return {
    name: 'layer/kernel',
    read: () => variable,
    write: (value) => variable.assign(value as tf.Tensor1D),
    values: () => [...variable.dataSync()],
    dispose: () => variable.dispose(),
  };
}

/** The numbers that steps along the given gradients leave, from zero. */
function run(settings: Settings, gradients: readonly (readonly number[])[]): number[] {
  const trained = weight(gradients[0]!.map(() => 0));
  const optimizer = createOptimizer(settings, [trained]);
  for (const gradient of gradients)
    tf.tidy(() => optimizer.update([tf.tensor1d([...gradient])], settings.lr));
  const values = trained.values();
  optimizer.dispose();
  trained.dispose();
  return values;
}

function near(actual: readonly number[], expected: readonly number[], relative = 2e-6): void {
  for (const [index, value] of expected.entries()) {
    assert.ok(
      Math.abs(actual[index]! - value) <= relative * Math.abs(value),
      `${actual[index]} instead of ${value}`,
    );
  }
}

for (const backend of testBackends) {
  const test = suite(`optimizers on ${backend}`);
  test.before(() => use(backend));

  test('the first step of RMSprop is that of Keras, with epsilon outside the root', () => {
    near(run(rmsprop, [[1e-4, 1e-6]]), [-9.45693e-3, -7.20759e-3], 1e-6);
  });

  test('RMSprop remembers squares with weight rho', () => {
    const square = 0.9 * (0.1 * 4) + 0.1 * 9;
    const expected = -0.003 * (2 / (Math.sqrt(0.1 * 4) + 1e-7) + 3 / (Math.sqrt(square) + 1e-7));
    near(run(rmsprop, [[2], [3]]), [expected]);
  });

  test('Adam corrects its means as Keras does', () => {
    let [mean, square, value] = [0, 0, 0];
    for (const [index, gradient] of [2, -1, 0.5].entries()) {
      const step = index + 1;
      mean = 0.9 * mean + 0.1 * gradient;
      square = 0.999 * square + 0.001 * gradient ** 2;
      value -=
        ((0.001 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step)) * (mean / (Math.sqrt(square) + 1e-7));
    }
    near(run(adam, [[2], [-1], [0.5]]), [value], 1e-5);
  });

  test('SGD adds up velocity with momentum, and none without', () => {
    near(run(sgd, [[1], [1]]), [-0.1 - (0.09 + 0.1)]);
    near(run({ ...sgd, momentum: 0 }, [[1], [1]]), [-0.2]);
    // v = −0.1, p = 0.9·v − 0.1; v = −0.19, p lower by 0.9·0.19 + 0.1.
    near(run({ ...sgd, nesterov: true }, [[1], [1]]), [-0.19 - (0.171 + 0.1)]);
  });

  for (const settings of [rmsprop, adam, sgd]) {
    test(`${settings.kind} goes on from its slots with the same numbers and leaves no tensor behind`, () => {
      const gradients = [
        [2, -3],
        [0.5, 1],
        [-1, 4],
        [3, 0.25],
      ];
      const straight = run(settings, gradients);
      const before = tf.memory().numTensors;
      const first = weight([0, 0]);
      const optimizer = createOptimizer(settings, [first]);
      for (const gradient of gradients.slice(0, 2)) {
        tf.tidy(() => optimizer.update([tf.tensor1d(gradient)], settings.lr));
      }
      const second = weight(first.values());
      const resumed = createOptimizer(settings, [second]);
      resumed.restore(optimizer.slots(), optimizer.steps);
      for (const gradient of gradients.slice(2))
        tf.tidy(() => resumed.update([tf.tensor1d(gradient)], settings.lr));
      assert.equal(second.values(), straight);
      for (const one of [first, second, optimizer, resumed]) one.dispose();
      assert.is(tf.memory().numTensors, before);
    });
  }

  test('a weight without a gradient stays as it is', () => {
    const trained = weight([5]);
    const optimizer = createOptimizer(rmsprop, [trained]);
    optimizer.update([null], 0.1);
    assert.equal(trained.values(), [5]);
    optimizer.dispose();
    trained.dispose();
  });

  test('slots of another network are refused', () => {
    const trained = weight([5]);
    const optimizer = createOptimizer(rmsprop, [trained]);
    const other = new Map([['other/mean_square', { shape: [1], values: new Float32Array(1) }]]);
    assert.throws(() => optimizer.restore(other, 1), /no values for layer\/kernel\/mean_square/);
    optimizer.dispose();
    trained.dispose();
  });

  test.run();
}
