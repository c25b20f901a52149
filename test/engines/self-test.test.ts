import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../src/runtime/engines/choice/backend.ts';
import { openedEngine, type Primitives, registerEngine } from '../../src/runtime/engines/tf/primitives.ts';
import { checkMemory, checkPrimitives } from '../../src/runtime/engines/trial/check-primitives.ts';

const test = suite('self-test of an engine');

test.before(async () => {
  await openBackend({ name: 'cpu' });
  await openBackend({ name: 'wasm', threads: 2 });
});

test('an engine that is right passes and keeps nothing', async () => {
  assert.equal(await checkPrimitives(1e-4), []);
  assert.is(tf.getBackend(), 'wasm');
  assert.is(checkMemory(3).tensors, 0);
});

test('an engine with a wrong gradient, a missing kernel or a leak is found out', async () => {
  const whole = openedEngine();
  const right = whole.primitives;
  const run = (primitives: Primitives) => registerEngine('wasm', { ...whole, primitives });
  const leaks: tf.Tensor[] = [];
  run({
    ...right,
    correlate: (x, dy, axes) => tf.mul(right.correlate(x, dy, axes), 1.01),
    maxPool: () => {
      throw new Error('no such kernel');
    },
  });
  try {
    const wrong = await checkPrimitives(1e-4);
    assert.is(wrong.length, 2);
    assert.match(wrong[0]!, /^correlate differs by 1\.\de-2$/);
    assert.is(wrong[1], 'maxPool: no such kernel');

    run({
      ...right,
      sum: (tensors) => {
        leaks.push(tf.keep(tf.ones([1])));
        return right.sum(tensors);
      },
    });
    assert.is(checkMemory(3).tensors, 3);
  } finally {
    run(right);
    tf.dispose(leaks);
  }
});

test.run();
