import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { balancedOrder, showingsIn } from '../../src/runtime/data/batches/batches.ts';

const test = suite('images shown several times');

test('the showings of an image within a balanced epoch are counted, so that each has its own movement', () => {
  const classes = Array.from({ length: 20 }, (_, index) => (index < 3 ? 'rare' : 'usual'));
  const order = balancedOrder(classes, 1 + (Date.now() % 1000), 1, 1);
  const showings = showingsIn(order);
  const seen = order.map((image, place) => `${image} ${showings[place]}`);
  assert.is(new Set(seen).size, order.length, 'no image comes twice with one number');
  assert.ok(Math.max(...showings) >= 3, 'ten places for three images');
  assert.ok(order.every((image, place) => showings[place] === 0 || order.indexOf(image) < place));
});

test.run();
