import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import type { Tensor } from '../../src/compiler/interpret/tensor.ts';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import { elements } from '../../src/compiler/ir/shape.ts';
import type { LossTerm, TrainSettings } from '../../src/compiler/plan/run-plan.ts';
import { StepBuilder } from '../../src/compiler/step/builder.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { stepMemory } from '../../src/compiler/step/memory.ts';
import { optimise, stepPasses } from '../../src/compiler/step/passes.ts';
import type { StepProgram } from '../../src/compiler/step/program.ts';
import {
  evaluationProgram,
  plainTrainingProgram,
  trainingProgram,
} from '../../src/compiler/step/programs.ts';
import { verifyStep } from '../../src/compiler/step/verify.ts';
import { Network } from '../support/network.ts';
import { paperNetwork } from '../support/paper-network.ts';
import { type Given, inputsOf, randomSlots, randomTruths, randomWeights, reference } from './networks.ts';
import { networks, terms } from './random-networks.ts';
import { distance, randomTensor } from './support.ts';

const optimizers: readonly TrainSettings['optimizer'][] = [
  { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 },
  { kind: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  { kind: 'sgd', lr: 0.1, momentum: 0.9 },
];

function givenFor(graph: Graph, batch: number): Given {
  return {
    graph,
    images: randomTensor('images', [batch, ...graph.nodes[0]!.shape]),
    truths: randomTruths(graph, batch),
    weights: randomWeights(graph),
    drawn: [0.9, 0.1, 0.6, 0.2, 0.7],
  };
}

/** Outputs of two programs, which must be the same but for rounding. */
function agree(
  before: StepProgram,
  after: StepProgram,
  inputs: ReadonlyMap<string, Tensor>,
  what: string,
): void {
  verifyStep(after);
  assert.equal(
    after.outputs.map(({ name }) => name),
    before.outputs.map(({ name }) => name),
    what,
  );
  const expected = evaluateStep(before, inputs);
  for (const [name, { shape, data }] of evaluateStep(after, inputs)) {
    assert.equal(shape, expected.get(name)!.shape);
    assert.ok(distance(data, expected.get(name)!.data) < 1e-8, `${what} changes ${name}`);
  }
}

const law = suite('a pass over a random network’s training step');

law('keeps the law and every output', () => {
  fc.assert(
    fc.property(networks, fc.nat(2), (graph, which) => {
      const optimizer = optimizers[which]!;
      const batch = 2;
      const given = givenFor(graph, batch);
      let before = plainTrainingProgram(graph, { loss: terms, optimizer, batch });
      const inputs = inputsOf(before, given, { rate: 0.01 }, randomSlots(graph, optimizer));
      const first = before;
      for (const pass of stepPasses) {
        const after = pass.run(before);
        agree(first, after, inputs, pass.name);
        before = after;
      }
    }),
    { numRuns: 15 },
  );
});

law('leaves what the interpreter says of the network: loss, statistics and inference', () => {
  fc.assert(
    fc.property(networks, (graph) => {
      const given = givenFor(graph, 2);
      const program = trainingProgram(graph, { loss: terms, optimizer: optimizers[0]!, batch: 2 });
      const found = evaluateStep(program, inputsOf(program, given, { rate: 0.01 }));
      const expected = reference(given, terms);
      assert.ok(Math.abs(found.get('loss')!.data[0]! - expected.loss) < 1e-9);
      for (const [name, values] of expected.weights) {
        if (graph.weights.get(name)!.trainable) continue;
        assert.ok(distance(found.get(`weight/${name}`)!.data, values) < 1e-9, name);
      }
      const evaluation = evaluationProgram(graph, terms, 2);
      const judged = evaluateStep(evaluation, inputsOf(evaluation, given));
      for (const [head, { data }] of interpret(graph, given.weights, given.images).heads) {
        assert.ok(distance(judged.get(`head/${head}`)!.data, data) < 1e-9, head);
      }
    }),
    { numRuns: 15 },
  );
});

law('never gives two values that live together the same memory', () => {
  fc.assert(
    fc.property(networks, (graph) => {
      const program = trainingProgram(graph, { loss: terms, optimizer: optimizers[0]!, batch: 2 });
      checkMemory(program);
    }),
    { numRuns: 10 },
  );
});

/** Computes a program in its planned memory in mind: every read must find what was computed, whole. */
function checkMemory(program: StepProgram): void {
  const { arena, peak, offsets } = stepMemory(program);
  assert.ok(arena >= peak && arena <= 1.3 * peak, `${arena} bytes for a peak of ${peak}`);
  const holds = new Int32Array(arena / 4).fill(-1);
  const contents: number[] = [];
  const placeOf = (id: number) => {
    const from = offsets[id]! / 4;
    return holds.subarray(from, from + elements(program.values[id]!.shape));
  };
  const check = (id: number, reader: string) => {
    if (offsets[id] === null) return;
    assert.ok(
      placeOf(id).every((content) => content === contents[id]),
      `%${id} is gone before ${reader}`,
    );
  };
  for (const { id, op, operands } of program.values) {
    for (const operand of operands) check(operand, `%${id} ${op}`);
    contents.push(op === 'reshape' ? contents[operands[0]!]! : id);
    if (offsets[id] !== null) placeOf(id).fill(contents[id]!);
  }
  for (const { value, name } of program.outputs) check(value, name);
}

law.run();

const fusion = suite('fusing');

const count = (program: StepProgram, op: string, elementsAtLeast = 0) =>
  program.values.filter((value) => value.op === op && elements(value.shape) >= elementsAtLeast).length;

fusion('makes one affine of batch norm and ReLU, and three passes of its gradient', () => {
  const network = new Network([6, 6, 3]);
  const conv = network.apply('conv', network.image, { channels: 4, bias: false });
  const relu = network.apply('relu', network.apply('batch_norm', conv));
  network.head(
    'mask',
    'mask',
    network.apply('sigmoid', network.apply('conv', relu, { channels: 1, kernel: 1 })),
  );
  const program = trainingProgram(network.build(), {
    loss: [{ weight: 1, head: 'mask', loss: 'bce' }],
    optimizer: optimizers[2]!,
    batch: 2,
  });
  const map = 2 * 6 * 6 * 4;
  assert.is(count(program, 'relu'), 0);
  assert.is(count(program, 'affine'), 2);
  assert.is(count(program, 'subtract', map), 0);
  assert.is(count(program, 'add', map), 1);
  // dy behind the ReLU, and dy times its factor.
  assert.is(count(program, 'multiply', map), 2);
});

fusion('makes one affine of instance norm and leaky ReLU, and three passes of its gradient', () => {
  const network = new Network([6, 6, 3]);
  const conv = network.apply('conv', network.image, { channels: 4, bias: false });
  const leaky = network.apply('leaky_relu', network.apply('instance_norm', conv), { slope: 0.1 });
  network.head(
    'mask',
    'mask',
    network.apply('sigmoid', network.apply('conv', leaky, { channels: 1, kernel: 1 })),
  );
  const program = trainingProgram(network.build(), {
    loss: [{ weight: 1, head: 'mask', loss: 'bce' }],
    optimizer: optimizers[2]!,
    batch: 2,
  });
  const map = 2 * 6 * 6 * 4;
  assert.is(count(program, 'relu', map), 0);
  assert.is(count(program, 'affine', map), 2);
  assert.is(count(program, 'subtract', map), 0);
  assert.is(count(program, 'reshape', map), 0);
  // The sum in the norm's gradient, dy behind the leaky ReLU, and dy times its factor.
  assert.is(count(program, 'add', map), 1);
  assert.is(count(program, 'multiply', map), 2);
});

fusion('computes equal things once, and constants now', () => {
  const b = new StepBuilder('equal');
  const x = b.input({ kind: 'images' }, [2, 3]);
  const y = b.input({ kind: 'rate' }, []);
  const sum = b.add(b.multiply(x, y), b.multiply(y, x));
  b.output({ kind: 'loss' }, b.multiply(sum, b.add(b.scalar(2), b.scalar(-1))));
  const seen: string[] = [];
  const program = optimise(b.build(), (pass) => seen.push(pass));
  assert.is(count(program, 'multiply'), 1);
  assert.is(count(program, 'constant'), 0);
  assert.equal(
    seen,
    stepPasses.map(({ name }) => name),
  );
});

fusion('spares the paper’s step a fifth of its passes over maps', () => {
  const graph = paperNetwork();
  const options = { loss: paperTerms, optimizer: optimizers[0]!, batch: 8 };
  const plain = plainTrainingProgram(graph, options);
  const program = optimise(plain);
  verifyStep(program);
  const passes = (of: StepProgram) =>
    of.values.filter(({ op, shape }) => op !== 'input' && elements(shape) > 1e5).length;
  assert.ok(passes(program) < 0.8 * passes(plain), `${passes(program)} of ${passes(plain)} maps`);
  const { peak, arena } = stepMemory(program);
  assert.ok(arena < 1.1 * peak, `${arena} bytes for ${peak}`);
});

const paperTerms: readonly LossTerm[] = [
  { weight: 0.9, head: 'segmentation', loss: 'jaccard', smooth: 1e-6, reduction: 'image' },
  { weight: 0.1, head: 'diagnosis', loss: 'bce' },
];

fusion.run();
