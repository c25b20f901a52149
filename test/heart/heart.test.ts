import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { heartMeasures } from '../../src/runtime/heart/heart.ts';
import { joinMoments } from '../../src/runtime/heart/moments.ts';
import type { HeartMoment } from '../../src/runtime/heart/slice.ts';
import { heartRole } from '../../src/runtime/heart/structures.ts';
import { ellipsoid, halfEllipsoidMl, heart, type Shape, structures } from './hearts.ts';

const test = suite('measures of the heart');
const degrees = Math.PI / 180;

/** The right ventricle to the left in the image, the front at its top. */
const usual: Shape = {
  ...{ spacing: [1.25, 1.25], thickness: 4, slices: 20, inner: ellipsoid(24, 80), wall: () => 9 },
  right: { start: 120 * degrees, end: 240 * degrees },
  front: [-1, 0],
};

function near(found: number | null | undefined, wanted: number, share: number): void {
  assert.ok(
    found != null && Math.abs(found - wanted) <= share * Math.abs(wanted),
    `${found} where geometry says ${wanted}`,
  );
}

test('volumes, mass and ejection fraction of half ellipsoids are those of geometry', () => {
  for (const spacing of [
    [1.25, 1.25],
    [0.9, 1.6],
  ] as const) {
    const systole = { ...usual, spacing, inner: ellipsoid(16, 70) };
    const measures = heartMeasures(structures, [
      heart({ ...usual, spacing }, '0'),
      heart(systole, '1'),
      heart({ ...usual, spacing, inner: ellipsoid(20, 76) }, '2'),
    ]);
    const [edv, esv] = [halfEllipsoidMl(24, 80), halfEllipsoidMl(16, 70)];
    const left = measures.function['left_ventricle']!;
    assert.equal(
      [left.endDiastole, left.endSystole, left.phases, left.chosenBy],
      [0, 1, ['0', '1'], 'volumes'],
    );
    near(left.edvMl, edv, 0.01);
    near(left.esvMl, esv, 0.01);
    near(left.strokeVolumeMl, edv - esv, 0.02);
    near(left.ejectionFraction, (100 * (edv - esv)) / edv, 0.01);
    // Between two half ellipsoids of equal thirds of the turn: the muscle is the outer less the inner, slice by slice.
    const radii = Array.from({ length: 20 }, (_, slice) => ellipsoid(24, 80)((slice + 0.5) * 4));
    const muscle =
      radii.reduce((sum, radius) => sum + Math.PI * ((radius + 9) ** 2 - radius ** 2) * 4, 0) / 1000;
    near(measures.phases['myocardium']![0]!.massG, 1.05 * muscle, 0.01);
    assert.is(measures.phases['left_ventricle']![0]!.massG, null);
    assert.not('myocardium' in measures.function);
    assert.is(measures.restTime, 0);
  }
});

test('moments that the data name are taken as such, whatever their volumes', () => {
  const [large, small] = [heart(usual, 'ES'), heart({ ...usual, inner: ellipsoid(16, 70) }, 'ED')];
  const measures = heartMeasures(structures, [small, large]);
  const left = measures.function['left_ventricle']!;
  assert.equal([left.chosenBy, left.phases], ['names', ['ED', 'ES']]);
  assert.ok(left.edvMl < left.esvMl && left.ejectionFraction! < 0);
});

test('volumes without a phase are not taken for the two ends of a cycle', () => {
  const measures = heartMeasures(structures, [heart(usual), heart({ ...usual, inner: ellipsoid(16, 70) })]);
  assert.equal(measures.function, {});
  assert.is(measures.restTime, null);
  assert.is(measures.segmentsReason, 'the volumes do not say which phase they are of');
});

test('slices of a patient are joined by phase, also from several files', () => {
  const slices = (moment: HeartMoment, volume: string) =>
    moment.slices.map((slice) => ({ phase: moment.phase, volume, slice }));
  const systole = heart({ ...usual, inner: ellipsoid(16, 70) }, 'ES');
  const diastole = heart(usual, 'ED');
  const joined = joinMoments([...slices(systole, 'b.npz'), ...slices(diastole, 'a.npz')]);
  assert.equal(
    joined.map(({ phase, slices: own }) => [phase, own.length]),
    [
      ['ED', 20],
      ['ES', 20],
    ],
  );
  assert.equal(heartMeasures(structures, joined), heartMeasures(structures, [diastole, systole]));
  const phases = ['10', '2', null, 'ES'].map((phase) => ({ phase, volume: 'v', slice: diastole.slices[0]! }));
  assert.equal(
    joinMoments(phases).map(({ phase }) => phase),
    ['ES', '2', '10', null],
  );
});

