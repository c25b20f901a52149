import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Facts, recipeFor } from '../../src/runtime/data/look/recipe.ts';

const test = suite('a recipe for a manifest');

const spread = { least: 0, middle: 0, most: 0 };
const facts = (changes: Partial<Facts> = {}): Facts => ({
  version: 1,
  manifest: 'data.yaml',
  images: 1000,
  unreadable: 0,
  patients: 50,
  imagesPerPatient: spread,
  sizes: { '128×128': 1000 },
  spacings: { unknown: 1000 },
  extent: null,
  intensities: {
    ...{ whole: true, lowest: spread, percent1: spread, middle: spread, percent99: spread, highest: spread },
  },
  classes: [],
  channels: 1,
  maskValues: [0, 1, 2, 3].map((value) => ({ value, name: null, masks: 1000, pixels: 1 })),
  duplicates: { exact: [], near: [], compared: true },
  suspiciousMasks: [],
  leaks: [],
  ...changes,
});

test('of images of one size pads them and halves them down to four pixels', () => {
  const { fitting, levels, batch, epochs, structures } = recipeFor(facts());
  assert.is(fitting.fit, 'pad(128, 128)');
  assert.equal(levels, [16, 32, 64, 128, 256, 256]);
  assert.equal(
    [batch, epochs, structures.map(({ name }) => name)],
    [8, 30, ['structure_1', 'structure_2', 'structure_3']],
  );
  assert.is(recipeFor(facts({ sizes: { '218×200': 1 } })).fitting.fit, 'pad(224, 224)');
});

test('of images of several spacings resamples them to the one in the middle, if that holds all of them', () => {
  const spacings = { '1.000×1.000': 10, '1.500×1.500': 30, '2.000×2.000': 10 };
  const sizes = { '256×200': 50 };
  const of = (height: number, width: number) =>
    recipeFor(facts({ spacings, sizes, extent: { height, width } })).fitting.fit;
  assert.is(of(300, 240), '[resample(1.5), center(224, 160)]');
  // 512 mm at 1.5 mm are 342 pixels, too many.
  assert.is(of(512, 400), '[resample(2.01), center(256, 224)]');
});

test('of large images of unknown spacing makes the longer side 256 pixels', () => {
  const { fitting, batch } = recipeFor(facts({ sizes: { '512×400': 1, '300×360': 1 } }));
  assert.is(fitting.fit, '[longest(256), center(256, 256)]');
  assert.is(batch, 2);
});

test('of few images takes small batches, of which no epoch has less than the whole', () => {
  assert.is(recipeFor(facts({ images: 100 })).batch, 4);
  assert.is(recipeFor(facts({ images: 10 })).batch, 2);
  assert.is(recipeFor(facts({ images: 10 })).epochs, 400);
});

test('takes grey levels for no structures', () => {
  const maskValues = Array.from({ length: 40 }, (_, value) => ({ value, name: null, masks: 1, pixels: 1 }));
  assert.equal(recipeFor(facts({ maskValues })).structures, []);
  assert.equal(
    recipeFor(facts({ maskValues: [{ value: 0.5, name: null, masks: 1, pixels: 1 }] })).structures,
    [],
  );
});

test('gives a size that every image fits into and that can be halved as often as it has levels', () => {
  const side = fc.integer({ min: 8, max: 2000 });
  const spacing = fc.double({ min: 0.3, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(side, side, spacing), { minLength: 1, maxLength: 5 }), (images) => {
      const count = <T extends string>(names: readonly T[]) =>
        Object.fromEntries(names.map((name) => [name, 1]));
      const known = facts({
        sizes: count(images.map(([height, width]) => `${height}×${width}`)),
        spacings: count(images.map(([, , mm]) => `${mm.toFixed(3)}×${mm.toFixed(3)}`)),
        extent: {
          height: Math.max(...images.map(([height, , mm]) => height * mm)),
          width: Math.max(...images.map(([, width, mm]) => width * mm)),
        },
      });
      const { fitting, levels } = recipeFor(known);
      const { height, width } = fitting;
      const divisor = 2 ** (levels.length - 1);
      assert.ok(height % divisor === 0 && width % divisor === 0, `${height}×${width} by ${divisor}`);
      assert.ok(Math.max(height, width) <= 256);
      const resampled = /resample\(([\d.]+)\)/.exec(fitting.fit)?.[1];
      for (const [high, wide, mm] of images) {
        const factor = resampled === undefined ? 1 : mm / Number(resampled);
        assert.ok(Math.round(high * factor) <= height && Math.round(wide * factor) <= width, fitting.fit);
      }
    }),
  );
});

test.run();
