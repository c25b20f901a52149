import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialWeights } from '../../src/compiler/interpret/initial-weights.ts';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import {
  binaryCrossEntropy,
  crossEntropy,
  diceLoss,
  focalLoss,
  huberLoss,
  jaccardDistance,
  meanAbsoluteError,
  meanSquaredError,
  totalLoss,
} from '../../src/compiler/interpret/losses.ts';
import { randomStream } from '../../src/compiler/interpret/random.ts';
import { build, type Tensor, tensor } from '../../src/compiler/interpret/tensor.ts';
import { paperNetwork } from '../support/paper-network.ts';

const losses = suite('losses');

const perImage = { smooth: 1e-6, reduction: 'image' } as const;
const exact = { smooth: 0, reduction: 'image' } as const;
const mask = (...values: number[]): Tensor => tensor([1, values.length, 1, 1], values);
/** Logits whose sigmoid, or whose softmax, are the values. */
const logit = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((p) => Math.log(p / (1 - p))) });
const logarithm = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map(Math.log) });
/** What a network says whose heads end with sigmoids. */
const said = (heads: ReadonlyMap<string, Tensor>) => ({
  heads,
  logits: new Map([...heads].map(([name, p]) => [name, logit(p)])),
});

function near(actual: number, expected: number, tolerance = 1e-6): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

losses('follow equation 3 and its gradient', () => {
  const truth = mask(1, 1, 0, 0);
  const predicted = [0.8, 0.6, 0.1, 0];
  near(jaccardDistance(truth, mask(...predicted), perImage), 0.333333);
  const slope = (index: number) => {
    const moved = (by: number) => mask(...predicted.map((value, at) => (at === index ? value + by : value)));
    return (jaccardDistance(truth, moved(1e-6), exact) - jaccardDistance(truth, moved(-1e-6), exact)) / 2e-6;
  };
  near(slope(0), -0.47619);
  near(slope(2), 0.31746);
});

losses('of values are means of squares, of sizes, and of Huber’s mixture of both', () => {
  const [truth, predicted] = [tensor([4, 1], [1, 2, 3, 4]), tensor([4, 1], [1, 2.5, 1, 7])];
  near(meanSquaredError(truth, predicted), (0.25 + 4 + 9) / 4);
  near(meanAbsoluteError(truth, predicted), (0.5 + 2 + 3) / 4);
  near(huberLoss(truth, predicted, 1), (0.125 + 1.5 + 2.5) / 4);
  near(huberLoss(truth, predicted, 100), meanSquaredError(truth, predicted) / 2);
});

losses('are 0 for a perfect and for an empty mask, 1 for a disjoint one', () => {
  near(jaccardDistance(mask(1, 0), mask(1, 0), perImage), 0);
  near(jaccardDistance(mask(0, 0), mask(0, 0), perImage), 0);
  near(jaccardDistance(mask(1, 0), mask(0, 1), perImage), 1);
  near(diceLoss(mask(0, 0), mask(0, 0), perImage), 0);
});

losses('average over images or sum over the batch', () => {
  // Overlaps 10 of 20 and 90 of 100.
  const truth = build([2, 100, 1, 1], (image, row) => (row! < (image === 0 ? 15 : 95) ? 1 : 0));
  const predicted = build([2, 100, 1, 1], (image, row) =>
    (image === 0 ? row! >= 5 && row! < 20 : row! >= 5) ? 1 : 0,
  );
  near(jaccardDistance(truth, predicted, exact), 0.3);
  near(jaccardDistance(truth, predicted, { smooth: 0, reduction: 'batch' }), 1 / 6);
});

losses('treat every channel of a mask alone', () => {
  const truth = tensor([1, 1, 2, 2], [1, 0, 1, 0]);
  const predicted = tensor([1, 1, 2, 2], [1, 1, 1, 0]);
  near(jaccardDistance(truth, predicted, exact), 0.5);
});

losses('leave out the background where it is asked for, which is the first channel', () => {
  // Background 0.5 right, the structures 0.8 and 0.2, of 100 pixels each.
  const right = [50, 80, 20];
  const truth = build([1, 300, 1, 3], (_, row, __, channel) => (Math.floor(row! / 100) === channel ? 1 : 0));
  const predicted = build([1, 300, 1, 3], (_, row, __, channel) =>
    row! % 100 < right[Math.floor(row! / 100)]! ? (Math.floor(row! / 100) === channel ? 1 : 0) : 0,
  );
  const dice = (share: number) => (2 * share) / (1 + share);
  const structures = 1 - (dice(0.8) + dice(0.2)) / 2;
  for (const reduction of ['image', 'batch'] as const) {
    near(diceLoss(truth, predicted, { smooth: 0, reduction, background: false }), structures);
    near(
      diceLoss(truth, predicted, { smooth: 0, reduction, background: true }),
      1 - (dice(0.5) + dice(0.8) + dice(0.2)) / 3,
    );
    near(jaccardDistance(truth, predicted, { smooth: 0, reduction, background: false }), 0.5);
  }
});

losses('follow equation 7 for Dice', () => {
  const truth = build([1, 200, 1, 1], (_, row) => (row! < 100 ? 1 : 0));
  const predicted = build([1, 200, 1, 1], (_, row) => (row! >= 28 && row! < 108 ? 1 : 0));
  near(diceLoss(truth, predicted, exact), 0.2);
  near(jaccardDistance(truth, predicted, exact), 1 - 2 / 3);
});

