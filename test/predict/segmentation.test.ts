import type { DataSet } from 'dicom-parser';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDicom } from '../../src/runtime/images/dicom/dicom-file.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { dicomSegmentation } from '../../src/runtime/predict/segmentation/dicom-segmentation.ts';
import type { SegmentationForm } from '../../src/runtime/predict/segmentation/forms.ts';
import { dicomSeries } from '../images/dicom-series.ts';
import type { DicomSample } from '../images/samples.ts';

const test = suite('DICOM segmentations');

const [slices, frames, rows, columns] = [3, 2, 3, 5];
const each = rows * columns;
const segments = [
  { name: 'myocardium', value: 2 },
  { name: 'cavity', value: 3 },
];

/** A cine of which the first image has no structure, and its segmentation read again. */
function segmented(form: SegmentationForm, image: Partial<DicomSample> = {}) {
  const files = dicomSeries({
    ...{ rows, columns, places: slices, phases: frames },
    image: () => ({ characterSet: 'ISO_IR 100', nameBytes: Buffer.from('Müller^Jörg ', 'latin1'), ...image }),
  });
  const own = [...files]
    .sort((a, b) => a.phase - b.phase || a.place - b.place)
    .map(({ bytes }) => opened(bytes));
  const volume: Volume = {
    ...{ rows, columns, slices, frames, channels: 1, values: new Float32Array(each * slices * frames) },
    ...{ spacing: [1.5, 1.25, 8], affine: null, source: { kind: 'array' } },
  };
  const mask = Uint8Array.from(
    { length: volume.values.length },
    () => [0, 2, 3][Math.floor(Math.random() * 3)]!,
  );
  mask.fill(0, 0, each);
  const sources = own.map(({ facts }) => ({ facts, frame: 0 }));
  const written = dicomSegmentation(volume, mask, segments, sources, new Date(), form)!;
  return { ...opened(written), mask, sources };
}

function opened(bytes: Uint8Array) {
  const file = openDicom(bytes);
  if ('damage' in file) throw new Error(file.damage);
  return file;
}

function items(data: DataSet, tag: string): readonly DataSet[] {
  return data.elements[tag]?.items?.map(({ dataSet }) => dataSet!) ?? [];
}

function pointers(data: DataSet): readonly string[] {
  return items(data, 'x00209222').map(
    (one) => `${one.attributeTag('x00209165')} in ${one.attributeTag('x00209167')}`,
  );
}

/** What frames say of themselves: which structure, which point in time, which slice; and where the image lies. */
function said(frame: DataSet) {
  const [content] = items(frame, 'x00209111') as [DataSet];
  const count = content.elements['x00209157']!.length / 4;
  return {
    indices: Array.from({ length: count }, (_, index) => content.uint32('x00209157', index)),
    time: content.uint32('x00209128'),
    depth: items(frame, 'x00209113')[0]!.floatString('x00200032', 2),
    segment: items(frame, 'x0062000a')[0]?.uint16('x0062000b'),
    source: items(items(frame, 'x00089124')[0]!, 'x00082112')[0]!.string('x00081155'),
  };
}

test('frames count by structure, time and place, and name the image that they belong to', () => {
  const { facts, dataSet, sources } = segmented('full');
  assert.equal(pointers(dataSet), [
    'x0062000b in x0062000a',
    'x00209128 in x00209111',
    'x00200032 in x00209113',
  ]);
  const all = items(dataSet, 'x52009230').map(said);
  assert.is(all.length, segments.length * slices * frames);
  for (const [index, one] of all.entries()) {
    const [segment, time, slice] = [
      Math.floor(index / (slices * frames)),
      Math.floor(index / slices) % frames,
      index % slices,
    ];
    assert.equal(one, {
      indices: [segment + 1, time + 1, slice + 1],
      ...{ time: time + 1, depth: 8 * slice, segment: segment + 1 },
      source: sources[time * slices + slice]!.facts.sopInstance,
    });
  }
  const [series] = items(dataSet, 'x00081115') as [DataSet];
  assert.equal(
    [series.string('x0020000e'), items(series, 'x0008114a').length],
    [facts.study && sources[0]!.facts.series, 6],
  );
  assert.is(dataSet.string('x00200052'), '1.2.3.9');
});

test('a patient has the same name as in the images, in UTF-8', () => {
  const { facts, dataSet } = segmented('binary');
  assert.equal([facts.study['PatientName'], dataSet.string('x00080005')], ['Müller^Jörg', 'ISO_IR 192']);
});

test('identifiers are those of the images even where they are too long', () => {
  const long = `1.2.${'3456789.'.repeat(9)}1`;
  assert.is(segmented('binary', { frameOfReference: long }).dataSet.string('x00200052'), long);
});

test('images without places are counted by their number in the stack', () => {
  const { dataSet } = segmented('binary', { position: null });
  assert.is(pointers(dataSet).at(-1), 'x00209057 in x00209111');
});

test('frames without pixels are written on request', () => {
  const count = (form: SegmentationForm) => items(segmented(form).dataSet, 'x52009230').length;
  assert.ok(count('binary') <= 10);
  assert.is(count('full'), 12);
});

test('a label map has the number of a structure in each pixel', () => {
  const { dataSet, facts, mask } = segmented('labelmap');
  assert.equal([facts.sopClass, dataSet.string('x00620001')], ['1.2.840.10008.5.1.4.1.1.66.7', 'LABELMAP']);
  assert.equal(pointers(dataSet), ['x00209128 in x00209111', 'x00200032 in x00209113']);
  const { dataOffset } = dataSet.elements['x7fe00010']!;
  const values = dataSet.byteArray.subarray(dataOffset, dataOffset + mask.length);
  assert.equal(
    [...values],
    [...mask].map((value) => [0, 0, 1, 2][value]),
  );
  assert.equal(said(items(dataSet, 'x52009230')[4]!).indices, [2, 2]);
});

test.run();
