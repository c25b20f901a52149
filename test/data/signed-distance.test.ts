import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signedDistances as defined } from '../../src/compiler/interpret/signed-distance.ts';
import { signedDistances, withDistances } from '../../src/runtime/data/batches/signed-distance.ts';
import { randomTensor } from '../step/support.ts';

const test = suite('distances to the border of a truth');

test('are those of their definition, of every image and channel', () => {
  const shape = [2, 13, 11, 3];
  const truth = randomTensor('truth', shape, (x) => (x > 1 ? 1 : 0));
  // One channel is empty and one is full.
  const changed = truth.data.map((value, index) =>
    index % 3 !== 2 ? value : index < truth.data.length / 2 ? 0 : 1,
  );
  const expected = defined({ shape, data: changed }).data;
  const found = signedDistances(Float32Array.from(changed), [13, 11, 3]);
  for (const [index, value] of expected.entries())
    assert.ok(Math.abs(found[index]! - value) < 1e-6, `at ${index}`);
  assert.is(found.at(-1), 0);
});

test('are 1 beside the border and 0 on the pixels just inside it', () => {
  assert.equal([...signedDistances(Float32Array.of(0, 0, 1, 1, 1), [1, 5, 1])], [2, 1, 0, -1, -2]);
});

test('belong to batches of heads whose loss reads them, and to no others', () => {
  const batch = { ids: ['a'], images: new Float32Array(4), targets: { h: Float32Array.of(0, 1, 1, 0) } };
  const size = () => [2, 2, 1];
  assert.is(withDistances(batch, [{ weight: 1, head: 'h', loss: 'bce' }], size), batch);
  const { distances } = withDistances(batch, [{ weight: 1, head: 'h', loss: 'boundary' }], size);
  assert.equal([...distances!['h']!], [1, 0, 0, 1]);
});

test.run();
