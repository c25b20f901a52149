import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sigmoid, softmax } from '../../../src/compiler/interpret/elementwise.ts';
import { totalLoss as defineTotal } from '../../../src/compiler/interpret/losses.ts';
import { map, type Tensor, tensor } from '../../../src/compiler/interpret/tensor.ts';
import type { LossTerm } from '../../../src/compiler/plan/run-plan.ts';
import { type Answer, lossOf, totalLoss } from '../../../src/runtime/engines/tf/training/losses.ts';
import { distance, randomValues, testBackends, use } from './support.ts';

const jaccard = (smooth: number, reduction: 'image' | 'batch' = 'image'): LossTerm => ({
  weight: 1,
  head: 'h',
  loss: 'jaccard',
  smooth,
  reduction,
});
const bce: LossTerm = { weight: 1, head: 'h', loss: 'bce' };

/** Whether a term suits a softmax alone. */
const isCategorical = (term: LossTerm) =>
  term.loss === 'cross_entropy' || ('background' in term && term.background === false);

/** One term by its definition, of logits. */
const define = (term: LossTerm, truth: Tensor, logits: Tensor) => {
  const heads = new Map([['h', isCategorical(term) ? softmax(logits) : map(logits, sigmoid)]]);
  return defineTotal([term], new Map([['h', truth]]), { heads, logits: new Map([['h', logits]]) });
};

/** A mask of one row per image. */
const rows = (...images: readonly (readonly number[])[]) =>
  tf.tensor(images.flat(), [images.length, 1, images[0]!.length, 1]);

/** A head that ends with a softmax where the term asks for classes, else with a sigmoid. */
const answerOf = (term: LossTerm, truth: tf.Tensor, logits: tf.Tensor) => ({
  truth,
  predicted: isCategorical(term) ? tf.softmax(logits) : tf.sigmoid(logits),
  logits,
});

/** Of probabilities. */
function value(term: LossTerm, truth: tf.Tensor, predicted: tf.Tensor): number {
  const odds = term.loss === 'cross_entropy' ? predicted : tf.div(predicted, tf.sub(1, predicted));
  return lossOf(term, { truth, predicted, logits: tf.log(odds) }).dataSync()[0]!;
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
    const gradient = tf.grad((predicted) => lossOf(jaccard(0), { truth, predicted, logits: null }))(
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

  test('cross entropies of logits of ±50 are 50, with a gradient of 1 for each', () => {
    const wrong = tf.tensor2d([[-50, 50]]);
    const truth = tf.tensor2d([[1, 0]]);
    const checks: readonly (readonly [LossTerm, number, readonly number[]])[] = [
      [bce, 50, [-0.5, 0.5]],
      [{ weight: 1, head: 'h', loss: 'cross_entropy' }, 100, [-1, 1]],
      [{ weight: 1, head: 'h', loss: 'focal', gamma: 2, alpha: 0.25 }, 25, [-0.125, 0.375]],
    ];
    for (const [term, loss, slopes] of checks) {
      near(lossOf(term, answerOf(term, truth, wrong)).dataSync()[0]!, loss);
      const gradient = tf
        .grad((z) => lossOf(term, answerOf(term, truth, z)))(wrong)
        .dataSync();
      for (const [index, slope] of slopes.entries()) near(gradient[index]!, slope);
    }
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
      new Map<string, Answer>([
        ['segmentation', { truth: rows([1, 1, 0, 0]), predicted: rows([0.8, 0.6, 0.1, 0]), logits: null }],
        ['diagnosis', answerOf(bce, tf.tensor2d([[1]]), tf.tensor2d([[Math.log(9)]]))],
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
    { weight: 1, head: 'h', loss: 'dice', smooth: 1, reduction: 'batch', background: false },
    { weight: 1, head: 'h', loss: 'jaccard', smooth: 1, reduction: 'image', background: false },
    bce,
    { weight: 1, head: 'h', loss: 'cross_entropy' },
    { weight: 1, head: 'h', loss: 'focal', gamma: 2, alpha: 0.25 },
    { weight: 1, head: 'h', loss: 'bce', smoothing: 0.1 },
    { weight: 1, head: 'h', loss: 'cross_entropy', smoothing: 0.3 },
  ];
  for (const term of terms) {
    const share = 'background' in term ? ' without background' : '';
    const kind = 'reduction' in term ? `${term.loss}${share} by ${term.reduction}` : term.loss;
    test(`${kind} of several channels has the value and the gradient of its definition`, () => {
      const shape = [3, 5, 4, 2];
      const logits = randomValues('logits', shape);
      const truth = tensor(
        shape,
        randomValues('truth', shape).data.map((v) => (v > 0 ? 1 : 0)),
      );
      const [y, z] = [truth, logits].map(({ data }) => tf.tensor(Float32Array.from(data), shape));
      near(lossOf(term, answerOf(term, y!, z!)).dataSync()[0]!, define(term, truth, logits));
      const gradient = tf.grad((x) => lossOf(term, answerOf(term, y!, x)))(z!);
      const step = 1e-6;
      const expected = logits.data.map((_, index) => {
        const moved = (by: number) =>
          define(term, truth, { shape, data: logits.data.map((v, i) => (i === index ? v + by : v)) });
        return (moved(step) - moved(-step)) / (2 * step);
      });
      assert.ok(distance(gradient.dataSync(), expected) < 1e-4);
    });
  }

  test.run();
}
