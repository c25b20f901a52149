import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sigmoid, softmax } from '../../src/compiler/interpret/elementwise.ts';
import { totalLoss as definedLoss } from '../../src/compiler/interpret/losses.ts';
import { map, type Tensor } from '../../src/compiler/interpret/tensor.ts';
import { elements } from '../../src/compiler/ir/shape.ts';
import type { LossTerm, TrainSettings } from '../../src/compiler/plan/run-plan.ts';
import { StepBuilder } from '../../src/compiler/step/builder.ts';
import { differentiate } from '../../src/compiler/step/differentiate.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { lowerLoss } from '../../src/compiler/step/lower/loss.ts';
import { lowerOptimizer, optimizerSlots, stepRate } from '../../src/compiler/step/lower/optimizer.ts';
import { keptByAverage, keptByDecay } from '../../src/compiler/step/lower/restraint.ts';
import { trainingProgram } from '../../src/compiler/step/programs.ts';
import { graphOfPlan } from '../../src/compiler/targets/tfjs/graph.ts';
import { totalLoss } from '../../src/runtime/engines/tf/training/losses.ts';
import { createOptimizer } from '../../src/runtime/engines/tf/training/optimizers.ts';
import { dropoutFactors } from '../../src/runtime/random/dropout.ts';
import { use } from '../engines/tf/support.ts';
import { batchOf, tinyPlan, tinyTrainer } from '../engines/tf/training-support.ts';
import { distance, randomTensor } from './support.ts';

const overlap = (
  loss: 'jaccard' | 'dice',
  reduction: 'image' | 'batch',
  smooth: number,
  background = true,
): LossTerm => ({ weight: 0.4, head: 'h', loss, smooth, reduction, background });
const losses: readonly LossTerm[] = [
  overlap('jaccard', 'image', 1e-6),
  overlap('jaccard', 'batch', 1),
  overlap('dice', 'image', 1),
  overlap('dice', 'batch', 1e-6),
  overlap('dice', 'batch', 1, false),
  overlap('jaccard', 'image', 1, false),
  { weight: 1, head: 'h', loss: 'bce' },
  { weight: 0.5, head: 'h', loss: 'cross_entropy' },
  { weight: 1, head: 'h', loss: 'bce', smoothing: 0.1 },
  { weight: 0.5, head: 'h', loss: 'cross_entropy', smoothing: 0.2 },
  { weight: 2, head: 'h', loss: 'focal', gamma: 2, alpha: 0.25 },
  { weight: 2, head: 'h', loss: 'focal', gamma: 0.5, alpha: 0.6 },
  { weight: 1, head: 'h', loss: 'mse' },
  { weight: 0.5, head: 'h', loss: 'mae' },
  { weight: 2, head: 'h', loss: 'huber', delta: 1 },
  { weight: 2, head: 'h', loss: 'huber', delta: 0.2 },
];

const test = suite('a program and the engines');
test.before(() => use('cpu'));
test.before.each(() => tf.engine().startScope());
test.after.each(() => tf.engine().endScope());

test('mean the same by every loss, and by its gradient', () => {
  for (const shape of [
    [3, 5, 4, 2],
    [4, 3],
  ]) {
    const truth = randomTensor(`truth ${shape}`, shape, (x) => (x > 0 ? 1 : 0));
    for (const terms of [...losses.map((term) => [term]), losses]) {
      const [last, defined, activate] =
        terms[0]!.loss === 'cross_entropy'
          ? (['softmax', softmax, (z: tf.Tensor) => tf.softmax(z)] as const)
          : (['sigmoid', (z: Tensor) => map(z, sigmoid), (z: tf.Tensor) => tf.sigmoid(z)] as const);
      const b = new StepBuilder('loss');
      const z = b.input({ kind: 'head', head: 'h' } as never, shape);
      const y = b.input({ kind: 'target', head: 'h' }, shape);
      const predicted = b.apply(last, [z], {});
      const { loss, heads } = lowerLoss(b, terms, new Map([['h', { truth: y, predicted, logits: z }]]));
      b.output({ kind: 'loss' }, loss);
      b.output({ kind: 'head_loss', head: 'h' }, heads.get('h')!);
      b.output({ kind: 'head', head: 'gradient' }, differentiate(b, loss, [z])[0]!);
      const program = b.build();
      const run = (logits: Tensor) =>
        evaluateStep(
          program,
          new Map([
            ['head/h', logits],
            ['target/h', truth],
          ]),
        );
      // Moderate, and so far from 0 that probabilities are 0 and 1.
      for (const spread of [2, 60]) {
        const logits = randomTensor(`logits ${shape}`, shape, (x) => spread * x);
        const answers = { heads: new Map([['h', defined(logits)]]), logits: new Map([['h', logits]]) };
        const expected = definedLoss(terms, new Map([['h', truth]]), answers);
        const found = run(logits);
        const value = found.get('loss')!.data[0]!;
        assert.ok(Math.abs(value - expected) < 1e-9, `${terms[0]!.loss}: ${value}, defined as ${expected}`);

        const [yt, zt] = [truth, logits].map(({ data }) => tf.tensor(Float32Array.from(data), [...shape]));
        const engine = (z: tf.Tensor) =>
          totalLoss(terms, new Map([['h', { truth: yt!, predicted: activate(z), logits: z }]]));
        const head = engine(zt!).heads['h']!.dataSync()[0]!;
        assert.ok(Math.abs(found.get('loss/h')!.data[0]! - head) < 1e-4 * Math.abs(head), terms[0]!.loss);
        const gradient = tf
          .grad((z) => engine(z).loss)(zt!)
          .dataSync();
        const off = distance(gradient, found.get('head/gradient')!.data);
        // Where probabilities are 0 and 1, those of overlaps are differences of numbers that float32 rounds.
        assert.ok(off < (spread === 2 ? 1e-4 : 1e-3), `${terms[0]!.loss}: the gradient is off by ${off}`);
      }
    }
  }
});

