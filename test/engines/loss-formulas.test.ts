import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sigmoid, softmax } from '../../src/compiler/interpret/elementwise.ts';
import { totalLoss } from '../../src/compiler/interpret/losses.ts';
import { signedDistances } from '../../src/compiler/interpret/signed-distance.ts';
import { map, type Tensor, tensor } from '../../src/compiler/interpret/tensor.ts';
import type { LossTerm } from '../../src/compiler/plan/run-plan.ts';
import { StepBuilder } from '../../src/compiler/step/builder.ts';
import { differentiate } from '../../src/compiler/step/differentiate.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { lowerLoss } from '../../src/compiler/step/lower/loss.ts';
import { optimise } from '../../src/compiler/step/passes.ts';
import { lossOf } from '../../src/runtime/engines/tf/training/losses.ts';
import { planOf, sound } from '../support/compiled.ts';
import { runOnnx } from './onnx/support.ts';
import { distance, randomValues, testBackends, use } from './tf/support.ts';

const shape = [2, 4, 3, 3];
const each = { weight: 1, head: 'h' } as const;
const overlap = { alpha: 0.3, beta: 0.7, smooth: 1e-6, reduction: 'image', background: true } as const;

/** Losses that are declared, as an experiment has them. */
function declared(body: string, ending: string): LossTerm {
  const text = `
    loss Own(alpha: real = 0.4, weights: real[] = [0.5, 1, 2], squared: bool = true) of mask {
${body}
}
    network Net {
      input image: [8, 8, 1]
      head h: mask = image |> conv(${ending === 'softmax' ? 3 : 1}) |> ${ending}()
    }
    dataset D {
      source     = phantom(images = 16, height = 64, width = 64)
      fit        = [resize(8, 8)]
      structures {
        a = 1
        ${ending === 'softmax' ? 'b = 2' : ''}
      }
    }
    experiment E {
      model = Net()
      data  = D
      loss  = Own(h)
      train {
 optimizer = sgd(lr = 0.01)
 epochs = 1
 batch = 2
}
      evaluate.folds = holdout(25%)
    }`;
  return planOf(sound(text), 'E').loss[0]!;
}

const categorical: Readonly<Record<string, LossTerm>> = {
  'categorical focal': { ...each, loss: 'categorical_focal', gamma: 2, weights: [0.2, 1, 3] },
  'categorical focal of half a power': { ...each, loss: 'categorical_focal', gamma: 0.5 },
  'weighted cross entropy': { ...each, loss: 'cross_entropy', weights: [0.2, 1, 3] },
  'smoothed weighted cross entropy': { ...each, loss: 'cross_entropy', weights: [0.2, 1, 3], smoothing: 0.1 },
  'weighted Dice': {
    ...each,
    loss: 'dice',
    smooth: 1,
    reduction: 'batch',
    background: false,
    weights: [1, 3],
  },
  'weighted Jaccard': { ...each, loss: 'jaccard', smooth: 1, reduction: 'image', weights: [0, 1, 3] },
  Tversky: { ...each, loss: 'tversky', ...overlap },
  'Tversky of the batch': { ...each, loss: 'tversky', ...overlap, reduction: 'batch', background: false },
  'focal Tversky': { ...each, loss: 'focal_tversky', ...overlap, gamma: 4 / 3 },
  boundary: { ...each, loss: 'boundary' },
  'a declared loss': declared(
    `let cost = -weights * truth * log(head)
     let near = foreground(head) * foreground(max(distance, 0)) / 4
     output sum(mean(cost, per = class)) / sum(weights) + alpha * mean(near) + mean(abs(head - truth) ** 1.5) / 2`,
    'softmax',
  ),
};
const binary: Readonly<Record<string, LossTerm>> = {
  'Tversky of a sigmoid': { ...each, loss: 'tversky', ...overlap },
  'a declared entropy of a sigmoid': declared(
    `let cost = mean(-truth * log(head) - (1 - truth) * log(1 - head), per = image)
     output choose(squared, mean(cost ** 2), mean(cost)) + sqrt(mean((head - truth) ** 2)) + exp(-mean(min(head, 0.7)))`,
    'sigmoid',
  ),
};

const all = [
  ...Object.entries(categorical).map(([name, term]) => ({ name, term, last: 'softmax' as const })),
  ...Object.entries(binary).map(([name, term]) => ({ name, term, last: 'sigmoid' as const })),
];

/** The class of each pixel drawn, some of none but the first; as many structures of a sigmoid as channels. */
function truthOf(last: 'softmax' | 'sigmoid'): Tensor {
  const noise = randomValues('truth', shape);
  if (last === 'sigmoid') return map(noise, (value) => (value > 0.2 ? 1 : 0));
  return map(noise, (_, index) => {
    const start = index - (index % 3);
    return index - start ===
      [...noise.data.slice(start, start + 3)].indexOf(Math.max(...noise.data.slice(start, start + 3)))
      ? 1
      : 0;
  });
}

function defined(term: LossTerm, last: 'softmax' | 'sigmoid', truth: Tensor, logits: Tensor): number {
  const predicted = last === 'softmax' ? softmax(logits) : map(logits, sigmoid);
  const answers = { heads: new Map([['h', predicted]]), logits: new Map([['h', logits]]) };
  return totalLoss([term], new Map([['h', truth]]), answers);
}

const test = suite('losses that are formulas');