/** The value of the wall at an angle: degrees from the inferior insertion point towards the front. */
function labelled(shape: Shape): Shape {
  const { start, end } = shape.right!;
  const clockwise = Math.abs(start - 120 * degrees) < 1;
  return {
    ...shape,
    value: (angle) => {
      const along = clockwise ? angle - start : end - angle;
      return (((along / degrees) % 360) + 360) % 360;
    },
  };
}

for (const width of [90, 120, 150]) {
  test(`a septum of ${width}° is halved between the insertion points, and the rest quartered`, () => {
    const right = { start: (180 - width / 2) * degrees, end: (180 + width / 2) * degrees };
    const { segments, segmentsBasis } = heartMeasures(structures, [heart(labelled({ ...usual, right }))]);
    assert.equal(segmentsBasis, { septum: 'insertion points', shown: 20, slices: 20, front: 'file' });
    assert.equal(
      segments!.map(({ segment }) => segment),
      Array.from({ length: 16 }, (_, index) => index + 1),
    );
    const rest = (360 - width) / 4;
    const middles = [3, 2, 1, 6, 5, 4].map((segment, place) => [
      segment,
      place < 2 ? (width * (place + 0.5)) / 2 : width + rest * (place - 1.5),
    ]);
    const level = (segment: number) =>
      segments!.filter((one) => Math.ceil(one.segment / 6) === Math.ceil(segment / 6));
    for (const [segment, angle] of middles as [number, number][]) {
      for (const number of [segment, segment + 6]) {
        const { mean, deviation, pixels } = segments![number - 1]!;
        const part = segment === 2 || segment === 3 ? width / 2 : rest;
        const share = pixels / level(number).reduce((sum, one) => sum + one.pixels, 0);
        assert.ok(
          Math.abs(360 * share - part) < 3,
          `segment ${number}: ${360 * share}° where it has ${part}°`,
        );
        // The values of the last begin anew where the septum does.
        if (segment === 4) continue;
        assert.ok(Math.abs(mean - angle) < 4, `segment ${number}: ${mean} where ${angle} is its middle`);
        assert.ok(Math.abs(deviation - part / Math.sqrt(12)) < 2, `segment ${number}: ± ${deviation}`);
      }
    }
    // Quarters around the middle of the septum: the front is a quarter of a turn on.
    for (const [segment, angle] of [
      [14, width / 2],
      [13, width / 2 + 90],
      [16, width / 2 + 180],
    ] as const)
      assert.ok(Math.abs(segments![segment - 1]!.mean - angle) < 4, `segment ${segment}`);
  });
}

test('the segments of a mirrored image, and of one that is upside down, are the same walls', () => {
  const thick =
    (towards: number): Shape['wall'] =>
    (angle) =>
      8 + 4 * Math.max(0, Math.cos(angle - towards)) ** 4;
  const plain = heartMeasures(structures, [heart({ ...usual, wall: thick(-90 * degrees) })]);
  const mirrored = heartMeasures(structures, [
    heart({ ...usual, wall: thick(-90 * degrees), right: { start: -60 * degrees, end: 60 * degrees } }),
  ]);
  const upsideDown = heartMeasures(structures, [
    heart({ ...usual, wall: thick(90 * degrees), front: [1, 0] }),
  ]);
  for (const { segments } of [plain, mirrored, upsideDown]) {
    const thickest = [...segments!].sort((one, other) => other.wallMm! - one.wallMm!).slice(0, 3);
    assert.equal(
      thickest.map(({ segment }) => segment).sort((one, other) => one - other),
      [1, 7, 13],
    );
  }
});

test('wall thickness is that of geometry in every segment', () => {
  const { segments } = heartMeasures(structures, [heart(usual)]);
  for (const { segment, wallMm } of segments!) near(wallMm, 9, segment > 12 ? 0.12 : 0.05);
});