const optimizers: readonly TrainSettings['optimizer'][] = [
  { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 },
  { kind: 'rmsprop', lr: 0.01, rho: 0.5, epsilon: 0.1 },
  { kind: 'adam', lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  { kind: 'sgd', lr: 0.1, momentum: 0.9 },
  { kind: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true },
  { kind: 'sgd', lr: 0.1, momentum: 0 },
];

test('change weights alike by every optimizer, step after step', () => {
  for (const settings of optimizers) {
    const shape = [4, 3];
    const start = randomTensor('start', shape);
    const b = new StepBuilder('update');
    const roles = optimizerSlots(settings);
    const weight = b.input({ kind: 'weight', weight: 'w' }, shape);
    const gradient = b.input({ kind: 'images' }, shape);
    const slots = roles.map((slot) => b.input({ kind: 'slot', weight: 'w', slot }, shape));
    const rate = b.input({ kind: 'rate' }, []);
    const next = lowerOptimizer(b, settings, { weight, gradient, slots }, rate);
    b.output({ kind: 'weight', weight: 'w' }, next.weight);
    for (const [i, slot] of roles.entries()) b.output({ kind: 'slot', weight: 'w', slot }, next.slots[i]!);
    const program = b.build();

    let state = new Map([
      ['weight/w', start],
      ...roles.map((slot) => [`slot/w/${slot}`, { shape, data: new Float64Array(12) }] as const),
    ]);
    let value = tf.tensor(Float32Array.from(start.data), shape);
    const optimizer = createOptimizer(settings, [
      {
        name: 'w',
        read: () => value,
        write: (changed) => {
          value = tf.keep(tf.clone(changed)) as typeof value;
        },
      },
    ]);
    for (let step = 1; step <= 3; step++) {
      const slope = randomTensor(`gradient ${step}`, shape, (x) => 0.1 * x);
      const learningRate = settings.lr / step;
      optimizer.update([tf.tensor(Float32Array.from(slope.data), shape)], learningRate);
      const scalar = Float64Array.of(stepRate(settings, learningRate, step));
      state = new Map(
        evaluateStep(program, new Map([...state, ['images', slope], ['rate', { shape: [], data: scalar }]])),
      );
      const off = distance(value.dataSync(), state.get('weight/w')!.data);
      assert.ok(off < 1e-5, `${settings.kind}, step ${step}: weights off by ${off}`);
      for (const [name, { values }] of optimizer.slots()) {
        assert.ok(distance(values, state.get(`slot/${name}`)!.data) < 1e-5, `${settings.kind}: ${name}`);
      }
    }
    optimizer.dispose();
  }
});

test('clip, weigh, decay and average as a run on an engine does, step after step, under the same names', async () => {
  const wishes: readonly Partial<TrainSettings>[] = [
    { clip: 0.05, weight_decay: 0.3, average: 0.9 },
    {
      clip: 100,
      average: 0.2,
      optimizer: { kind: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    },
    { weighting: 'uncertainty', weight_decay: 0.9, optimizer: { kind: 'sgd', lr: 0.1, momentum: 0.9 } },
  ];
  for (const wish of wishes) {
    const plan = tinyPlan({ ...wish, batch: 2 });
    const { loss, train } = plan;
    const trainer = tinyTrainer(plan);
    const program = trainingProgram(graphOfPlan(plan.network), { ...train, loss, batch: 2 });
    for (let step = 1; step <= 3; step++) {
      const learningRate = train.optimizer.lr / step;
      const { weights, optimizer } = await trainer.snapshot();
      const batch = batchOf(`step ${step}`, 2);
      const scalars = {
        rate: stepRate(train.optimizer, learningRate, step),
        decay: keptByDecay(train.weight_decay, learningRate),
        average: keptByAverage(train.average ?? 0, step),
        momentum: 0,
        distance: 0,
        share: 1,
        carried: 0,
      };
      const found = evaluateStep(
        program,
        new Map(
          program.values.flatMap((value) => {
            if (value.op !== 'input') return [];
            const { name, role } = value.attributes;
            const values =
              role.kind === 'images'
                ? batch.images
                : role.kind === 'target'
                  ? batch.targets[role.head]!
                  : role.kind === 'weight'
                    ? weights.get(role.weight)!.values
                    : role.kind === 'slot'
                      ? optimizer.get(`${role.weight}/${role.slot}`)!.values
                      : role.kind === 'mask'
                        ? dropoutFactors(
                            { seed: train.seed, layer: role.layer, step, application: role.application },
                            role.rate,
                            elements(value.shape),
                          )
                        : [scalars[role.kind]];
            return [[name, { shape: value.shape, data: Float64Array.from(values) }] as const];
          }),
        ),
      );
      await trainer.step(batch, learningRate);
      const after = await trainer.snapshot();
      for (const [name, { values }] of after.weights) {
        const off = distance(values, found.get(`weight/${name}`)!.data);
        assert.ok(off < 2e-4, `${JSON.stringify(wish)}, step ${step}: ${name} is off by ${off}`);
      }
      assert.is([...found.keys()].filter((name) => name.startsWith('slot/')).length, after.optimizer.size);
      for (const [name, { values }] of after.optimizer) {
        const off = distance(values, found.get(`slot/${name}`)!.data);
        assert.ok(off < 2e-3, `${JSON.stringify(wish)}, step ${step}: ${name} is off by ${off}`);
      }
    }
    await trainer.dispose();
  }
});

test.run();
