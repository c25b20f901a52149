import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { StepBudget } from '../../src/compiler/driver/step-budget.ts';
import type { TrainSettings } from '../../src/compiler/plan/run-plan.ts';
import { StepBuilder } from '../../src/compiler/step/builder.ts';
import { differentiate } from '../../src/compiler/step/differentiate.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { stepMemory } from '../../src/compiler/step/memory.ts';
import type { StepProgram } from '../../src/compiler/step/program.ts';
import { trainingProgram } from '../../src/compiler/step/programs.ts';
import { fitMemory } from '../../src/compiler/step/recompute/fit.ts';
import { verifyStep } from '../../src/compiler/step/verify.ts';
import { plainTraining } from '../../src/runtime/engines/plain-training.ts';
import { paperNetwork } from '../support/paper-network.ts';
import { inputsOf, randomSlots, randomTruths, randomWeights } from './networks.ts';
import { networks, terms } from './random-networks.ts';
import { randomTensor } from './support.ts';

const rmsprop = { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 } as const;

const recomputing = suite('recomputing values to fit into memory');

recomputing('changes no output by a single bit, whatever the network and the budget', () => {
  let helped = 0;
  fc.assert(
    fc.property(networks, fc.double({ min: 0, max: 1, noNaN: true }), (graph, share) => {
      const program = trainingProgram(graph, { loss: terms, optimizer: rmsprop, batch: 2 });
      const { given, peak } = stepMemory(program);
      const budget = given + share * peak;
      const { program: fitted, before, after, recomputed } = fitMemory(program, budget);
      verifyStep(fitted);
      assert.is(before, given + peak);
      assert.is(after, stepMemory(fitted).given + stepMemory(fitted).peak);
      assert.ok(after <= before);
      if (recomputed.length > 0) helped += 1;
      const inputs = inputsOf(
        program,
        {
          graph,
          images: randomTensor('images', [2, ...graph.nodes[0]!.shape]),
          truths: randomTruths(graph, 2),
          weights: randomWeights(graph),
          drawn: [0.9, 0.1, 0.6, 0.2, 0.7],
        },
        { rate: 0.01 },
        randomSlots(graph, rmsprop),
      );
      const found = evaluateStep(fitted, inputs);
      for (const [name, { data }] of evaluateStep(program, inputs)) {
        assert.ok(
          data.every((value, index) => Object.is(value, found.get(name)!.data[index])),
          `${name} is another`,
        );
      }
    }),
    { numRuns: 12 },
  );
  assert.ok(helped > 2, `only ${helped} networks had anything to recompute`);
});

/** A chain of layers, each of which the way back needs what the one before gave. */
function chain(layers: number): StepProgram {
  const b = new StepBuilder('chain');
  const weight = b.input({ kind: 'weight', weight: 'w' }, [1, 1, 1, 8]);
  let x = b.input({ kind: 'images' }, [2, 16, 16, 8]);
  for (let layer = 0; layer < layers; layer++) {
    x = b.at({ path: `layer.${layer}`, phase: 'forward' }, () =>
      b.apply('sigmoid', [b.multiply(x, weight)], {}),
    );
  }
  const loss = b.at({ path: 'loss', phase: 'loss' }, () => b.reshape(b.sum(x, [0, 1, 2, 3]), []));
  const [gradient] = differentiate(b, loss, [weight]);
  b.output({ kind: 'weight', weight: 'w' }, gradient!);
  return b.build();
}

recomputing('keeps some layers of a chain and computes the others from them', () => {
  const program = chain(16);
  const map = 4 * 2 * 16 * 16 * 8;
  const { before, after, recomputed } = fitMemory(program, 0);
  assert.ok(before > 16 * map, `${before / map} maps`);
  assert.ok(after < 11 * map, `${after / map} maps`);
  assert.ok(recomputed.length < 16 * 3);
});

recomputing('recomputes nothing where all fits, and no more than it must', () => {
  const program = chain(8);
  const { given, peak } = stepMemory(program);
  assert.is(fitMemory(program, given + peak).program, program);
  const slack = fitMemory(program, given + peak - 1);
  assert.ok(slack.recomputed.length < 3, `${slack.recomputed.length} values`);
  assert.ok(slack.after < given + peak);
});

recomputing('halves the memory of the paper’s step for next to no multiply-adds', () => {
  const program = trainingProgram(paperNetwork({ image: [64, 64, 1] }), {
    loss: [
      { weight: 0.9, head: 'segmentation', loss: 'jaccard', smooth: 1e-6, reduction: 'image' },
      { weight: 0.1, head: 'diagnosis', loss: 'bce' },
    ],
    optimizer: rmsprop,
    batch: 32,
  });
  const { given, peak } = stepMemory(program);
  const { after, extra, recomputed, program: fitted } = fitMemory(program, given + peak / 2);
  verifyStep(fitted);
  assert.ok(after <= given + peak / 2, `${after} bytes`);
  assert.ok(extra < 0.01, `${extra} more multiply-adds`);
  assert.ok(recomputed.some(({ op }) => op === 'affine') && recomputed.some(({ op }) => op === 'concat'));
});

recomputing('searches once for all experiments whose steps have the same structure', () => {
  const graph = paperNetwork({ image: [32, 32, 1] });
  const budget = new StepBudget();
  const bag = new Bag();
  const at = { file: 'net.cmrnet', start: 0, end: 0 };
  const check = (optimizer: TrainSettings['optimizer'], weight: number, memory = 1) => {
    const before = process.cpuUsage();
    const loss = [{ weight, head: 'diagnosis', loss: 'bce' }] as const;
    const train = { ...plainTraining, optimizer, epochs: 1, seed: 1, batch: 8, memory };
    budget.check(graph, loss, train, at, bag);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const first = check(rmsprop, 0.9);
  let again = 0;
  for (const lr of [1e-4, 1e-3, 1e-2]) again += check({ ...rmsprop, lr }, lr);
  assert.ok(again < first / 2, `${again} µs after ${first}`);
  const [found, ...others] = bag.sorted();
  assert.is(found!.code, 'CMR720');
  for (const one of others) assert.is(one.message, found!.message);
  check(rmsprop, 0.9, 1000);
  assert.is(bag.sorted().length, 1 + others.length);
});

recomputing.run();
