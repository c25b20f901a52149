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
  assert.equal(suggestions('widht', ['width', 'weight', 'height', 'epochs']), ['width']);
  assert.equal(suggestions('rate', ['rates', 'date', 'late', 'mate', 'gate']), ['date', 'gate', 'late']);
  assert.equal(suggestions('x', ['banana']), []);
  assert.equal(suggestions('RELU', ['relu']), ['relu']);
});

suggest('a third of the letters may differ, one of a short word, and never all', () => {
  assert.equal(suggestions('abcdef', ['abcdxy']), ['abcdxy']);
  assert.equal(suggestions('abcde', ['abcxy']), []);
  assert.equal(suggestions('float', ['block']), []);
  assert.equal(suggestions('max', ['pad']), []);
  assert.equal(suggestions('lr', ['le']), ['le']);
  assert.equal(suggestions('x', ['y']), []);
});

suggest('help carries an edit only when there is one suggestion', () => {
  const at = { file: 'a', start: 3, end: 8 };
  assert.equal(didYouMean(at, 'epohcs', ['epochs', 'batch']), [
    { message: 'did you mean `epochs`?', fix: 'spelling', edits: [{ span: at, text: 'epochs' }] },
  ]);
  assert.equal(didYouMean(at, 'f0', ['f1', 'f2']), [{ message: 'did you mean `f1` or `f2`?' }]);
  assert.equal(didYouMean(at, 'zzz', ['epochs']), []);
});

suggest('a word of the field stands for the name that fits the place', () => {
  const at = { file: 'a', start: 3, end: 8 };
  const messages = (word: string, names: readonly string[]) =>
    didYouMean(at, word, names).map(({ message }) => message);
  assert.equal(messages('dilation', ['kernel', 'rate']), ['it is called `rate` here']);
  assert.equal(messages('dilation', ['epochs']), []);
  assert.equal(messages('float', ['int', 'real', 'block']), ['it is called `real` here']);
  assert.equal(messages('adamw', ['adam', 'sgd']), ['use `adam(…)`, and set `weight_decay` in `train`']);
});

suggest('names are listed in words', () => {
  assert.is(alternatives(['a', 'b', 'c']), '`a`, `b` or `c`');
  assert.is(alternatives(['a', 'b'], 'and'), '`a` and `b`');
  assert.is(alternatives(['a']), '`a`');
});

suggest.run();
