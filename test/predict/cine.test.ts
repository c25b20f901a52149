import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import { importDataset } from '../../src/runtime/data/import/import.ts';
import { parseManifest } from '../../src/runtime/data/manifest/manifest.ts';
import { FileReader, isFileProblem } from '../../src/runtime/images/files.ts';
import { predict } from '../../src/runtime/predict/predict.ts';
import { createRun } from '../../src/runtime/runs/record/store.ts';
import { writeCheckpoint } from '../../src/runtime/runs/results/checkpoint.ts';
import { dicom, temporaryFolder, write } from '../images/samples.ts';
import { planOf, sound } from '../support/compiled.ts';

/**
 * A patient as the Sunnybrook data have one: a cine of 11 places and 20 phases, ten copies and ten images of other things
 * (240 files), and outlines as texts at the ends of diastole and systole. The cavity is a disc whose radius is known.
 */
const test = suite('a cine from outlines to the ejection fraction');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

const [size, places, phases] = [64, 11, 20];
/** Between pixels, down and across as the samples have them, and from slice to slice: 8 mm thick and a gap of 2. */
const [down, across, step] = [1.5, 1.25, 10];
const endSystole = 8;
const [middleRow, middleColumn] = [30, 33];

/** Millimetres of the cavity's radius: largest in the first phase, smallest in the ninth, less towards the apex. */
function radius(place: number, phase: number): number {
  const share =
    0.82 + 0.18 * Math.cos((2 * Math.PI * phase) / (2 * endSystole)) * (phase <= 2 * endSystole ? 1 : 0.9);
  return (26 - 1.4 * place) * share;
}

const wall = 8;
/** Corners of an outline, as many as people draw. */
const corners = 72;

function outline(millimetres: number): string {
  const lines = Array.from({ length: corners }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / corners;
    const column = middleColumn + (millimetres * Math.cos(angle)) / across;
    const row = middleRow + (millimetres * Math.sin(angle)) / down;
    return `${column.toFixed(2)} ${row.toFixed(2)}`;
  });
  return `${lines.join('\r\n')}\r\n`;
}

/** Millilitres within the outlines of a phase: the polygons' areas times the step between slices. */
function outlinedMl(phase: number): number {
  const share = (corners / 2) * Math.sin((2 * Math.PI) / corners);
  let volume = 0;
  for (let place = 0; place < places; place += 1) volume += share * radius(place, phase) ** 2 * step;
  return volume / 1000;
}

function image(place: number, phase: number): readonly number[] {
  return Array.from({ length: size * size }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / size) - middleRow, (pixel % size) - middleColumn];
    const away = Math.hypot(row * down, column * across);
    const noise = (pixel * 7919 + place * 31 + phase * 17) % 100;
    return (away < radius(place, phase) ? 2000 : away < radius(place, phase) + wall ? 1000 : 0) + noise;
  });
}

function writePatient(): void {
  const name = (number: number) => `sunny/SC-HF-I-01/IM-0001-${String(number).padStart(4, '0')}`;
  let number = 0;
  const file = (place: number, phase: number, own: number, series = '1.2.3.4') =>
    dicom({
      ...{ rows: size, columns: size, pixels: image(place, phase), instance: own, series, patient: 'SCD01' },
      ...{
        position: [-10, 20, step * place],
        trigger: 40 * phase,
        thickness: 8,
        sopInstance: `1.2.9.${series}.${own}`,
      },
    });
  for (let place = 0; place < places; place += 1) {
    for (let phase = 0; phase < phases; phase += 1) {
      number += 1;
      write(root, `${name(number)}.dcm`, file(place, phase, number));
      if (phase !== 0 && phase !== endSystole) continue;
      write(root, `${name(number)}-icontour-manual.txt`, outline(radius(place, phase)));
      write(root, `${name(number)}-ocontour-manual.txt`, outline(radius(place, phase) + wall));
    }
  }
  for (let copy = 1; copy <= 10; copy += 1)
    write(root, `${name(220 + copy)}.dcm`, file(3, copy, 60 + copy + 1));
  for (let other = 1; other <= 10; other += 1)
    write(root, `${name(230 + other)}.dcm`, file(0, 0, 300 + other, '1.2.3.99'));
  // An observer who drew the inner border alone.
  write(root, `${name(5)}-icontour-manual.txt`, outline(20));
}

writePatient();

test('outlines become masks with the volumes that they enclose', async () => {
  const out = join(root, 'data/sunny.yaml');
  const bag = new Bag();
  const imported = await importDataset('sunnybrook', join(root, 'sunny'), out, bag);
  const told = bag
    .sorted()
    .map(({ code, message }) => `${code} ${message.replaceAll(join(root, 'sunny/'), '')}`);
  assert.equal(told, [
    'CMR842 `SC-HF-I-01/IM-0001-0005-icontour-manual.txt` is left out: it is an inner outline without the outer one: the muscle lies between both',
    `CMR855 files of \`${join(root, 'sunny')}\` that the layout \`sunnybrook\` does not use: ${240 - 2 * places}`,
  ]);
  assert.is(imported?.images, 2 * places);
  const rows = parseManifest(readFileSync(out, 'utf8'), out, bag)!.rows.map(({ entry }) => entry);
  const reader = new FileReader();
  const volume = (trigger: number) =>
    rows
      .filter((row) => row.trigger === trigger)
      .reduce((sum, row) => {
        const path = join(root, 'data', String(row.image));
        const mask = reader.read({ path, array: 'mask', slice: row.slice! });
        if (isFileProblem(mask)) throw new Error(JSON.stringify(mask));
        const pixels = mask.values.filter((value) => value === 3).length;
        return sum + (pixels * row.spacing![0] * row.spacing![1] * row.thickness!) / 1000;
      }, 0);
  const [edv, esv] = [volume(0), volume(40 * endSystole)];
  near(edv, outlinedMl(0), 0.01);
  near(esv, outlinedMl(endSystole), 0.01);
  near((edv - esv) / edv, 1 - outlinedMl(endSystole) / outlinedMl(0), 0.01);
  // The number of the phase in the cycle joins the slices of a moment.
  assert.equal([...new Set(rows.map(({ phase, trigger }) => `${phase} at ${trigger}`))].sort(), [
    '0 at 0',
    `${endSystole} at ${40 * endSystole}`,
  ]);
});

