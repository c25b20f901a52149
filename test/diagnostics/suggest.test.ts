import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { alternatives, didYouMean, distance, suggestions } from '../../src/compiler/diagnostics/suggest.ts';

const suggest = suite('suggestions');

const distances: readonly (readonly [from: string, to: string, expected: number])[] = [
  ['same', 'same', 0],
  ['Same', 'same', 1],
  ['', 'abc', 3],
  ['netwrok', 'network', 1],
  ['paralel_rates', 'parallel_rates', 1],
  ['kitten', 'sitting', 3],
  ['ab', 'ba', 1],
];

for (const [from, to, expected] of distances) {
  suggest(`\`${from}\` is ${expected} from \`${to}\``, () => assert.is(distance(from, to), expected));
}

suggest('the distance is symmetric, and no larger than the longer word', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      assert.is(distance(a, b), distance(b, a));
      assert.ok(distance(a, b) <= Math.max(a.length, b.length));
      assert.is(distance(a, b) === 0, a === b);
    }),
    { seed: 5, numRuns: 300 },
  );
});

suggest('only close words are suggested, the closest first, at most three', () => {
  assert.equal(suggestions('widht', ['width', 'weight', 'height', 'epochs']), ['width', 'weight', 'height']);
  assert.equal(suggestions('rate', ['rates', 'date', 'late', 'mate', 'gate']), ['date', 'gate', 'late']);
  assert.equal(suggestions('x', ['banana']), []);
  assert.equal(suggestions('RELU', ['relu']), ['relu']);
});

suggest('the threshold grows with the word: two fifths of its length and one', () => {
  assert.equal(suggestions('abcd', ['abxy']), ['abxy']);
  assert.equal(suggestions('abcd', ['axyz']), []);
  assert.equal(suggestions('abcde', ['abxyz']), ['abxyz']);
});

suggest('help carries an edit only when there is one suggestion', () => {
  const at = { file: 'a', start: 3, end: 8 };
  assert.equal(didYouMean(at, 'epohcs', ['epochs', 'batch']), [
    { message: 'did you mean `epochs`?', edits: [{ span: at, text: 'epochs' }] },
  ]);
  assert.equal(didYouMean(at, 'f0', ['f1', 'f2']), [{ message: 'did you mean `f1` or `f2`?' }]);
  assert.equal(didYouMean(at, 'zzz', ['epochs']), []);
});

suggest('names are listed in words', () => {
  assert.is(alternatives(['a', 'b', 'c']), '`a`, `b` or `c`');
  assert.is(alternatives(['a', 'b'], 'and'), '`a` and `b`');
  assert.is(alternatives(['a']), '`a`');
});

suggest.run();
