import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag, type DataPlan } from '../../src/compiler/index.ts';
import { ReaderThread } from '../../src/runtime/images/formats/reader-thread.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { findInputs } from '../../src/runtime/predict/inputs.ts';
import { niftiMask } from '../../src/runtime/predict/nifti-mask.ts';
import { dicomSeries } from '../images/dicom-series.ts';
import { nifti, png, temporaryFolder, write } from '../images/samples.ts';

const test = suite('what is predicted');
const data = { classes: [] } as unknown as DataPlan;
const root = temporaryFolder();
const reader = new ReaderThread();
test.after(async () => {
  await reader.end();
  rmSync(root, { recursive: true });
});

async function found(folder: string) {
  const bag = new Bag();
  const inputs = await findInputs([join(root, folder)], 'image', 1, reader, bag, data);
  return {
    inputs: inputs.map(({ name, image }) => [
      name,
      image.kind === 'series' ? image.frames.length : image.kind,
    ]),
    said: bag
      .sorted()
      .map(({ primary, message }) => [
        primary.span.file.slice(root.length + 1),
        message.split('left out: ')[1],
      ]),
  };
}

test('a folder gives its series and volumes, whatever the names of files, and the rest is named', async () => {
  for (const { name, bytes } of dicomSeries({ places: 3 })) write(root, `mixed/${name}.dicom`, bytes);
  const small = nifti([1, 2, 2], [1, 2, 3, 4]);
  write(root, 'mixed/more/scan.nii', small);
  write(root, 'mixed/more/scan_gt.nii', small);
  write(
    root,
    'mixed/preview.png',
    png(2, 2, () => 1),
  );
  write(root, 'mixed/notes.txt', 'nothing');
  const { inputs, said } = await found('mixed');
  assert.equal(inputs, [
    ['p001_series001', 3],
    ['more_scan', 'file'],
  ]);
  assert.equal(said, [
    ['mixed/more/scan_gt.nii', 'its name is that of a mask'],
    ['mixed/notes.txt', 'it is neither DICOM, NIfTI, HDF5, PNG, TIFF, npz nor npy'],
    ['mixed/preview.png', 'it is a picture beside DICOM files: name it to predict it'],
  ]);
});

test('frames as the ACDC challenge hands them out are of one patient, and `Info.cfg` says which end of the cycle they are', async () => {
  const small = nifti([1, 2, 2], [1, 2, 3, 4]);
  for (const frame of ['01', '12', '05']) write(root, `acdc/patient001/patient001_frame${frame}.nii`, small);
  write(root, 'acdc/patient001/Info.cfg', 'ED: 1\nES: 12\nGroup: DCM\n');
  write(root, 'acdc/other/Info.cfg', 'ED: 1\n');
  const bag = new Bag();
  const inputs = await findInputs([join(root, 'acdc')], 'image', 1, reader, bag, data);
  assert.equal(
    inputs.map(({ path: _, ...one }) => [one.patient, one.phase]),
    [
      ['patient001', 'ED'],
      ['patient001', null],
      ['patient001', 'ES'],
    ],
  );
  // What is read is not said to be left out; one without frames is.
  assert.equal(
    (await found('acdc')).said.map(([path]) => path),
    ['acdc/other/Info.cfg'],
  );
});

test('two DICOM series of a patient are the channels of a network that takes two', async () => {
  for (const [series, folder] of [
    ['1.7', 't1'],
    ['1.8', 't2'],
  ] as const)
    for (const { name, bytes } of dicomSeries({ places: 3, image: () => ({ series }) }))
      write(root, `two/${folder}/${name}`, bytes);
  const bag = new Bag();
  const inputs = await findInputs([join(root, 'two')], 'image', 2, reader, bag, data);
  assert.equal(
    inputs.map(({ image }) => image.kind === 'series' && [image.frames.length, image.further?.length]),
    [[3, 1]],
  );
  assert.equal(
    bag.sorted().map(({ code }) => code),
    ['CMR856'],
  );
  assert.is((await findInputs([join(root, 'two')], 'image', 3, reader, new Bag(), data)).length, 2);
});

test('a folder of pictures gives pictures', async () => {
  write(
    root,
    'pictures/a.png',
    png(2, 2, () => 1),
  );
  assert.equal(await found('pictures'), { inputs: [['a', 'file']], said: [] });
});

test('a mask as NIfTI has missing slices as empty ones, and the time between phases in milliseconds', () => {
  const volume: Volume = {
    ...{ rows: 1, columns: 2, slices: 2, frames: 2, channels: 1, values: new Float32Array(8) },
    ...{ spacing: [1, 1, 8], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1] },
    ...{ slots: [0, 2], times: [10, 52.5], source: { kind: 'dicom', files: [] } },
  };
  const bytes = gunzipSync(niftiMask(volume, Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])));
  assert.equal(
    [0, 1, 2, 3, 4].map((axis) => bytes.readInt16LE(40 + 2 * axis)),
    [4, 2, 1, 3, 2],
  );
  assert.equal([bytes.readFloatLE(92), bytes.readFloatLE(136), bytes[123]], [42.5, 10, 2 + 16]);
  assert.equal([...bytes.subarray(352)], [1, 2, 0, 0, 3, 4, 5, 6, 0, 0, 7, 8]);
});

test.run();
