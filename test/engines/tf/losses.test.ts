import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { totalLoss as defineTotal } from '../../../src/compiler/interpret/losses.ts';
import { type Tensor, tensor } from '../../../src/compiler/interpret/tensor.ts';
import type { LossTerm } from '../../../src/compiler/plan/run-plan.ts';
import { lossOf, totalLoss } from '../../../src/runtime/engines/tf/training/losses.ts';
import { distance, randomValues, testBackends, use } from './support.ts';

const jaccard = (smooth: number, reduction: 'image' | 'batch' = 'image'): LossTerm => ({
  weight: 1,
  head: 'h',
  loss: 'jaccard',
  smooth,
  reduction,
});
const bce: LossTerm = { weight: 1, head: 'h', loss: 'bce' };

/** One term by its definition. */
const define = (term: LossTerm, truth: Tensor, predicted: Tensor) =>
  defineTotal([term], new Map([['h', truth]]), new Map([['h', predicted]]));

/** A mask of one row per image. */
const rows = (...images: readonly (readonly number[])[]) =>
  tf.tensor(images.flat(), [images.length, 1, images[0]!.length, 1]);

function value(term: LossTerm, truth: tf.Tensor, predicted: tf.Tensor): number {
  return lossOf(term, { truth, predicted }).dataSync()[0]!;
}

for (const backend of testBackends) {
  const test = suite(`losses on ${backend}`);
  test.before(() => use(backend));
  test.before.each(() => tf.engine().startScope());
  test.after.each(() => tf.engine().endScope());

  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} instead of ${expected}`);

  test('the Jaccard distance of the worked example is a third (equation 3)', () => {
    near(value(jaccard(0), rows([1, 1, 0, 0]), rows([0.8, 0.6, 0.1, 0])), 1 / 3);
  });

  test('the Jaccard distance has the gradient −1/U inside the mask and I/U² outside', () => {
    const truth = rows([1, 1, 0, 0]);
    const gradient = tf.grad((predicted) => lossOf(jaccard(0), { truth, predicted }))(
      rows([0.8, 0.6, 0.1, 0]),
    );
    for (const [index, expected] of [-0.47619, -0.47619, 0.31746, 0.31746].entries()) {
      near(Math.round(gradient.dataSync()[index]! * 1e5) / 1e5, expected);
    }
  });

  test('the Jaccard distance is 0 when masks agree, 1 when they are disjoint, 0 when both are empty', () => {
    near(value(jaccard(1e-6), rows([1, 1, 0]), rows([1, 1, 0])), 0);
    near(value(jaccard(1e-6), rows([1, 1, 0]), rows([0, 0, 1])), 1);
    near(value(jaccard(1e-6), rows([0, 0, 0]), rows([0, 0, 0])), 0);
  });

  test('the mean over images differs from the sum over the batch', () => {
    const mask = (both: number, either: number) => ({
      truth: Array.from({ length: 100 }, (_, index) => (index < both ? 1 : 0)),
      predicted: Array.from({ length: 100 }, (_, index) => (index < either ? 1 : 0)),
    });
    const [small, large] = [mask(10, 20), mask(90, 100)];
    const truth = rows(small.truth, large.truth);
    const predicted = rows(small.predicted, large.predicted);
    near(value(jaccard(0, 'image'), truth, predicted), 0.3);
    near(value(jaccard(0, 'batch'), truth, predicted), 1 / 6);
  });

  test('binary cross entropy of the worked examples (equation 5)', () => {
    near(value(bce, tf.tensor2d([[1]]), tf.tensor2d([[0.9]])), 0.1053605);
    near(value(bce, tf.tensor2d([[0]]), tf.tensor2d([[0.9]])), Math.LN10);
  });

  test('binary cross entropy holds probabilities within 1e-7 of 0 and 1', () => {
    const loss = value(bce, tf.tensor2d([[1]]), tf.tensor2d([[0]]));
    assert.ok(Math.abs(loss - -Math.log(1e-7)) < 1e-4, `${loss}`);
  });

  test('categorical cross entropy of the worked example (equation 4)', () => {
    const term: LossTerm = { weight: 1, head: 'h', loss: 'cross_entropy' };
    near(value(term, tf.tensor2d([[0, 1, 0]]), tf.tensor2d([[0.2, 0.7, 0.1]])), 0.3566749);
  });

  test('the total is the weighted sum (equation 6), and heads are reported without weights', () => {
    const { loss, heads } = totalLoss(
      [
        { ...jaccard(0), head: 'segmentation', weight: 0.9 },
        { ...bce, head: 'diagnosis', weight: 0.1 },
      ],
      new Map([
        ['segmentation', { truth: rows([1, 1, 0, 0]), predicted: rows([0.8, 0.6, 0.1, 0]) }],
        ['diagnosis', { truth: tf.tensor2d([[1]]), predicted: tf.tensor2d([[0.9]]) }],
      ]),
    );
    near(loss.dataSync()[0]!, 0.310536);
    near(heads['segmentation']!.dataSync()[0]!, 1 / 3);
    near(heads['diagnosis']!.dataSync()[0]!, 0.1053605);
  });

  const terms: readonly LossTerm[] = [
    jaccard(1),
    jaccard(1, 'batch'),
    { weight: 1, head: 'h', loss: 'dice', smooth: 1, reduction: 'image' },
    { weight: 1, head: 'h', loss: 'dice', smooth: 1, reduction: 'batch' },
    bce,
    { weight: 1, head: 'h', loss: 'cross_entropy' },
    { weight: 1, head: 'h', loss: 'focal', gamma: 2, alpha: 0.25 },
    { weight: 1, head: 'h', loss: 'bce', smoothing: 0.1 },
    { weight: 1, head: 'h', loss: 'cross_entropy', smoothing: 0.3 },
  ];
  for (const term of terms) {
    const kind = 'reduction' in term ? `${term.loss} by ${term.reduction}` : term.loss;
    test(`${kind} of several channels has the value and the gradient of its definition`, () => {
      const shape = [3, 5, 4, 2];
      const squash = (x: Tensor) =>
        tensor(
          shape,
          Float32Array.from(x.data, (v) => 1 / (1 + Math.exp(-v))),
        );
      const predicted = squash(randomValues('predicted', shape));
      const truth = tensor(
        shape,
        randomValues('truth', shape).data.map((v) => (v > 0 ? 1 : 0)),
      );
      const [y, p] = [truth, predicted].map(({ data }) => tf.tensor(Float32Array.from(data), shape));
      near(value(term, y!, p!), define(term, truth, predicted));
      const gradient = tf.grad((x) => lossOf(term, { truth: y!, predicted: x }))(p!);
      const step = 1e-6;
      const expected = predicted.data.map((_, index) => {
        const moved = (by: number) =>
          define(term, truth, { shape, data: predicted.data.map((v, i) => (i === index ? v + by : v)) });
        return (moved(step) - moved(-step)) / (2 * step);
      });
      assert.ok(distance(gradient.dataSync(), expected) < 1e-4);
    });
  }

  test.run();
}
