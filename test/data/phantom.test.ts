import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dealFolds } from '../../src/runtime/data/dataset/folds.ts';
import { acquire, blur, inversionTimes } from '../../src/runtime/data/phantom/acquisition.ts';
import { phantomCases } from '../../src/runtime/data/phantom/cases.ts';
import { cohort, type PhantomImage, type PhantomSource } from '../../src/runtime/data/phantom/cohort.ts';
import { fitT1 } from '../../src/runtime/data/phantom/fit.ts';
import { drawPhantom, type PhantomPicture } from '../../src/runtime/data/phantom/phantom.ts';
import { stream } from '../../src/runtime/random/random.ts';
import { paperPlan } from '../metrics/plans.ts';

const test = suite('the phantom');

const paper: PhantomSource = {
  kind: 'phantom',
  images: 654,
  seed: 0,
  difficulty: 'paper',
  diseased: 77 / 654,
  size: [256, 218],
};

/** Smaller pictures of the same hearts, drawn once for several tests. */
const small: PhantomSource = { ...paper, images: 24, diseased: 0.5, size: [144, 144] };
const drawn = cohort(small).map((image) => ({ image, picture: drawPhantom(small, image) }));

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function inside(mask: Uint8Array, values: ArrayLike<number>): number[] {
  return [...mask].flatMap((value, pixel) => (value === 1 ? [values[pixel]!] : []));
}

