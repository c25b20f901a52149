import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Pace } from '../../src/runtime/train/pace.ts';

const test = suite('pace');

test('it begins with one step, and asks for as many as take two seconds', () => {
  const pace = new Pace(16);
  assert.is(pace.steps, 1);
  pace.took(300);
  assert.is(pace.steps, 6);
  pace.took(700);
  assert.is(pace.steps, 2);
});

test('it asks for one where a step is long, and never for more than the engine is faster with', () => {
  const pace = new Pace(16);
  pace.took(5000);
  assert.is(pace.steps, 1);
  pace.took(1);
  assert.is(pace.steps, 16);
  const single = new Pace(1);
  single.took(1);
  assert.is(single.steps, 1);
});

test.run();
