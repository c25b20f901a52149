import * as assert from 'uvu/assert';
import { signedDistances } from '../../src/compiler/interpret/signed-distance.ts';
import { distanceHeads } from '../../src/compiler/plan/loss/built-in.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { trainingProgram } from '../../src/compiler/step/programs.ts';
import { graphOfPlan } from '../../src/compiler/targets/tfjs/graph.ts';
import type { Batch } from '../../src/runtime/data/batches/data-source.ts';
import type { Backend } from '../../src/runtime/engines/backend.ts';
import { type Given, inputsOf, randomTruths, randomWeights, reference } from '../step/networks.ts';
import { distance, randomTensor } from '../step/support.ts';

/**
 * Trains a plan three steps of SGD on a random batch with every engine. The first loss must be the interpreter's, the
 * step program's gradient that of differences in double precision along a random direction of all weights, the engines'
 * gradients the step program's, their losses alike, and the last loss smaller than the first.
 */
export async function trainsThreeSteps(
  title: string,
  plan: RunPlan,
  engines: readonly Pick<Backend, 'trainer'>[],
): Promise<void> {
  const graph = graphOfPlan(plan.network);
  const images = randomTensor(`images ${title}`, [2, ...graph.nodes[0]!.shape]);
  const given: Given = { graph, images, truths: randomTruths(graph, 2), weights: randomWeights(graph) };
  const step = { loss: plan.loss, optimizer: { kind: 'sgd', lr: 1, momentum: 0 }, batch: 2 } as const;
  const program = trainingProgram(graph, step);
  const found = evaluateStep(program, inputsOf(program, given, { rate: 1 }));
  const names = [...graph.weights.values()].filter(({ trainable }) => trainable).map(({ name }) => name);
  const expected = reference(given, plan.loss);
  assert.ok(Math.abs(found.get('loss')!.data[0]! - expected.loss) < 1e-9, 'the loss is the interpreter’s');

  // Along a random direction of all weights.
  const along = new Map(
    names.map((name) => [name, randomTensor(name, [given.weights.get(name)!.length]).data]),
  );
  const length = Math.hypot(...[...along.values()].map((values) => Math.hypot(...values)));
  const width = 1e-4;
  const moved = (sign: number) => {
    const weights = [...given.weights].map(([name, values]) => {
      const shift = along.get(name);
      return [name, values.map((value, i) => value + (sign * width * (shift?.[i] ?? 0)) / length)] as const;
    });
    return reference(given, plan.loss, new Map(weights)).loss;
  };
  const numeric = (moved(1) - moved(-1)) / (2 * width);
  let analytic = 0;
  let square = 0;
  for (const [name, direction] of along) {
    const next = found.get(`weight/${name}`)!.data;
    for (const [i, value] of given.weights.get(name)!.entries()) {
      analytic += ((value - next[i]!) * direction[i]!) / length;
      square += (value - next[i]!) ** 2;
    }
  }
  // Rectified units and poolings have kinks that a difference may cross.
  assert.ok(
    Math.abs(analytic - numeric) < 1e-3 * Math.sqrt(square),
    `${analytic}, differences say ${numeric}`,
  );

  const truths = [...given.truths];
  const batch: Batch = {
    ids: ['1', '2'],
    images: Float32Array.from(images.data),
    targets: Object.fromEntries(truths.map(([head, { data }]) => [head, Float32Array.from(data)])),
    distances: Object.fromEntries(
      distanceHeads(plan.loss).map((head) => [
        head,
        Float32Array.from(signedDistances(given.truths.get(head)!).data),
      ]),
    ),
  };
  const losses: number[][] = [];
  const gradients: Float32Array[] = [];
  for (const one of engines) {
    const trainer = await one.trainer(plan);
    const { weights, optimizer, state } = await trainer.snapshot();
    const start = new Map(
      [...weights].map(([name, { shape }]) => [
        name,
        { shape, values: Float32Array.from(given.weights.get(name)!) },
      ]),
    );
    await trainer.restore({ weights: start, optimizer, state });
    losses.push([(await trainer.step(batch, 0.01)).loss]);
    const after = (await trainer.snapshot()).weights;
    gradients.push(
      Float32Array.from(
        names.flatMap((name) =>
          [...after.get(name)!.values].map((v, i) => (start.get(name)!.values[i]! - v) / 0.01),
        ),
      ),
    );
    for (let count = 0; count < 2; count++) losses.at(-1)!.push((await trainer.step(batch, 0.01)).loss);
    await trainer.dispose();
  }
  const exact = names.flatMap((name) =>
    [...given.weights.get(name)!].map((value, i) => value - found.get(`weight/${name}`)!.data[i]!),
  );
  for (const [place, values] of gradients.entries()) {
    assert.ok(
      Math.abs(losses[place]![0]! - expected.loss) < 1e-4 * Math.max(1, expected.loss),
      'the first loss',
    );
    // A step of float32 is a difference of weights, so its digits are few.
    assert.ok(distance(values, exact) < 5e-3, `engine ${place}: off by ${distance(values, exact)}`);
  }
  for (const [i, loss] of losses[0]!.entries()) {
    assert.ok(Math.abs(loss - losses[1]![i]!) < 1e-3 * Math.max(1, Math.abs(loss)), `${losses}`);
  }
  assert.ok(losses[0]![2]! < losses[0]![0]!, `it learns: ${losses[0]}`);
}