/** The number of connected regions of a value: diagonal neighbours count for the ring, not for what it encloses. */
function regions(mask: Uint8Array, width: number, value: number, diagonal: boolean): number {
  const seen = new Uint8Array(mask.length);
  const height = mask.length / width;
  let count = 0;
  for (let start = 0; start < mask.length; start += 1) {
    if (seen[start] === 1 || mask[start] !== value) continue;
    count += 1;
    const open = [start];
    seen[start] = 1;
    while (open.length > 0) {
      const pixel = open.pop()!;
      for (let down = -1; down <= 1; down += 1) {
        for (let right = -1; right <= 1; right += 1) {
          if (!diagonal && down !== 0 && right !== 0) continue;
          const row = Math.floor(pixel / width) + down;
          const column = (pixel % width) + right;
          const next = row * width + column;
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          if (seen[next] === 1 || mask[next] !== value) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
  }
  return count;
}

test("the paper's cohort has exactly 577 healthy and 77 diseased images, of some 258 subjects", () => {
  const images = cohort(paper);
  assert.is(images.filter(({ diagnosis }) => diagnosis === 'healthy').length, 577);
  assert.is(images.filter(({ diagnosis }) => diagnosis === 'diseased').length, 77);
  const cases = phantomCases(paper, paperPlan.data);
  const subjects = new Set(cases.map(({ patient }) => patient)).size;
  assert.ok(subjects > 235 && subjects < 285, `${subjects} subjects`);
  assert.is(new Set(cases.map(({ id }) => id)).size, 654);
  assert.ok(cases.every(({ spacing }) => spacing![0] >= 1.172 && spacing![0] <= 1.406));
});

test('no subject crosses folds', () => {
  const cases = phantomCases(paper, paperPlan.data);
  const folds = dealFolds(cases, paperPlan.evaluate.folds, 2021);
  const home = new Map<string, number>();
  for (const [index, { patient }] of cases.entries()) {
    assert.is(home.get(patient) ?? folds[index], folds[index]);
    home.set(patient, folds[index]!);
  }
});

test('a larger cohort begins with the subjects of a smaller one', () => {
  const few = new Set(cohort({ ...paper, images: 40 }).map((image) => JSON.stringify(image)));
  const many = new Set(cohort(paper).map((image) => JSON.stringify(image)));
  assert.ok([...few].every((image) => many.has(image)));
});

test('the same parameters draw the same bytes, another seed or difficulty others', () => {
  const image: PhantomImage = { diagnosis: 'diseased', subject: 2, level: 'mid' };
  const source: PhantomSource = { ...small, size: [72, 64] };
  const first = drawPhantom(source, image);
  assert.equal(drawPhantom({ ...source, images: 999 }, image), first);
  assert.not.equal(drawPhantom({ ...source, seed: 1 }, image).T1, first.T1);
  assert.not.equal(drawPhantom({ ...source, difficulty: 'easy' }, image).T1, first.T1);
});

test('every true mask is one ring around one hole', () => {
  for (const { picture } of drawn) {
    assert.is(regions(picture.trueMask, picture.width, 1, true), 1);
    assert.is(regions(picture.trueMask, picture.width, 0, false), 2);
  }
});

test('areas and relaxation times stay within what hearts have', () => {
  for (const { picture } of drawn) {
    const area = inside(picture.mask, picture.mask).length * picture.spacing ** 2;
    assert.ok(area > 400 && area < 4500, `${area} mm²`);
    assert.ok(picture.T1.every((value) => value >= 0 && value <= 3000));
    const ring = mean(inside(picture.trueMask, picture.T1));
    assert.ok(ring > 950 && ring < 1600, `${ring} ms`);
  }
});

test('diseased myocardium has a longer T1 on average', () => {
  const of = (diagnosis: string) =>
    drawn
      .filter(({ image }) => image.diagnosis === diagnosis)
      .map(({ picture }) => mean(inside(picture.trueMask, picture.T1)));
  assert.ok(mean(of('diseased')) > mean(of('healthy')) + 20);
});

test('blood relaxes more slowly than the wall around it', () => {
  for (const { picture } of drawn) {
    const middle = inside(picture.trueMask, Array.from(picture.trueMask.keys()));
    const row = Math.round(mean(middle.map((pixel) => Math.floor(pixel / picture.width))));
    const column = Math.round(mean(middle.map((pixel) => pixel % picture.width)));
    const blood = picture.T1[row * picture.width + column]!;
    assert.ok(blood > mean(inside(picture.trueMask, picture.T1)), `${blood} ms`);
  }
});

test('lungs and air are noise, not zero', () => {
  const { picture } = drawn[0]!;
  const corner = Array.from(picture.T1.subarray(0, 8 * picture.width));
  const spread = Math.sqrt(mean(corner.map((value) => (value - mean(corner)) ** 2)));
  assert.ok(spread > 200, `${spread} ms`);
});

test('two readers agree about as well as people do', () => {
  const overlap = ({ mask, secondMask }: PhantomPicture) => {
    const both = mask.reduce((sum, value, pixel) => sum + value * secondMask[pixel]!, 0);
    return (
      (2 * both) /
      (mask.reduce((sum, value) => sum + value, 0) + secondMask.reduce((sum, value) => sum + value, 0))
    );
  };
  const agreement = mean(drawn.map(({ picture }) => overlap(picture)));
  assert.ok(agreement > 0.8 && agreement < 0.92, `${agreement}`);
});

test('the protocol is MOLLI 5(3)3 at 67 beats per minute', () => {
  assert.equal(inversionTimes(900), [120, 1020, 1920, 2820, 3720, 200, 1100, 2000]);
});

test('the fit recovers T1 from a noiseless recovery', () => {
  const times = inversionTimes(900);
  for (const T1 of [400, 800, 1195, 1300, 1850]) {
    const apparent = 0.8 * T1;
    const B = T1 / apparent + 1;
    const series = times.map((time) => Float32Array.of(0.85 * (1 - B * Math.exp(-time / apparent))));
    const fitted = fitT1(series, times)[0]!;
    assert.ok(Math.abs(fitted - T1) < 0.02 * T1, `${fitted} for ${T1} ms`);
  }
});

test('off-resonance shortens T1 by 0.004 ms/Hz², as Kellman measured', () => {
  const at = (offResonance: number) => {
    const geometry = {
      height: 1,
      width: 1,
      spacing: 1.3,
      x: Float32Array.of(30),
      y: Float32Array.of(24),
      radius: Float32Array.of(38),
      angle: Float32Array.of(0),
      endocardium: Float32Array.of(24),
      wall: Float32Array.of(8),
    };
    const tissue = { T1: Float32Array.of(1200), density: Float32Array.of(1) };
    const times = inversionTimes(900);
    const motion = times.map(() => [0, 0] as const);
    const series = acquire(
      [tissue],
      geometry,
      { times, blur: 1e-3, motion, noise: 0, offResonance, direction: Math.PI / 2 },
      stream(0),
    );
    return fitT1(series, times)[0]!;
  };
  // The field there: half a ramp of 24 mm in 35, and the whole bump of 0.6.
  const field = 100 * (0.5 * (24 / 35) + 0.6);
  assert.ok(Math.abs(at(0) - at(100) - 0.004 * field ** 2) < 12);
});

test('blurring keeps the sum and spreads by its deviation', () => {
  const signal = new Float32Array(41 * 41);
  signal[20 * 41 + 20] = 1;
  const blurred = blur(signal, { height: 41, width: 41 }, 1.7);
  const sum = blurred.reduce((total, value) => total + value, 0);
  const variance = blurred.reduce(
    (total, value, pixel) => total + value * (Math.floor(pixel / 41) - 20) ** 2,
    0,
  );
  assert.ok(Math.abs(sum - 1) < 1e-4);
  assert.ok(Math.abs(Math.sqrt(variance) - 1.7) < 0.03);
});

test('an easy phantom has less noise than a paper one', () => {
  const noise = (difficulty: PhantomSource['difficulty']) =>
    mean(
      [0, 1, 2].map((subject) => {
        const source = { ...small, difficulty, size: [96, 96] as const };
        const picture = drawPhantom(source, { diagnosis: 'healthy', subject, level: 'mid' });
        const values = inside(picture.trueMask, picture.T1);
        return Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
      }),
    );
  assert.ok(noise('easy') < noise('paper'));
});

test.run();