for (const { name, term, last } of all) {
  test(`${name} has the gradient of its definition in a step, and both are those of every engine`, async () => {
    const truth = truthOf(last);
    const logits = map(randomValues('logits', shape), (x) => 2 * x);
    const b = new StepBuilder('loss');
    const z = b.input({ kind: 'weight', weight: 'z' }, shape);
    const y = b.input({ kind: 'target', head: 'h' }, shape);
    const far = b.input({ kind: 'distance', head: 'h' }, shape);
    const predicted = b.apply(last, [z], {});
    const answer = { truth: y, predicted, logits: z, distance: far };
    const { loss } = lowerLoss(b, [term], new Map([['h', answer]]));
    b.output({ kind: 'loss' }, loss);
    b.output({ kind: 'weight', weight: 'gradient' }, differentiate(b, loss, [z])[0]!);
    const program = optimise(b.build());
    const given = new Map([
      ['weight/z', logits],
      ['target/h', truth],
      ['distance/h', signedDistances(truth)],
    ]);
    const step = evaluateStep(program, given);
    const value = step.get('loss')!.data[0]!;
    const gradient = step.get('weight/gradient')!.data;
    assert.ok(Math.abs(value - defined(term, last, truth, logits)) < 1e-12 * Math.max(1, Math.abs(value)));
    const width = 1e-5;
    const slopes = logits.data.map((_, index) => {
      const moved = (by: number) =>
        defined(term, last, truth, { shape, data: logits.data.map((v, i) => (i === index ? v + by : v)) });
      return (moved(width) - moved(-width)) / (2 * width);
    });
    assert.ok(distance(gradient, slopes) < 1e-5, `the gradient is off by ${distance(gradient, slopes)}`);

    const onnx = await runOnnx(program, given, { block: null });
    assert.ok(Math.abs(onnx.get('loss')!.data[0]! - value) < 1e-5 * Math.max(1, Math.abs(value)));
    assert.ok(distance(onnx.get('weight/gradient')!.data, gradient) < 1e-4);
    for (const backend of testBackends) {
      await use(backend);
      tf.tidy(() => {
        const [yt, zt, dt] = [truth, logits, signedDistances(truth)].map(({ data }) =>
          tf.tensor4d(Float32Array.from(data), shape as [number, number, number, number]),
        );
        const of = (x: tf.Tensor) =>
          lossOf(term, {
            truth: yt!,
            distance: dt!,
            logits: x,
            predicted: last === 'softmax' ? tf.softmax(x) : tf.sigmoid(x),
          });
        assert.ok(Math.abs(of(zt!).dataSync()[0]! - value) < 1e-5 * Math.max(1, Math.abs(value)), backend);
        const found = tf.grad(of)(zt!).dataSync();
        assert.ok(distance(found, gradient) < 1e-4, `${backend}: off by ${distance(found, gradient)}`);
      });
    }
  });
}

/** One row of two pixels and two classes, by the probabilities of the second class; truths 0 and 1. */
const row = (...second: readonly number[]) =>
  tensor(
    [1, 1, second.length, 2],
    second.flatMap((p) => [1 - p, p]),
  );
const logOdds = (probabilities: Tensor) => map(probabilities, Math.log);
const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} instead of ${expected}`);

test('they have the values that are worked out by hand', () => {
  const [truth, predicted] = [row(0, 1, 1), row(0.2, 0.6, 0.9)];
  const of = (term: LossTerm) => defined(term, 'softmax', truth, logOdds(predicted));
  // Of the second class: hits 1.5, wrong 0.2, missed 0.5.
  const one = { ...overlap, smooth: 0, background: false };
  const index = 1.5 / (1.5 + 0.3 * 0.2 + 0.7 * 0.5);
  close(of({ ...each, loss: 'tversky', ...one }), 1 - index);
  close(of({ ...each, loss: 'focal_tversky', ...one, gamma: 4 / 3 }), (1 - index) ** 0.75);
  const [first, second] = [2 * 0.8, 2 * 1.5].map((twice, c) => 1 - twice / [1 + 1.3, 2 + 1.7][c]!) as [
    number,
    number,
  ];
  const dice = { ...each, loss: 'dice', smooth: 0, reduction: 'image' } as const;
  close(of({ ...dice, weights: [1, 3] }), (first + 3 * second) / 4);
  close(of({ ...dice, weights: [2, 2] }), of(dice));
  const logs = [Math.log(0.8), Math.log(0.6), Math.log(0.9)] as const;
  const cross = { ...each, loss: 'cross_entropy' } as const;
  close(of({ ...cross, weights: [2, 5] }), -(2 * logs[0] + 5 * logs[1] + 5 * logs[2]) / 12);
  close(of({ ...cross, weights: [3, 3] }), of(cross));
  close(of({ ...each, loss: 'categorical_focal', gamma: 0 }), of(cross));
  const focal = -(0.2 ** 2 * logs[0] + 0.4 ** 2 * logs[1] + 0.1 ** 2 * logs[2]) / 3;
  close(of({ ...each, loss: 'categorical_focal', gamma: 2 }), focal);
  // The border lies between the first two pixels: distances 1, 0 and -1.
  close(of({ ...each, loss: 'boundary', formula: declaredBoundary }), (0.2 * 1 - 0.9) / 3);
});

const declaredBoundary = [
  { op: 'head' },
  { op: 'foreground', of: 0 },
  { op: 'distance' },
  { op: 'foreground', of: 2 },
  { op: 'multiply', left: 1, right: 3 },
  { op: 'mean', of: 4, over: ['image', 'pixel', 'class'] },
] as const;

test('a loss that reads logarithms takes them of logits, so that a wrong answer of certainty still has a slope', () => {
  const term = declared('output mean(-truth * log(head) - (1 - truth) * log(1 - head))', 'sigmoid');
  const [truth, logits] = [tensor([1, 1, 2, 1], [1, 0]), tensor([1, 1, 2, 1], [-200, 200])];
  close(defined(term, 'sigmoid', truth, logits), 200);
});

test.run();
