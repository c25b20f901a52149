import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepLargestComponent } from '../../src/runtime/metrics/masks/components.ts';

const test = suite('the largest component');

const kept = (rows: readonly string[]) => {
  const mask = Uint8Array.from([...rows.join('')].map((sign) => (sign === '#' ? 1 : 0)));
  const width = rows[0]!.length;
  keepLargestComponent(mask, rows.length, width);
  return rows.map((_, row) =>
    [...mask.slice(row * width, (row + 1) * width)].map((on) => (on ? '#' : '.')).join(''),
  );
};

test('stays, and others go; corners do not join', () => {
  assert.equal(kept(['##..#', '#..#.', '....#']), ['##...', '#....', '.....']);
});

test('of equal ones the first stays; nothing stays nothing; a border joins no rows', () => {
  assert.equal(kept(['#.#']), ['#..']);
  assert.equal(kept(['...']), ['...']);
  assert.equal(kept(['..#', '#..']), ['..#', '...']);
});

/** The same by spreading labels until nothing changes. */
function slowly(mask: Uint8Array, height: number, width: number): Uint8Array {
  const label = Array.from(mask, (on, pixel) => (on ? pixel : -1));
  const joined = (a: number, b: number) => {
    const [row, column] = [
      Math.abs(Math.floor(a / width) - Math.floor(b / width)),
      Math.abs((a % width) - (b % width)),
    ];
    return row + column === 1;
  };
  for (let round = 0; round < height * width; round++) {
    for (let a = 0; a < mask.length; a++)
      for (let b = 0; b < mask.length; b++)
        if (label[a]! >= 0 && label[b]! >= 0 && joined(a, b)) label[a] = Math.min(label[a]!, label[b]!);
  }
  const sizes = new Map<number, number>();
  for (const one of label) if (one >= 0) sizes.set(one, (sizes.get(one) ?? 0) + 1);
  const best = [...sizes].sort(([a, n], [b, m]) => m - n || a - b)[0]?.[0];
  return Uint8Array.from(label, (one) => (one >= 0 && one === best ? 1 : 0));
}

test('is what spreading labels finds', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (pixels) => {
      const mask = Uint8Array.from(pixels, Number);
      const expected = slowly(mask, 5, 6);
      keepLargestComponent(mask, 5, 6);
      assert.equal(mask, expected);
    }),
    { numRuns: 50, seed: 1 },
  );
});

test.run();