losses('follow equations 4 and 5, which agree', () => {
  near(crossEntropy(tensor([1, 3], [0, 1, 0]), logarithm(tensor([1, 3], [0.2, 0.7, 0.1]))), 0.356675);
  near(binaryCrossEntropy(tensor([1, 1], [1]), logit(tensor([1, 1], [0.9]))), 0.105361);
  near(binaryCrossEntropy(tensor([1, 1], [0]), logit(tensor([1, 1], [0.9]))), Math.LN10);
  near(crossEntropy(tensor([1, 2], [1, 0]), logarithm(tensor([1, 2], [0.9, 0.1]))), 0.105361);
});

losses('of logits far from 0 grow as the logits do', () => {
  near(binaryCrossEntropy(mask(1, 0), mask(-50, 60)), 55);
  near(binaryCrossEntropy(mask(1), mask(40)), Math.exp(-40), 1e-24);
  near(crossEntropy(tensor([1, 2], [1, 0]), tensor([1, 2], [-500, 500])), 1000);
  near(focalLoss(mask(1), mask(-80), 2, 0.25), 20);
});

losses('spread a share of every truth evenly with smoothing', () => {
  // 0.9 + 0.1 / 2 for the right answer, 0.1 / 2 for the other.
  near(binaryCrossEntropy(mask(1), logit(mask(0.7)), 0.1), -0.95 * Math.log(0.7) - 0.05 * Math.log(0.3));
  const [truth, predicted] = [tensor([1, 4], [0, 1, 0, 0]), tensor([1, 4], [0.1, 0.7, 0.1, 0.1])];
  near(crossEntropy(truth, logarithm(predicted), 0.2), -0.85 * Math.log(0.7) - 3 * 0.05 * Math.log(0.1));
});

losses('weigh heads by variances, and each variance has its best value at twice the loss', () => {
  const terms = [
    { weight: 0.5, head: 'a', loss: 'bce' },
    { weight: 2, head: 'a', loss: 'dice', ...exact },
    { weight: 1, head: 'b', loss: 'bce' },
  ] as const;
  const truths = new Map([
    ['a', mask(1, 0, 1)],
    ['b', mask(0, 1, 1)],
  ]);
  const guesses = new Map([
    ['a', mask(0.6, 0.3, 0.2)],
    ['b', mask(0.1, 0.5, 0.8)],
  ]);
  const of = (a: number, b: number) =>
    totalLoss(
      terms,
      truths,
      said(guesses),
      new Map([
        ['a', a],
        ['b', b],
      ]),
    );
  near(of(0, 0), totalLoss(terms, truths, said(guesses)));
  const own = totalLoss(terms.slice(0, 2), truths, said(guesses));
  const best = Math.log(2 * own);
  near(of(best, 0), 0.5 * (1 + best) + totalLoss(terms.slice(2), truths, said(guesses)));
  assert.ok(of(best + 0.1, 0) > of(best, 0) && of(best - 0.1, 0) > of(best, 0));
});

losses('weigh hard values more with focal loss', () => {
  const truth = tensor([2, 1], [1, 0]);
  const predicted = logit(tensor([2, 1], [0.9, 0.6]));
  near(focalLoss(truth, predicted, 0, 0.5), 0.5 * binaryCrossEntropy(truth, predicted));
  near(
    focalLoss(truth, predicted, 2, 0.25),
    (0.25 * 0.01 * -Math.log(0.9) + 0.75 * 0.36 * -Math.log(0.4)) / 2,
  );
});

losses('add up to equation 6', () => {
  const truths = new Map([
    ['segmentation', mask(1, 1, 0, 0)],
    ['diagnosis', tensor([1, 1], [1])],
  ]);
  const predictions = new Map([
    ['segmentation', mask(0.8, 0.6, 0.1, 0)],
    ['diagnosis', tensor([1, 1], [0.9])],
  ]);
  const total = totalLoss(
    [
      { weight: 0.9, head: 'segmentation', loss: 'jaccard', ...perImage },
      { weight: 0.1, head: 'diagnosis', loss: 'bce' },
    ],
    truths,
    said(predictions),
  );
  near(total, 0.310536);
});

losses.run();

const network = suite('the paper network, computed from its definition');

network('gives probabilities of the right shapes, and moves only its averages in training', () => {
  const graph = paperNetwork({ image: [32, 32, 1], width: 4 });
  const weights = initialWeights(graph.weights.values(), 2021);
  const random = randomStream('image');
  const image = build([2, 32, 32, 1], random);
  const before = interpret(graph, weights, image);
  assert.equal(before.heads.get('segmentation')!.shape, [2, 32, 32, 1]);
  assert.equal(before.heads.get('diagnosis')!.shape, [2, 1]);
  for (const head of before.heads.values()) assert.ok(head.data.every((value) => value > 0 && value < 1));
  for (const [index, value] of before.values.entries())
    assert.equal(value.shape.slice(1), graph.nodes[index]!.shape);
  const after = interpret(graph, weights, image, { kind: 'training', random });
  for (const weight of graph.weights.values()) {
    const moved = after.weights
      .get(weight.name)!
      .some((value, index) => value !== weights.get(weight.name)![index]);
    assert.is(moved, !weight.trainable, weight.name);
  }
});

network.run();
