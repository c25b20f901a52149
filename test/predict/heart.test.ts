import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/index.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { heartMeasures } from '../../src/runtime/predict/heart.ts';
import { heartRole } from '../../src/runtime/predict/heart-structures.ts';

const test = suite('measures of the heart');

const size = 64;
const structures = [
  { name: 'right_ventricle', values: [1] },
  { name: 'myocardium', values: [2] },
  { name: 'left_ventricle', values: [3] },
];
const plan = { data: { structures } } as unknown as RunPlan;

/**
 * Six slices of 8 mm with a cavity of the given radius, a wall of 6 pixels and the right ventricle to the left of it. The
 * image holds each wall pixel's angle in degrees, counted from the septum towards the front, which lies at the top.
 */
function cine(radii: readonly number[], { mirrored = false, slices = 6 } = {}) {
  const length = radii.length * slices * size * size;
  const [mask, values] = [new Uint8Array(length), new Float32Array(length)];
  for (let index = 0; index < length; index += 1) {
    const [row, column] = [Math.floor(index / size) % size, index % size];
    const slice = Math.floor(index / size / size) % slices;
    const radius = radii[Math.floor(index / size / size / slices)]! - slice;
    const [down, across] = [row - 32, (mirrored ? size - 1 - column : column) - 34];
    const away = Math.hypot(down, across);
    const right = Math.hypot(down, across + 20) < 9;
    mask[index] = away < radius ? 3 : away < radius + 6 ? 2 : right ? 1 : 0;
    values[index] = ((Math.atan2(-down, -across) * 180) / Math.PI + 360) % 360;
  }
  const x = mirrored ? -1.5 : 1.5;
  const volume: Volume = {
    ...{ columns: size, rows: size, slices, frames: radii.length, channels: 1, values },
    ...{ spacing: [1.5, 1.5, 8], source: { kind: 'array' } },
    // Rows run to the back of the patient.
    affine: [x, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1],
  };
  return { mask, volume };
}

test('cavities have volumes, muscle has a mass, and both have every phase', () => {
  const { mask, volume } = cine([12, 15, 9]);
  const { phases, function: functions } = heartMeasures(plan, mask, volume);
  const each = mask.length / 3;
  const ml = (time: number, value: number) =>
    mask.subarray(time * each, (time + 1) * each).filter((one) => one === value).length *
    ((1.5 * 1.5 * 8) / 1000);
  assert.equal(
    phases['left_ventricle']!.map(({ volumeMl }) => volumeMl),
    [ml(0, 3), ml(1, 3), ml(2, 3)],
  );
  assert.equal(
    phases['left_ventricle']!.map(({ massG }) => massG),
    [null, null, null],
  );
  assert.ok(Math.abs(phases['myocardium']![1]!.massG! - 1.05 * ml(1, 2)) < 1e-9);
  const found = functions['left_ventricle']!;
  assert.equal([found.endDiastole, found.endSystole, found.edvMl, found.esvMl], [1, 2, ml(1, 3), ml(2, 3)]);
  assert.ok(Math.abs(found.ejectionFraction - (100 * (ml(1, 3) - ml(2, 3))) / ml(1, 3)) < 1e-9);
  assert.not('myocardium' in functions);
  assert.equal(heartMeasures(plan, mask, { ...volume, spacing: null }).phases['myocardium']![0], {
    time: 0,
    volumeMl: null,
    massG: null,
  });
});

for (const mirrored of [false, true]) {
  test(`the sixteen segments are counted from the septum to the front${mirrored ? ', also in a mirrored image' : ''}`, () => {
    const { mask, volume } = cine([12, 15], { mirrored });
    const { segments, segmentsTime } = heartMeasures(plan, mask, volume);
    assert.is(segmentsTime, 1);
    assert.equal(
      segments!.map(({ segment }) => segment),
      Array.from({ length: 16 }, (_, index) => index + 1),
    );
    // In the middle of the sectors: anteroseptal 30°, anterior 90°, anterolateral 150° and so on.
    for (const [segment, angle] of [
      [2, 30],
      [1, 90],
      [6, 150],
      [5, 210],
      [4, 270],
      [3, 330],
      [8, 30],
      [13, 90],
      [16, 180],
      [15, 270],
    ] as const)
      assert.ok(
        Math.abs(segments![segment - 1]!.mean - angle) < 4,
        `${segment}: ${segments![segment - 1]!.mean}`,
      );
    for (const { wallMm } of segments!) assert.ok(Math.abs(wallMm! - 9) < 1, `${wallMm} mm`);
    assert.ok(Math.abs(segments![0]!.deviation - 60 / Math.sqrt(12)) < 2);
  });
}

test('without a place in the patient, a right ventricle or three slices there are no segments', () => {
  const { mask, volume } = cine([12, 15]);
  assert.is(heartMeasures(plan, mask, { ...volume, affine: null }).segments, null);
  assert.is(
    heartMeasures(
      plan,
      mask.map((one) => (one === 1 ? 0 : one)),
      volume,
    ).segments,
    null,
  );
  const flat = cine([12], { slices: 2 });
  assert.is(heartMeasures(plan, flat.mask, flat.volume).segments, null);
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
  assert.equal(names.map(heartRole), [
    ...([
      'right cavity',
      'right cavity',
      'muscle',
      'left cavity',
      'left cavity',
      'left cavity',
      'muscle',
    ] as const),
    ...[null, null],
  ]);
});

test.run();