/** A run whose network takes what lies above three quarters of the scale for the cavity. */
function thresholdRun(name: string) {
  const plan = planOf(
    sound(`network Threshold() {
  input image: [${size}, ${size}, 1]
  head segmentation: mask = image |> conv(1, kernel = 1) |> sigmoid()
}
dataset Hearts {
  manifest  = "none.yaml"
  intensity = fixed(scale = 2000, high = 2)
  fit       = center(${size}, ${size})
  structures { left_ventricle = 3 }
}
experiment Run {
  model = Threshold()
  data  = Hearts
  loss  = jaccard(segmentation)
  train { optimizer = sgd(0.1)
    epochs = 1 }
  evaluate { folds = holdout(50%) }
}
`),
    'Run',
  );
  const settings = {
    workingFolder: root,
    folds: [1],
    backend: 'cpu',
    overrides: [],
    sources: [],
    now: new Date(),
  };
  const versions = { cmrnet: '0.1.0', node: 'v20' };
  const run = createRun({ folder: join(root, name), plan, versions, ...settings }, new Bag())!;
  const weights = new Map(
    plan.network.layers.flatMap((layer) =>
      layer.weights.map(({ name, shape }) => [
        name,
        { shape, values: Float32Array.of(shape.length > 1 ? 80 : -60) },
      ]),
    ),
  );
  writeCheckpoint(run.folder, 1, { epoch: 1, weights, optimizer: new Map(), state: {} });
  return run;
}

const options = {
  ...{ backend: 'cpu', array: 'image', fold: null, segmentation: 'binary' },
  progress: () => undefined,
};

test('predicting its files one by one gives one cine, and the ejection fraction of the outlines', async () => {
  const files = Array.from({ length: 240 }, (_, index) =>
    join(root, `sunny/SC-HF-I-01/IM-0001-${String(index + 1).padStart(4, '0')}.dcm`),
  );
  const bag = new Bag();
  const found = await predict(thresholdRun('files'), files, join(root, 'predicted'), bag, options as never);
  const told = bag.sorted().map(({ code }) => code);
  // The other series is nothing but an image of the first, ten times over.
  assert.equal([found?.inputs.length, told.filter((code) => code === 'CMR850').length], [1, 10]);
  assert.is(told.filter((code) => code === 'CMR846').length, 1);
  assert.ok(told.includes('CMR856'));
  const [cine] = found!.inputs;
  assert.equal([cine!.shape, cine!.sources.length], [[places * phases, size, size], places * phases]);
  const { edvMl, esvMl, ejectionFraction, ...times } =
    cine!.heart['segmentation']!.function['left_ventricle']!;
  assert.equal([times.endDiastole, times.endSystole], [0, endSystole]);
  near(edvMl, outlinedMl(0), 0.015);
  near(esvMl, outlinedMl(endSystole), 0.015);
  near(ejectionFraction!, 100 * (1 - outlinedMl(endSystole) / outlinedMl(0)), 0.015);
});

test('predicting a manifest joins the slices of a patient by phase, and draws the page', async () => {
  const manifest = join(root, 'data/sunny.yaml');
  const out = join(root, 'predicted-rows');
  const bag = new Bag();
  const found = await predict(thresholdRun('rows'), [manifest], out, bag, {
    ...options,
    pages: true,
  } as never);
  assert.equal(
    bag.sorted().map(({ code }) => code),
    [],
  );
  assert.equal(
    found!.inputs.map(({ shape }) => shape),
    [
      [places, size, size],
      [places, size, size],
    ],
  );
  assert.is(found!.inputs[0]!.sources.length, places);
  const [patient, ...others] = found!.patients;
  assert.is(others.length, 0);
  const { edvMl, esvMl, ejectionFraction } = patient!.heart['segmentation']!.function['left_ventricle']!;
  near(edvMl, outlinedMl(0), 0.015);
  near(esvMl, outlinedMl(endSystole), 0.015);
  near(ejectionFraction!, 100 * (1 - outlinedMl(endSystole) / outlinedMl(0)), 0.015);
  const page = readFileSync(join(out, patient!.files['segmentation.page']!), 'utf8');
  assert.match(page, '</svg>');
  assert.ok(page.includes(`${edvMl.toFixed(1)}`) && page.includes('SC-HF-I-1'), 'measures on the page');
  assert.match(readFileSync(join(out, 'function.csv'), 'utf8'), 'left_ventricle');
});

function near(found: number, wanted: number, share: number): void {
  assert.ok(Math.abs(found - wanted) <= share * wanted, `${found} for ${wanted}`);
}

test.run();
