import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInRates } from '../../../src/compiler/cost/built-in-rates.ts';
import type { Rates, WorkKind } from '../../../src/compiler/cost/work.ts';
import type { Tensor } from '../../../src/compiler/interpret/tensor.ts';
import { StepBuilder } from '../../../src/compiler/step/builder.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { trainingProgram } from '../../../src/compiler/step/programs.ts';
import { emitOnnx, lowerOnnx } from '../../../src/compiler/targets/onnx/emit.ts';
import { predictTraining } from '../../../src/compiler/targets/onnx/predict.ts';
import { probeBlock } from '../../../src/runtime/engines/onnx/block.ts';
import { loadLibrary } from '../../../src/runtime/engines/onnx/library.ts';
import { paperNetwork } from '../../support/paper-network.ts';
import { distance, randomTensor, runOnnx } from './support.ts';

const block = await probeBlock(await loadLibrary());
const test = suite('choices of a compiled step');

/** Gradients of kernels of three by three taps and of one, of a batch and of channels that are no multiples of a block. */
function gradients() {
  const b = new StepBuilder('gradients');
  const inputs = new Map<string, Tensor>();
  const given = (weight: string, shape: readonly number[]) => {
    inputs.set(`weight/${weight}`, randomTensor(weight, shape));
    return b.input({ kind: 'weight', weight }, shape);
  };
  const image = given('x', [block! + 4, 6, 6, 2 * block!]);
  const identity = [[0, 0] as const, [0, 0] as const] as const;
  const one = { stride: [1, 1], rate: [1, 1], padding: identity, groups: 1 } as const;
  const x = b.conv(image, given('k', [1, 1, 2 * block!, 2 * block!]), one);
  const dy = b.conv(image, given('l', [1, 1, 2 * block!, block!]), one);
  const same = { ...one, padding: [[1, 1] as const, [1, 1] as const] as const };
  b.output({ kind: 'head', head: 'wide' }, b.convFilterGradient(x, dy, { ...same, kernel: [3, 3] }));
  b.output({ kind: 'head', head: 'one' }, b.convFilterGradient(x, dy, { ...one, kernel: [1, 1] }));
  // Four channels fill no block.
  const thin = b.conv(image, given('m', [1, 1, 2 * block!, block! + 4]), one);
  b.output({ kind: 'head', head: 'thin' }, b.convFilterGradient(x, thin, { ...same, kernel: [3, 3] }));
  return { program: b.build(), inputs };
}

/** Rates of a machine on which some kinds of work take nothing. */
function without(kinds: readonly WorkKind[]): Rates {
  const free = { call: 0, multiplyAdds: 0, numbers: 0 };
  const own = Object.fromEntries(kinds.map((kind) => [kind, free]));
  return { ...builtInRates, block, kinds: { ...builtInRates.kinds, ...own } };
}

const machines: Readonly<Record<string, readonly WorkKind[]>> = {
  'one image at a time': ['filter_gradient', 'sum', 'per_channel', 'one_tap_filter_gradient'],
  'the convolution sums images': ['gathering', 'per_channel'],
  'one image at a time, borders by the operator': ['bordered_filter_gradient', 'sum'],
  'standard operators': ['standard_filter_gradient', 'reordering', 'block_move'],
  'a product of matrices': ['matrix_product', 'reordering', 'block_move'],
};

for (const [name, kinds] of block === null ? [] : Object.entries(machines)) {
  test(`where ${name} costs least it is chosen, and means what the interpreter says`, async () => {
    const { program, inputs } = gradients();
    const rates = without(kinds);
    const chosen = lowerOnnx(program, { block, rates }).choices.map(({ forms }) => forms[0]!.name);
    assert.ok(chosen.includes(name), `chosen: ${chosen.join(', ')}`);
    const actual = await runOnnx(program, inputs, { block, rates });
    for (const [output, expected] of evaluateStep(program, inputs))
      assert.ok(distance(actual.get(output)!.data, expected.data) < 1e-5, output);
  });
}

test('sizes of all nodes end in those of the model, in blocks and without', () => {
  const network = paperNetwork({ image: [32, 32, 1], width: 4 });
  const optimizer = { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 } as const;
  const step = { optimizer, loss: [{ weight: 1, head: 'diagnosis', loss: 'bce' as const }], batch: 3 };
  for (const size of [8, null]) {
    const program = trainingProgram(network, step);
    const { nodes } = lowerOnnx(program, { block: size });
    const made = new Map(nodes.map(({ results }) => [`${results[0]}`, true]));
    for (const { sizes } of emitOnnx(program, { block: size }).outputs) assert.ok(made.has(`${sizes}`));
  }
  const rates = { ...builtInRates, factor: 1.5 };
  const told = predictTraining(network, step, rates);
  const parts = told.parts.reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(Math.abs(parts / told.ms - 1) < 1e-9);
  assert.ok(told.least < told.ms && told.ms < told.most);
  const twice = predictTraining(network, { ...step, batch: 6 }, rates);
  assert.ok(twice.ms > told.ms && twice.ms < 2 * told.ms, 'calls do not grow with the batch');
});

test.run();
