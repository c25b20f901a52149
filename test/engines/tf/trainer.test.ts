import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { batchStatistics } from '../../../src/compiler/interpret/normalisation.ts';
import { tensor } from '../../../src/compiler/interpret/tensor.ts';
import { emitPlan } from '../../../src/compiler/targets/tfjs/emit.ts';
import { Network } from '../../support/network.ts';
import { distance, randomValues, testBackends, use } from './support.ts';
import { batchOf, size, tinyPlan, tinyTrainer } from './training-support.ts';

const rate = 0.003;

for (const backend of testBackends) {
  const test = suite(`trainer on ${backend}`);
  test.before(() => use(backend));

  test('the loss is the weighted sum of the heads', async () => {
    const trainer = tinyTrainer(tinyPlan());
    const { loss, heads } = await trainer.step(batchOf('sum', 4), rate);
    const sum = 0.9 * heads['segmentation']! + 0.1 * heads['diagnosis']!;
    assert.ok(Math.abs(loss - sum) < 1e-6, `${loss} instead of ${sum}`);
    await trainer.dispose();
  });

  test('tensors do not grow with steps, evaluations and recalibrations, and dispose leaves none', async () => {
    const before = tf.memory().numTensors;
    const trainer = tinyTrainer(tinyPlan());
    const batch = batchOf('memory', 4);
    const built = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) {
      await trainer.step(batch, rate);
      await trainer.evaluate(batch);
      await trainer.predict(batch);
      await trainer.recalibrate([batch, batch]);
      await trainer.restore(await trainer.snapshot());
      assert.is(tf.memory().numTensors, built);
    }
    await trainer.dispose();
    assert.is(tf.memory().numTensors, before);
  });

  test('a snapshot restored into another trainer goes on with the same numbers, dropout included', async () => {
    const plan = tinyPlan();
    const one = tinyTrainer(plan);
    const two = tinyTrainer({ ...plan, train: { ...plan.train } });
    for (const key of ['a', 'b']) await one.step(batchOf(key, 4), rate);
    await two.restore(await one.snapshot());
    for (const key of ['c', 'd'])
      assert.equal(await two.step(batchOf(key, 4), rate), await one.step(batchOf(key, 4), rate));
    assert.equal(await two.snapshot(), await one.snapshot());
    await one.dispose();
    await two.dispose();
  });

  test('a snapshot of another network is refused', async () => {
    const trainer = tinyTrainer(tinyPlan());
    const { optimizer, state } = await trainer.snapshot();
    await trainer.restore({ weights: new Map(), optimizer, state }).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /no values for the weight/),
    );
    await trainer.dispose();
  });

  test('inference does not depend on the other images of a batch; training does', async () => {
    const trainer = tinyTrainer(tinyPlan());
    for (const key of ['a', 'b', 'c']) await trainer.step(batchOf(key, 4), rate);
    const { images } = batchOf('inference', 3);
    const all = (await trainer.predict({ images })).heads['segmentation']!;
    const alone = await trainer.predict({ images: images.slice(size * size, 2 * size * size) });
    assert.ok(distance(alone.heads['segmentation']!, all.slice(size * size, 2 * size * size)) < 1e-5);
    await trainer.dispose();
  });

  test('recalibration sets moving statistics to the mean of those of the batches', async () => {
    const network = new Network([4, 4, 2]);
    const norm = network.apply('batch_norm', network.image, {}, { path: 'norm' });
    network.head('h', 'mask', network.apply('sigmoid', norm, {}));
    const plan = { ...tinyPlan(), network: emitPlan(network.build()), loss: [] };
    const trainer = tinyTrainer(plan);
    const batches = ['one', 'two', 'three'].map((key) => randomValues(key, [2, 4, 4, 2]));
    await trainer.recalibrate(
      batches.map(({ data }) => ({ ids: ['', ''], images: Float32Array.from(data), targets: {} })),
    );
    const { weights } = await trainer.snapshot();
    const each = batches.map((batch) => batchStatistics(tensor(batch.shape, batch.data)));
    // As Keras keeps it: n / (n − (1 + epsilon)) times the biased variance.
    const correction = 32 / (32 - 1.001);
    for (const channel of [0, 1]) {
      const mean = each.reduce((sum, one) => sum + one.mean.data[channel]! / 3, 0);
      const variance = each.reduce((sum, one) => sum + (correction * one.variance.data[channel]!) / 3, 0);
      const actual = (role: string) => weights.get(`norm/${role}`)!.values[channel]!;
      assert.ok(Math.abs(actual('moving_mean') - mean) < 1e-6);
      assert.ok(Math.abs(actual('moving_variance') - variance) < 1e-6);
    }
    await trainer.dispose();
  });

  test('a step takes the learning rate that it is given', async () => {
    const trainer = tinyTrainer(tinyPlan());
    const trained = async () => (await trainer.snapshot()).weights.get('first/conv/kernel')!.values.slice();
    const start = await trained();
    await trainer.step(batchOf('rate', 4), 0);
    assert.equal(await trained(), start);
    await trainer.step(batchOf('rate', 4), rate);
    assert.not.equal(await trained(), start);
    await trainer.dispose();
  });

  test.run();
}

const overfit = suite('overfitting on wasm');
overfit.before(() => use('wasm'));

overfit('forty steps on eight images make both losses small', async () => {
  const optimizer = { kind: 'rmsprop', lr: 0.02, rho: 0.9, epsilon: 1e-7 } as const;
  const trainer = tinyTrainer(tinyPlan({ optimizer }));
  const batch = batchOf('overfit', 8);
  const first = await trainer.step(batch, optimizer.lr);
  let last = first;
  for (let step = 2; step <= 40; step++) last = await trainer.step(batch, optimizer.lr);
  assert.ok(first.heads['segmentation']! > 0.8, `segmentation starts at ${first.heads['segmentation']}`);
  assert.ok(last.heads['segmentation']! < 0.1, `segmentation ends at ${last.heads['segmentation']}`);
  assert.ok(last.heads['diagnosis']! < 0.15, `diagnosis ends at ${last.heads['diagnosis']}`);
  await trainer.dispose();
});

overfit.run();
