import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { agreements, type JudgedHeart } from '../../src/runtime/heart/agreement.ts';
import { heartMeasures } from '../../src/runtime/heart/heart.ts';
import { heart, structures } from './hearts.ts';

const test = suite('agreement of measures with the truth');

/** A heart of cylinders. */
function measures(radius: number, shrunk: number, value: number) {
  const shape = (inner: number) => ({
    ...{
      spacing: [1, 1] as const,
      thickness: 8,
      slices: 4,
      inner: () => inner,
      wall: () => 8,
      right: null,
      size: 80,
    },
    value: () => value,
  });
  return heartMeasures(structures, [heart(shape(radius), 'ED'), heart(shape(shrunk), 'ES')]);
}

const hearts: readonly JudgedHeart[] = [
  [25, 15, 1200, 26, 15, 1210],
  [22, 14, 1150, 21, 14, 1175],
  [24, 10, 1250, 24, 12, 1245],
].map(([a, b, c, d, e, f], index) => ({
  ...{ patient: `p${index}`, fold: 1, reason: null },
  heads: { segmentation: { truth: measures(a!, b!, c!), predicted: measures(d!, e!, f!) } },
}));

test('every measure that a structure has is compared patient by patient, in its unit', () => {
  const found = agreements(hearts, 'ms');
  const mean = found.find(({ path }) => path === 'segmentation.myocardium.mean')!;
  assert.equal(
    [mean.unit, mean.n, mean.bias.toFixed(6), mean.deviation!.toFixed(6)],
    ['ms', 3, '10.000000', '15.000000'],
  );
  assert.equal(
    mean.patients.map(({ truth, measured }) => measured - truth),
    [10, 25, -5],
  );
  const edv = found.find(({ path }) => path === 'segmentation.left_ventricle.edv')!;
  assert.is(edv.unit, 'ml');
  const difference = (Math.PI * (26 ** 2 - 25 ** 2 + 21 ** 2 - 22 ** 2) * 32) / 1000 / 3;
  assert.ok(Math.abs(edv.bias - difference) < 0.35, `${edv.bias} where geometry says ${difference}`);
  assert.equal(
    found.filter(({ path }) => path.includes('left_ventricle')).map(({ path }) => path.split('.')[2]),
    ['edv', 'esv', 'sv', 'ef'],
  );
});

test('a patient of whom the network finds nothing is named, and not counted as agreeing', () => {
  const none = {
    ...hearts[0]!,
    patient: 'lost',
    heads: { segmentation: { truth: measures(25, 15, 1), predicted: measures(0, 0, 1) } },
  };
  const [ef] = agreements([...hearts, none], '').filter(({ path }) => path.endsWith('left_ventricle.ef'));
  assert.equal([ef!.n, ef!.without], [3, ['lost']]);
});

test('several networks of one patient count as one patient, and vary as one network does', () => {
  // Reference: measured values of three seeds as one-way analysis of variance has them.
  const seeds = [0, 1, 2].map(() => hearts.map((one) => ({ one, noise: 40 * (Math.random() - 0.5) })));
  const noisy = seeds.flat().map(({ one, noise }): JudgedHeart => {
    const { truth, predicted } = one.heads['segmentation']!;
    const phases = structuredClone(predicted.phases) as typeof predicted.phases;
    for (const phase of phases['myocardium']!) Object.assign(phase, { mean: phase.mean! + noise });
    return { ...one, heads: { segmentation: { truth, predicted: { ...predicted, phases } } } };
  });
  const single = agreements(hearts, 'ms').find(({ path }) => path === 'segmentation.myocardium.mean')!;
  const found = agreements(noisy, 'ms').find(({ path }) => path === 'segmentation.myocardium.mean')!;
  assert.is(found.n, 3);
  const own = hearts.map((_, index) => seeds.map((seed) => [10, 25, -5][index]! + seed[index]!.noise));
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const means = own.map(mean);
  const between = means.reduce((sum, one) => sum + (one - mean(means)) ** 2, 0) / 2;
  const within = own.flatMap((one, index) => one.map((value) => (value - means[index]!) ** 2));
  const total = between + (mean(within) * 9) / 6 - (mean(within) * 9) / 6 / 3;
  assert.ok(Math.abs(found.bias - mean(means)) < 1e-6);
  assert.ok(
    Math.abs(found.deviation! - Math.sqrt(total)) < 1e-6,
    `${found.deviation} and ${Math.sqrt(total)}`,
  );
  assert.ok(single.deviation! > 0);
});

test('hearts that are not measured agree in nothing', () => {
  assert.equal(agreements([{ patient: 'p', fold: 1, heads: {}, reason: 'spread over folds' }], 'ms'), []);
});

test.run();
