import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { map, type Tensor } from '../../../src/compiler/interpret/tensor.ts';
import type { LossTerm } from '../../../src/compiler/plan/run-plan.ts';
import { StepBuilder } from '../../../src/compiler/step/builder.ts';
import { differentiate } from '../../../src/compiler/step/differentiate.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { lowerLoss } from '../../../src/compiler/step/lower/loss.ts';
import { optimise } from '../../../src/compiler/step/passes.ts';
import { distance, randomTensor, runOnnx } from './support.ts';

const test = suite('losses by ONNX Runtime');

const terms: readonly LossTerm[] = [
  { weight: 1, head: 'h', loss: 'bce' },
  { weight: 1, head: 'h', loss: 'bce', smoothing: 0.1 },
  { weight: 1, head: 'h', loss: 'cross_entropy' },
  { weight: 1, head: 'h', loss: 'focal', gamma: 2, alpha: 0.25 },
];

/** Overlaps of a softmax without its background, whose gradients vanish where it is sure. */
const overlaps: readonly LossTerm[] = (['image', 'batch'] as const).map((reduction) => ({
  weight: 1,
  head: 'h',
  loss: 'dice',
  smooth: 1,
  reduction,
  background: false,
}));

const shape = [2, 3, 4, 5];

/** Value and gradient of a term of logits. */
function programOf(term: LossTerm, last: 'softmax' | 'sigmoid') {
  const b = new StepBuilder('loss');
  const z = b.input({ kind: 'weight', weight: 'z' }, shape);
  const truth = b.input({ kind: 'target', head: 'h' }, shape);
  const predicted = b.apply(last, [z], {});
  const { loss } = lowerLoss(b, [term], new Map([['h', { truth, predicted, logits: z }]]));
  b.output({ kind: 'loss' }, loss);
  b.output({ kind: 'weight', weight: 'gradient' }, differentiate(b, loss, [z])[0]!);
  return optimise(b.build());
}

for (const term of overlaps) {
  const by = 'reduction' in term ? term.reduction : '';
  test(`Dice without background by ${by} has the value and the gradient of its definition`, async () => {
    const program = programOf(term, 'softmax');
    const logits = randomTensor('z', shape, (x) => 2 * x);
    const given = new Map([
      ['weight/z', logits],
      ['target/h', unlikeliest(randomTensor('truth', shape))],
    ]);
    const actual = await runOnnx(program, given, { block: null });
    for (const [name, { data }] of evaluateStep(program, given)) {
      const off = distance(actual.get(name)!.data, data);
      assert.ok(off < 3e-6, `${name} is off by ${off}`);
    }
  });
}

for (const term of terms) {
  const named = 'smoothing' in term ? `${term.loss} with smoothing` : term.loss;
  test(`${named} of logits up to ±50 has the value and the gradient of its definition`, async () => {
    const last = term.loss === 'cross_entropy' ? 'softmax' : 'sigmoid';
    const program = programOf(term, last);
    // Every second logit is ±50 and wrong.
    let index = 0;
    const logits = randomTensor('z', shape, (x) => (index++ % 2 === 0 ? 50 * Math.sign(x) : x));
    const given = new Map([
      ['weight/z', logits],
      ['target/h', last === 'softmax' ? unlikeliest(logits) : map(logits, (value) => (value > 0 ? 0 : 1))],
    ]);
    const expected = evaluateStep(program, given);
    const actual = await runOnnx(program, given, { block: null });
    for (const [name, { data }] of expected) {
      const off = distance(actual.get(name)!.data, data);
      assert.ok(off < 3e-6, `${name} is off by ${off}`);
    }
    const gradient = actual.get('weight/gradient')!.data;
    for (const [at, value] of logits.data.entries()) {
      const wrong = last === 'sigmoid' || given.get('target/h')!.data[at] === 1;
      if (Math.abs(value) === 50 && wrong)
        assert.ok(Math.abs(gradient[at]!) > 1e-6, `no gradient at ${value}`);
    }
  });
}

/** 1 for the smallest value of the last axis, else 0. */
function unlikeliest({ shape, data }: Tensor): Tensor {
  const channels = shape.at(-1)!;
  const least = (at: number) => {
    const start = at - (at % channels);
    return (
      start +
      data.subarray(start, start + channels).indexOf(Math.min(...data.subarray(start, start + channels)))
    );
  };
  return { shape, data: data.map((_, at) => (least(at) === at ? 1 : 0)) };
}

test.run();
