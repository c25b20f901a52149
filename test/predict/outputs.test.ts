import { readFileSync, rmSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DataPlan, HeadPlan } from '../../src/compiler/index.ts';
import { openDicom } from '../../src/runtime/images/dicom/dicom-file.ts';
import { readVolume } from '../../src/runtime/images/formats/read-volume.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { maskOf } from '../../src/runtime/predict/masks.ts';
import { measureSlice } from '../../src/runtime/predict/measure-slice.ts';
import { niftiMask } from '../../src/runtime/predict/nifti-mask.ts';
import {
  type PredictionReport,
  predictedSchema,
  predictionsTable,
} from '../../src/runtime/predict/report.ts';
import { dicomSegmentation } from '../../src/runtime/predict/segmentation/dicom-segmentation.ts';
import { dicom, nifti, temporaryFolder, write } from '../images/samples.ts';

const test = suite('what predictions are written as');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

for (const version of [1, 2]) {
  for (const little of [true, false]) {
    test(`a mask of NIfTI-${version} has its image's place to the last bit (${little ? 'little' : 'big'} endian)`, async () => {
      const affine = Array.from({ length: 12 }, () => Math.random() * 9 - 4);
      const original = nifti([2, 3, 4], Array(24).fill(7), { version, little, slope: 2, inter: -9, affine });
      original.set(new TextEncoder().encode('Doe^Jane'), version === 1 ? 148 : 240);
      const volume = (await readVolume(write(root, 'image.nii', original), 'image')) as Volume;
      const mask = Uint8Array.from({ length: 24 }, () => Math.floor(Math.random() * 4));
      const packed = niftiMask(volume, mask);
      const bytes = gunzipSync(packed);
      for (const [from, to] of version === 1
        ? [
            [40, 68],
            [76, 108],
            [252, 328],
          ]
        : [
            [16, 168],
            [344, 496],
          ]) {
        assert.equal([...bytes.subarray(from, to)], [...original.subarray(from, to)]);
      }
      assert.not.match(bytes.toString('latin1'), 'Jane');
      const again = (await readVolume(write(root, 'mask.nii.gz', packed), 'image')) as Volume;
      assert.equal([...again.values], [...mask]);
      assert.equal(again.affine, volume.affine);
    });
  }
}

test('a DICOM segmentation says which pixels of which image belong to which structure', async () => {
  const pixels = Array.from({ length: 15 }, (_, index) => index);
  const files = [0, 8].map((z, index) => dicom({ rows: 3, columns: 5, pixels, z, instance: index + 1 }));
  const sources = files.map((bytes) => {
    const opened = openDicom(bytes);
    if ('damage' in opened) throw new Error(opened.damage);
    return { facts: opened.facts, frame: 0 };
  });
  const volume: Volume = {
    ...{ rows: 3, columns: 5, slices: 2, frames: 1, channels: 1 },
    ...{ values: new Float32Array(30), spacing: [1.5, 1.25, 8], affine: null, source: { kind: 'array' } },
  };
  const mask = Uint8Array.from({ length: 30 }, () => [0, 2, 3][Math.floor(Math.random() * 3)]!);
  mask[0] = 2;
  mask[15] = 3;
  mask[29] = 2;
  const segments = [
    { name: 'myocardium', value: 2 },
    { name: 'cavity', value: 3 },
  ];
  const written = dicomSegmentation(volume, mask, segments, sources, new Date())!;
  const opened = openDicom(written);
  if ('damage' in opened) throw new Error(opened.damage);
  const { facts, dataSet } = opened;
  assert.equal([facts.modality, facts.study['PatientID']], ['SEG', 'Nobody']);
  const bits = dataSet.elements['x7fe00010']!;
  const groups = dataSet.elements['x52009230']!.items!;
  const seen = new Uint8Array(30);
  for (const [frame, { dataSet: group }] of groups.entries()) {
    const number = group!.elements['x0062000a']!.items![0]!.dataSet!.uint16('x0062000b')!;
    const depth = group!.elements['x00209113']!.items![0]!.dataSet!.floatString('x00200032', 2)!;
    for (let pixel = 0; pixel < 15; pixel += 1) {
      const at = frame * 15 + pixel;
      if ((dataSet.byteArray[bits.dataOffset + (at >> 3)]! >> (at & 7)) & 1) {
        seen[(depth / 8) * 15 + pixel] = segments[number - 1]!.value;
      }
    }
  }
  assert.equal([...seen], [...mask]);
  assert.is(dicomSegmentation(volume, new Uint8Array(30), segments, sources, new Date()), null);
});

