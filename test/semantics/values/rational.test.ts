import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  negate,
  parseRational,
  subtract,
  toNumber,
  whole,
} from '../../../src/compiler/semantics/values/rational.ts';

const test = suite('exact numbers');

const rational = fc
  .tuple(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 1, max: 500 }))
  .map(([numerator, denominator]) => divide(whole(numerator), whole(denominator)));

test('decimals are exact', () => {
  assert.equal(formatRational(subtract(whole(1), parseRational('0.9'))), '0.1');
  assert.equal(formatRational(add(parseRational('0.1'), parseRational('0.2'))), '0.3');
  assert.is(toNumber(subtract(whole(1), parseRational('0.9'))), 0.1);
});

for (const [text, number, printed] of [
  ['40', 40, '40'],
  ['0.003', 0.003, '0.003'],
  ['1e-7', 1e-7, '1e-7'],
  ['2.5e3', 2500, '2500'],
  ['.5', 0.5, '0.5'],
  ['12.50', 12.5, '12.5'],
] as const) {
  test(`${text} is read and written`, () => {
    assert.is(toNumber(parseRational(text)), number);
    assert.is(formatRational(parseRational(text)), printed);
  });
}

test('a third is kept exact, and rounded only when a double is asked for', () => {
  const third = divide(whole(1), whole(3));
  assert.equal(multiply(third, whole(3)), whole(1));
  assert.is(toNumber(third), 1 / 3);
});

test('the laws of arithmetic hold', () => {
  fc.assert(
    fc.property(rational, rational, rational, (a, b, c) => {
      assert.equal(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)));
      assert.equal(subtract(add(a, b), b), a);
      assert.is(Math.sign(compare(a, b)), -Math.sign(compare(b, a)));
      assert.equal(negate(negate(a)), a);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('a decimal that is written is read back as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: 1e-9, max: 1e9 }), (value) => {
      const exact = parseRational(String(value));
      assert.equal(parseRational(formatRational(exact)), exact);
      assert.is(toNumber(exact), value);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test.run();
