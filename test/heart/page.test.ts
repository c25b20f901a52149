import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { heartMeasures } from '../../src/runtime/heart/heart.ts';
import { outlinesOf } from '../../src/runtime/heart/page/contours.ts';
import { drawPage, type HeartPage } from '../../src/runtime/heart/page/page.ts';
import { ellipsoid, heart, type Shape, structures } from './hearts.ts';

const test = suite('pages of patients');

/** Twice the area within closed lines, holes counted against it. */
function twiceArea(outlines: ReturnType<typeof outlinesOf>): number {
  return outlines.reduce(
    (sum, outline) =>
      outline.reduce((own, [x, y], index) => {
        const [nextX, nextY] = outline[(index + 1) % outline.length]!;
        return own + x * nextY - nextX * y;
      }, sum),
    0,
  );
}

test('outlines go around every region: what they enclose follows from its squares of four pixels', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }).chain((columns) =>
        fc.record({
          columns: fc.constant(columns),
          pixels: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: columns, maxLength: 9 * columns }),
        }),
      ),
      ({ columns, pixels }) => {
        const rows = Math.floor(pixels.length / columns);
        const region = Uint8Array.from(pixels.slice(0, rows * columns));
        const at = (row: number, column: number) =>
          row >= 0 && column >= 0 && row < rows && column < columns ? region[row * columns + column]! : 0;
        // A corner has an eighth of a square, an edge a half, three corners seven eighths; corners that touch two of one.
        let expected = 0;
        for (let row = -1; row < rows; row += 1)
          for (let column = -1; column < columns; column += 1) {
            const count =
              at(row, column) + at(row, column + 1) + at(row + 1, column) + at(row + 1, column + 1);
            const diagonal = count === 2 && at(row, column) === at(row + 1, column + 1);
            expected += diagonal ? 2 / 8 : [0, 1 / 8, 1 / 2, 7 / 8, 1][count]!;
          }
        assert.ok(Math.abs(Math.abs(twiceArea(outlinesOf(region, rows, columns)) / 2) - expected) < 1e-9);
      },
    ),
  );
});

const shape: Shape = {
  ...{ spacing: [1.5, 1.5], thickness: 8, slices: 9, inner: ellipsoid(24, 80), wall: () => 9, size: 80 },
  right: { start: 2.1, end: 4.2 },
  front: [-1, 0],
  value: () => 1150,
};

function page(change: Partial<HeartPage> = {}): string {
  const moments = [heart(shape, 'ED'), heart({ ...shape, inner: ellipsoid(16, 70) }, 'ES')];
  return drawPage({
    ...{
      patient: 'p1',
      about: 'segmentation',
      structures,
      truth: null,
      imageUnit: 'ms',
      provenance: 'run r',
    },
    predicted: { moments, measures: heartMeasures(structures, moments) },
    ...change,
  });
}

test('a page has both ends of the cycle, all segments, every measure and where they come from', () => {
  const text = page();
  for (const wanted of [
    'End-diastole',
    'End-systole',
    'Wall thickness, mm',
    'Mean value of the muscle, ms',
    'EF, %',
    'mass, g',
    'run r',
    'not for clinical use',
  ])
    assert.ok(text.includes(wanted), wanted);
  for (let segment = 1; segment <= 16; segment += 1)
    assert.ok(text.includes(`>${segment}</text>`), String(segment));
  assert.is(text.match(/<image /g)!.length, 18);
  assert.not.match(text, 'dashed');
  assert.not.match(text, 'NaN');
});

test('beside the truth a page has its outlines, its measures and the differences', () => {
  const moments = [heart({ ...shape, wall: () => 12 }, 'ED'), heart(shape, 'ES')];
  const text = page({ truth: { moments, measures: heartMeasures(structures, moments) } });
  for (const wanted of ['dashed: truth', 'difference', 'stroke-dasharray'])
    assert.ok(text.includes(wanted), wanted);
});

test('names are cleaned and shortened, whatever they hold', () => {
  const text = page({ patient: `<script>"&\u0007${'x'.repeat(90)}` });
  assert.ok(text.includes('&lt;script&gt;&quot;&amp; xxx'));
  assert.not.match(text, /<script|x{60}/);
  assert.not.ok(text.includes('\u0007'));
});

test('what cannot be told is said: no segments, no phases, empty masks', () => {
  const flat = [heart({ ...shape, slices: 1, right: null })];
  const one = page({ predicted: { moments: flat, measures: heartMeasures(structures, flat) } });
  assert.match(one, 'No segments:');
  const nothing = [heart({ ...shape, inner: () => 0, wall: () => 0, right: null })];
  const empty = page({ predicted: { moments: nothing, measures: heartMeasures(structures, nothing) } });
  assert.not.match(empty, 'NaN');
  assert.match(empty, '<image ');
});

test.run();