test('a ring has the area and the thickness that geometry says, in pixels and in millimetres', () => {
  const size = { height: 90, width: 80 };
  const [inner, outer] = [14, 22];
  const spacing = [0.5, 1] as const;
  const mask = Uint8Array.from({ length: 90 * 80 }, (_, pixel) => {
    const radius = Math.hypot((Math.floor(pixel / 80) - 45) * spacing[0], (pixel % 80) - 40);
    return radius >= inner && radius < outer ? 2 : 0;
  });
  const image = mask.map((value) => (value === 2 ? 120 : 7));
  const found = measureSlice(mask, 2, image, size, spacing);
  const area = Math.PI * (outer ** 2 - inner ** 2);
  assert.ok(Math.abs(found.areaMm2! - area) < 0.02 * area);
  assert.ok(Math.abs(found.wallMeanMm! - 8) < 0.4, String(found.wallMeanMm));
  assert.is(found.mean, 120);
  const unknown = measureSlice(mask, 2, image, size, null);
  assert.equal([unknown.areaMm2, unknown.wallMeanMm, unknown.pixels], [null, null, found.pixels]);
  assert.equal(measureSlice(mask, 9, image, size, spacing).mean, null);
  // Thicker to one side: from the middle of the cavity, where that is known.
  const uneven = mask.map((_, pixel) => {
    const [down, across] = [(Math.floor(pixel / 80) - 45) * spacing[0], (pixel % 80) - 40];
    const radius = Math.hypot(down, across);
    return radius < 10 ? 1 : radius < 18 + (6 * across) / radius ? 2 : 0;
  });
  const wall = measureSlice(uneven, 2, image, size, spacing, 1).wallMeanMm!;
  assert.ok(Math.abs(wall - 8) < 0.2, String(wall));
  assert.ok(measureSlice(uneven, 2, image, size, spacing).wallMeanMm! > 9);
});

test('probabilities become the values that the data has for its structures', () => {
  const data = {
    structures: [
      { name: 'muscle', values: [2, 3] },
      { name: 'cavity', values: [] },
    ],
  } as unknown as DataPlan;
  const head = (encoding: HeadPlan['encoding']) => ({ encoding }) as HeadPlan;
  const map = (channels: number, ...values: number[]) => ({
    height: 1,
    width: values.length / channels,
    channels,
    values: Float32Array.from(values),
  });
  const evaluate = { threshold: 0.5, components: 'all' } as const;
  assert.equal([...maskOf(map(1, 0.6, 0.4), head('binary'), data, evaluate)], [2, 0]);
  assert.equal([...maskOf(map(2, 0.6, 0.9, 0.1, 0.7, 0, 0), head('multilabel'), data, evaluate)], [2, 2, 0]);
  assert.equal(
    [...maskOf(map(3, 0.5, 0.3, 0.2, 0.2, 0.3, 0.5, 0, 0, 0), head('categorical'), data, evaluate)],
    [0, 2, 0],
  );
  // What is measured of held-out images is written of new ones.
  assert.equal(
    [...maskOf(map(1, 0.9, 0.1, 0.6, 0.7, 0), head('binary'), data, { ...evaluate, components: 'largest' })],
    [0, 0, 2, 2, 0],
  );
});

test('the table has a line per image, and the report the published form', () => {
  const measures = {
    pixels: 4,
    areaMm2: null,
    mean: 1234.5,
    wallMeanMm: null,
    wallMaxMm: null,
    wallMeanPixels: 2,
  };
  const report: PredictionReport = {
    version: 1,
    run: 'runs/a',
    folds: [1, 2],
    out: 'out',
    inputs: [
      {
        input: '=cmd.png',
        sources: ['=cmd.png'],
        files: { 'segmentation.nifti': 'a.nii.gz' },
        shape: [1, 4, 4],
        spacingMm: null,
        labels: { diagnosis: { diseased: 0.25, healthy: 0.75 } },
        values: { ejection_fraction: { value: 48.5, unit: '%' } },
        structures: { segmentation: { muscle: { pixels: 4, volumeMl: null, massG: null, mean: 1234.5 } } },
        heart: {},
        images: [
          {
            slice: 0,
            time: 0,
            triggerMs: null,
            labels: { diagnosis: { diseased: 0.25, healthy: 0.75 } },
            values: { ejection_fraction: { value: 48.5, unit: '%' } },
            structures: { segmentation: { muscle: measures } },
          },
        ],
      },
    ],
    patients: [],
    failed: [{ input: 'b', reason: 'it is empty' }],
    leftOut: [],
  };
  const validate = new Ajv({ allowUnionTypes: true }).compile(predictedSchema);
  assert.ok(validate(report), JSON.stringify(validate.errors));
  const [header, line] = predictionsTable(report).split('\n');
  assert.match(header!, 'diagnosis.diseased');
  assert.match(line!, "'=cmd.png,0,0,,0.25,0.75,48.5,4,,1234.5,,,2");
  assert.equal(
    JSON.parse(readFileSync('schemas/predicted.schema.json', 'utf8')),
    JSON.parse(JSON.stringify(predictedSchema)),
  );
});

test.run();
