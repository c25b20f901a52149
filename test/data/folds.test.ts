import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Dealt, dealFolds, type FoldSettings } from '../../src/runtime/data/dataset/folds.ts';

const test = suite('folds');

const fiveFolds: FoldSettings = {
  kind: 'kfold',
  count: 5,
  fraction: 0.2,
  stratify: true,
  group: 'patient',
};
const holdout: FoldSettings = {
  kind: 'holdout',
  count: 1,
  fraction: 0.25,
  stratify: true,
  group: 'patient',
};

/** Patients with one to three images each; a patient has one class. */
const cohort = fc
  .array(fc.record({ images: fc.integer({ min: 1, max: 3 }), diseased: fc.boolean() }), {
    minLength: 12,
    maxLength: 90,
  })
  .map((patients) =>
    patients.flatMap(({ images, diseased }, patient) =>
      Array.from(
        { length: images },
        (_, image): Dealt => ({
          id: `p${patient}-${image}`,
          patient: `p${patient}`,
          class: diseased ? 'diseased' : 'healthy',
        }),
      ),
    ),
  );

const seeded = { seed: 2021, numRuns: 150 };

function count(images: readonly Dealt[], folds: readonly number[], fold: number, name?: string): number {
  return images.filter(
    (image, index) => folds[index] === fold && (name === undefined || image.class === name),
  ).length;
}

test('every image is held out exactly once', () => {
  fc.assert(
    fc.property(cohort, fc.integer(), (images, seed) => {
      const folds = dealFolds(images, fiveFolds, seed);
      assert.is(folds.length, images.length);
      assert.ok(folds.every((fold) => Number.isInteger(fold) && fold >= 1 && fold <= 5));
    }),
    seeded,
  );
});

test('no patient is in two folds', () => {
  fc.assert(
    fc.property(cohort, fc.integer(), fc.constantFrom(fiveFolds, holdout), (images, seed, settings) => {
      const home = new Map<string, number>();
      for (const [index, fold] of dealFolds(images, settings, seed).entries()) {
        const { patient } = images[index]!;
        assert.is(home.get(patient) ?? fold, fold);
        home.set(patient, fold);
      }
    }),
    seeded,
  );
});

test('each class is spread as evenly as whole patients allow', () => {
  fc.assert(
    fc.property(cohort, fc.integer(), (images, seed) => {
      const folds = dealFolds(images, fiveFolds, seed);
      for (const name of ['healthy', 'diseased']) {
        const counts = [1, 2, 3, 4, 5].map((fold) => count(images, folds, fold, name));
        // A patient has at most three images: giving to the poorest fold never opens a gap of more than that.
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 3, `${name}: ${counts}`);
      }
    }),
    seeded,
  );
});

test('with one image per patient the shares of each class differ by at most one image', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 120 }),
      fc.integer({ min: 5, max: 60 }),
      fc.integer(),
      (healthy, diseased, seed) => {
        const images = Array.from(
          { length: healthy + diseased },
          (_, index): Dealt => ({
            id: `${index}`,
            patient: `${index}`,
            class: index < healthy ? 'healthy' : 'diseased',
          }),
        );
        const folds = dealFolds(images, fiveFolds, seed);
        for (const name of ['healthy', 'diseased', undefined]) {
          const counts = [1, 2, 3, 4, 5].map((fold) => count(images, folds, fold, name));
          assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${name}: ${counts}`);
        }
      },
    ),
    seeded,
  );
});

test('the folds do not depend on the order of the rows', () => {
  fc.assert(
    fc.property(cohort, fc.integer(), (images, seed) => {
      const forward = dealFolds(images, fiveFolds, seed);
      const backward = dealFolds([...images].reverse(), fiveFolds, seed).toReversed();
      assert.equal(backward, forward);
    }),
    seeded,
  );
});

test('another seed deals otherwise', () => {
  const images = Array.from(
    { length: 40 },
    (_, index): Dealt => ({ id: `${index}`, patient: `${index}`, class: null }),
  );
  assert.equal(dealFolds(images, fiveFolds, 1), dealFolds(images, fiveFolds, 1));
  assert.not.equal(dealFolds(images, fiveFolds, 1), dealFolds(images, fiveFolds, 2));
});

test('a holdout keeps its fraction of each class', () => {
  const images = Array.from(
    { length: 120 },
    (_, index): Dealt => ({
      id: `${index}`,
      patient: `${index}`,
      class: index < 100 ? 'healthy' : 'diseased',
    }),
  );
  const folds = dealFolds(images, holdout, 3);
  assert.is(count(images, folds, 1, 'healthy'), 25);
  assert.is(count(images, folds, 1, 'diseased'), 5);
  assert.is(count(images, folds, 0), 90);
});

test('dealing images alone may split a patient: the leak that grouping prevents', () => {
  const images = Array.from(
    { length: 30 },
    (_, index): Dealt => ({
      id: `${index}`,
      patient: `p${Math.floor(index / 3)}`,
      class: null,
    }),
  );
  const folds = dealFolds(images, { ...fiveFolds, group: 'image' }, 1);
  const split = images.some((image, index) =>
    images.some((other, at) => other.patient === image.patient && folds[at] !== folds[index]),
  );
  assert.ok(split);
});

test("the paper's proportions survive: 577 healthy and 77 diseased images in five folds", () => {
  const sizes = [3, 2, 3, 1, 3];
  const images: Dealt[] = [];
  for (const [name, total] of [
    ['healthy', 577],
    ['diseased', 77],
  ] as const) {
    for (let made = 0, patient = 0; made < total; patient += 1) {
      const size = Math.min(sizes[patient % 5]!, total - made);
      for (let image = 0; image < size; image += 1) {
        images.push({ id: `${name}${patient}-${image}`, patient: `${name}${patient}`, class: name });
      }
      made += size;
    }
  }
  const folds = dealFolds(images, fiveFolds, 2021);
  for (const fold of [1, 2, 3, 4, 5]) {
    assert.ok(Math.abs(count(images, folds, fold, 'healthy') - 577 / 5) <= 1);
    assert.ok(Math.abs(count(images, folds, fold, 'diseased') - 77 / 5) <= 1);
  }
});

test('a holdout of 0 lets every image train', () => {
  const images = ['a', 'b', 'c'].map((id) => ({ id, patient: id, class: null }));
  const settings = { kind: 'holdout', count: 1, fraction: 0, stratify: true, group: 'patient' } as const;
  assert.equal(dealFolds(images, settings, 3), [0, 0, 0]);
});

test.run();
