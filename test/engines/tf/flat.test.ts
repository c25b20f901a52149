import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { use } from './support.ts';
import { batchOf, tinyPlan, tinyTrainer } from './training-support.ts';

const test = suite('memory of training');

test('500 steps on the built-in engine leave no tensor and no memory behind', async () => {
  await use('wasm');
  const trainer = await tinyTrainer(tinyPlan());
  const batch = batchOf('flat', 2);
  const steps = async (count: number) => {
    for (let step = 0; step < count; step++) await trainer.step(batch, 1e-4);
    const { numTensors, numBytes } = tf.memory();
    return { numTensors, numBytes, resident: process.memoryUsage().rss };
  };
  const before = await steps(150);
  const after = await steps(350);
  assert.is(after.numTensors, before.numTensors);
  assert.is(after.numBytes, before.numBytes);
  const grown = (after.resident - before.resident) / 1e6;
  // JavaScript's own heap breathes; a leak of one map of this network's a step would be 700 MB.
  assert.ok(grown < 200, `${grown.toFixed(0)} MB`);
  trainer.dispose();
});

test.run();