test('the mean thickness of an uneven wall is measured from the middle of the cavity, as its segments are', () => {
  // Thick at the septum as in hypertrophy: the ring's own middle lies off the cavity's.
  const wall = (angle: number) => 14 + 8 * Math.cos(angle - Math.PI);
  const uneven = { ...usual, wall, size: 128 };
  const [muscle] = heartMeasures(structures, [heart(uneven)]).phases['myocardium']!;
  near(muscle!.wallMm, 14, 0.1);
  // A ring whose cavity is not among the structures is measured from its own.
  const alone = heart({ ...usual });
  const rings = alone.slices.map((slice) => ({ ...slice, regions: [slice.regions[1]!] }));
  near(
    heartMeasures(['myocardium'], [{ ...alone, slices: rings.slice(0, 10) }]).phases['myocardium']![0]!
      .wallMm,
    9,
    0.1,
  );
});

test('where the ventricles do not touch, the middle of the right one tells the septum', () => {
  const right = { start: 120 * degrees, end: 240 * degrees, gap: 8 };
  const { segments, segmentsBasis } = heartMeasures(structures, [heart(labelled({ ...usual, right }))]);
  assert.is(segmentsBasis!.septum, 'middle of the right ventricle');
  assert.ok(Math.abs(segments![1]!.mean - 90) < 4);
});

test('what does not know where the front is takes the top of the image for it, and says so', () => {
  const { segmentsBasis, segments } = heartMeasures(structures, [heart(labelled({ ...usual, front: null }))]);
  assert.is(segmentsBasis!.front, 'top of the image');
  assert.ok(Math.abs(segments![1]!.mean - 90) < 4);
});

test('one slice alone has the six segments of the middle, with the values of their walls', () => {
  const { segments, segmentsBasis } = heartMeasures(structures, [heart(labelled({ ...usual, slices: 1 }))]);
  assert.equal(
    segments!.map(({ segment }) => segment),
    [7, 8, 9, 10, 11, 12],
  );
  assert.is(segmentsBasis!.slices, 1);
  const whole = heartMeasures(structures, [heart(labelled(usual))]).segments!;
  for (const one of segments!) {
    if (one.segment === 10) continue;
    const same = whole.find(({ segment }) => segment === one.segment)!;
    assert.ok(Math.abs(one.mean - same.mean) < 2 && Math.abs(one.deviation - same.deviation) < 1);
  }
  const emptied = (slice: HeartMoment['slices'][number]) => ({
    ...slice,
    regions: slice.regions.map((region) => new Uint8Array(region.length)),
  });
  const { slices } = heart(usual);
  const sparse = { phase: null, slices: slices.map((one, place) => (place === 3 ? one : emptied(one))) };
  assert.match(heartMeasures(structures, [sparse]).segmentsReason!, 'there are 1');
});

test('without a right ventricle, three slices or muscle there are no segments, and the reason', () => {
  const reason = (names: readonly string[], moment: HeartMoment) =>
    heartMeasures(names, [moment]).segmentsReason;
  assert.match(reason(structures, heart({ ...usual, right: null }))!, 'the right ventricle is in none');
  assert.match(reason(structures, heart({ ...usual, slices: 2 }))!, 'and there are 2');
  assert.match(reason(['scar', 'myocardium', 'left_ventricle'], heart(usual))!, 'the right ventricle, from');
  assert.match(
    reason(['right_ventricle', 'scar', 'left_ventricle'], heart(usual))!,
    'no structure is muscle',
  );
});

test('a heart without spacing has pixels, values and segments, and no millimetres', () => {
  const bare = heart(usual);
  const slices = bare.slices.map((slice) => ({ ...slice, spacing: null, voxelMm3: null }));
  const measures = heartMeasures(structures, [{ phase: null, slices }]);
  const [muscle] = measures.phases['myocardium']!;
  assert.equal([muscle!.volumeMl, muscle!.massG, muscle!.wallMm, muscle!.areaMm2], [null, null, null, null]);
  assert.is(measures.segments!.length, 16);
  assert.ok(measures.segments!.every(({ wallMm }) => wallMm === null));
});

test('structures are known by their names', () => {
  const names = [
    'RV',
    'rv_cavity',
    'MYO',
    'left-ventricle',
    'blood_pool',
    'LV',
    'lv_myocardium',
    'scar',
    'left_atrium',
  ];
  const [left, right] = ['left cavity', 'right cavity'] as const;
  assert.equal(names.map(heartRole), [right, right, 'muscle', left, left, left, 'muscle', null, null]);
});

test.run();
