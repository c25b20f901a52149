import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag, type RunPlan } from '../../src/compiler/index.ts';
import { BatchMaker } from '../../src/runtime/data/batches/batches.ts';
import { loadDataset } from '../../src/runtime/data/dataset/load.ts';
import { importDataset } from '../../src/runtime/data/import/import.ts';
import { parseManifest } from '../../src/runtime/data/manifest/manifest.ts';
import { FileReader, isFileProblem } from '../../src/runtime/images/files.ts';
import { readVolume } from '../../src/runtime/images/formats/read-volume.ts';
import { imageWithNeighbours, type Volume } from '../../src/runtime/images/formats/volume.ts';
import type { Grid } from '../../src/runtime/images/grid.ts';
import { scaleChannels } from '../../src/runtime/images/intensity.ts';
import { nifti, npy, npz, png, temporaryFolder, write } from '../images/samples.ts';
import { compileText, errorsOf, planOf, sound } from '../support/compiled.ts';

const test = suite('images of several channels');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

const whole = (limit: number) => Math.floor(Math.random() * limit);
const random = (count: number) => Uint16Array.from({ length: count }, () => whole(4000));

function spec(channels: number, settings: string, size = 6): string {
  return `network Small() {
  input image: [${size}, ${size}, ${channels}]
  head segmentation: mask = image |> conv(1) |> sigmoid()
}
dataset Hearts {
  manifest = ${JSON.stringify(join(root, 'm.yaml'))}
  fit      = center(${size}, ${size})
  ${settings}
}
experiment Run {
  model = Small()
  data  = Hearts
  loss  = jaccard(segmentation)
  train { optimizer = sgd(0.1)
    epochs = 1
    batch = 2 }
  evaluate { folds = holdout(50%) }
}
`;
}

function manifest(rows: readonly string[]): void {
  writeFileSync(
    join(root, 'm.yaml'),
    ['version: 1', 'images:', ...rows.map((row) => `  - { ${row} }`), ''].join('\n'),
  );
}

/** What loading a plan's data tells, and what a batch of all its images holds. */
function load(plan: RunPlan): { readonly told: readonly string[]; readonly images: Float32Array | null } {
  const bag = new Bag();
  const loaded = loadDataset(plan, bag, { complete: true });
  const told = bag.sorted().map(({ code, message }) => `${code} ${message}`);
  if (loaded === null) return { told, images: null };
  const maker = new BatchMaker({
    ...{ dataset: loaded.dataset, heads: plan.heads, augment: plan.augment, seed: 1, cacheFolder: null },
    input: plan.network.input.shape,
  });
  const cases = loaded.dataset.cases.map((_, index) => index);
  return { told, images: maker.make({ cases, epoch: null, originals: false }).batch.images };
}

const minmax = 'intensity = minmax()';

/** `[channel][pixel]` brought to 0 and 1 by its own least and largest value, then laid pixel by pixel: slowly. */
function assembled(channels: readonly (readonly number[])[]): readonly number[] {
  const scaled = channels.map((own) => {
    const [low, high] = [Math.min(...own), Math.max(...own)];
    return own.map((value) => Math.fround((value - low) / (high - low)));
  });
  return scaled[0]!.flatMap((_, pixel) => scaled.map((own) => own[pixel]!));
}

function alike(found: Float32Array | null, wanted: readonly number[]): void {
  assert.is(found?.length, wanted.length);
  const most = wanted.reduce((far, value, place) => Math.max(far, Math.abs(value - found![place]!)), 0);
  assert.ok(most < 1e-6, `they differ by ${most}`);
}

const mask = npy(
  [6, 6],
  Uint8Array.from({ length: 36 }, (_, pixel) => Number(pixel % 5 === 0)),
  '|u1',
);

test('a row lists the files of its channels, each with its own intensity', () => {
  const [one, other] = [random(36), random(36)];
  const rows = ['p1', 'p2'].map((name, index) => {
    const turned = index === 0 ? [one, other] : [other, one];
    write(root, `${name}_a.npz`, npz({ image: npy([6, 6], turned[0]!, '<u2'), mask }));
    write(
      root,
      `${name}_b.png`,
      png(6, 6, (row, column) => turned[1]![6 * row + column]!, 16),
    );
    return `id: ${name}, patient: ${name}, image: [${name}_a.npz, ${name}_b.png], mask_array: mask`;
  });
  manifest(rows);
  const { told, images } = load(planOf(sound(spec(2, `channels = 2\n  ${minmax}`)), 'Run'));
  assert.equal(told, []);
  alike(images, [...assembled([[...one], [...other]]), ...assembled([[...other], [...one]])]);

  const mixed = planOf(
    sound(spec(2, 'channels = 2\n  intensity = [fixed(scale = 1000, high = 9), minmax()]')),
    'Run',
  );
  const { images: both } = load(mixed);
  const [, second] = [0, assembled([[...one], [...other]])];
  for (let pixel = 0; pixel < 36; pixel += 1) {
    assert.is(both![2 * pixel], Math.fround(one[pixel]! / 1000));
    assert.ok(Math.abs(both![2 * pixel + 1]! - second![2 * pixel + 1]!) < 1e-6);
  }
});

test('an array of a file is a channel, as is the last axis of one', () => {
  const [t1, lge] = [random(72), random(72)];
  const stacked = Uint16Array.from({ length: 144 }, (_, index) => [t1, lge][index % 2]![index >> 1]!);
  const masks = npy(
    [2, 6, 6],
    new Uint8Array(72).map((_, pixel) => Number(pixel % 5 === 0)),
    '|u1',
  );
  write(
    root,
    'arrays.npz',
    npz({ t1: npy([2, 6, 6], t1, '<u2'), lge: npy([2, 6, 6], lge, '<u2'), mask: masks }),
  );
  write(root, 'axis.npz', npz({ image: npy([2, 6, 6, 2], stacked, '<u2'), mask: masks }));
  write(root, 'flat.npz', npz({ image: npy([6, 6, 2], stacked.slice(0, 72), '<u2'), mask }));
  manifest([
    'id: a, patient: a, image: arrays.npz, image_array: [t1, lge], slice: 1, mask_array: mask',
    'id: b, patient: b, image: axis.npz, slice: 1, mask_array: mask',
    'id: c, patient: c, image: flat.npz, mask_array: mask',
  ]);
  const { told, images } = load(planOf(sound(spec(2, `channels = 2\n  ${minmax}`)), 'Run'));
  assert.equal(told, []);
  const slice = (values: Uint16Array, index: number) => [...values.slice(36 * index, 36 * index + 36)];
  const second = assembled([slice(t1, 1), slice(lge, 1)]);
  alike(images, [...second, ...second, ...assembled([slice(t1, 0), slice(lge, 0)])]);
});

for (const neighbours of [1, 2]) {
  test(`a slice comes with ${neighbours} on each side, of its own phase, and the ends are repeated`, () => {
    const [slices, phases] = [3, 2];
    const channels = [random(36 * slices * phases), random(36 * slices * phases)];
    const shape = [slices * phases, 6, 6];
    const masks = npy(
      shape,
      new Uint8Array(36 * 6).map((_, pixel) => Number(pixel % 5 === 0)),
      '|u1',
    );
    write(root, 'cine_a.npz', npz({ image: npy(shape, channels[0]!, '<u2'), mask: masks }));
    write(root, 'cine_b.npz', npz({ image: npy(shape, channels[1]!, '<u2') }));
    const indices = [0, 1, 2, 3, 4, 5];
    manifest(
      indices.map(
        (index) =>
          `id: p${index % 2}_t0${Math.floor(index / 3)}_s0${index % 3}_${index}, patient: p${index % 2}, image: [cine_a.npz, cine_b.npz], mask_array: mask, slice: ${index}, slices: 3`,
      ),
    );
    const depth = 2 * (2 * neighbours + 1);
    const settings = `channels = 2\n  neighbours = ${neighbours}\n  ${minmax}`;
    const { told, images } = load(planOf(sound(spec(depth, settings)), 'Run'));
    assert.equal(told, []);
    const wanted = indices.flatMap((index) => {
      const near: number[][] = [];
      for (let offset = -neighbours; offset <= neighbours; offset += 1) {
        const phase = index < 3 ? 0 : 1;
        let at = index + offset;
        while (at < 3 * phase) at += 1;
        while (at > 3 * phase + 2) at -= 1;
        for (const own of channels) near.push([...own.slice(36 * at, 36 * at + 36)]);
      }
      return assembled(near);
    });
    alike(images, wanted);

    // Predicting puts the slices of a volume together in the same way.
    const volume: Volume = {
      ...{ columns: 6, rows: 6, slices, frames: phases, channels: 2, spacing: null, affine: null },
      values: Float32Array.from({ length: 36 * 6 * 2 }, (_, place) => channels[place % 2]![place >> 1]!),
      source: { kind: 'array' },
    };
    const predicted = indices.flatMap((index) => [
      ...scaleChannels(imageWithNeighbours(volume, index, neighbours), { kind: 'minmax' }).values,
    ]);
    alike(Float32Array.from(predicted), wanted);
  });
}

test('another number of channels is a mistake that names both numbers and the setting', () => {
  const compiled = compileText(spec(2, 'neighbours = 1'));
  assert.equal(errorsOf(compiled), ['CMR868']);
  const [found] = compiled.diagnostics.filter(({ code }) => code === 'CMR868');
  assert.match(found!.message, /takes 2 channels, and `Hearts` gives 3$/);
  assert.match(found!.notes.join(' '), '`neighbours = 1` makes 3 slices one image');

  write(root, 'grey.npz', npz({ image: npy([6, 6], random(36), '<u2'), mask }));
  manifest(['a', 'b'].map((name) => `id: ${name}, patient: ${name}, image: grey.npz, mask_array: mask`));
  assert.equal(load(planOf(sound(spec(2, 'channels = 2')), 'Run')).told, [
    'CMR869 the image of `a` has 1 channel, the dataset says 2',
  ]);
  assert.equal(load(planOf(sound(spec(3, 'neighbours = 1')), 'Run')).told, [
    'CMR897 the slices beside `a` are not known: its row names no `slice` of an array',
  ]);
});

test('channels that contradict each other are mistakes', () => {
  assert.equal(errorsOf(compileText(spec(2, 'image = [6, 6, 1]\n  channels = 2'))), ['CMR898']);
  assert.equal(errorsOf(compileText(spec(1, 'intensity = [minmax(), minmax()]'))), ['CMR898']);
  const phantom = spec(3, 'neighbours = 1').replace(/manifest = .*/, 'source = phantom(images = 20)');
  assert.equal(errorsOf(compileText(phantom)), ['CMR898']);
  const plain = planOf(sound(spec(1, 'neighbours = 0\n  channels = 1')), 'Run');
  assert.is(plain.hash, planOf(sound(spec(1, '')), 'Run').hash);
  assert.is.not(
    planOf(sound(spec(3, 'neighbours = 1')), 'Run').hash,
    planOf(sound(spec(3, 'channels = 3')), 'Run').hash,
  );

  write(root, 'small.npz', npz({ image: npy([4, 6], random(24), '<u2'), mask }));
  write(root, 'large.npz', npz({ image: npy([6, 6], random(36), '<u2'), mask }));
  manifest(
    ['a', 'b'].map(
      (name) => `id: ${name}, patient: ${name}, image: [large.npz, small.npz], mask_array: mask`,
    ),
  );
  assert.equal(load(planOf(sound(spec(2, 'channels = 2')), 'Run')).told, [
    'CMR896 the channels of `a` differ in size: 6×6 and 4×6',
    'CMR896 the channels of `b` differ in size: 6×6 and 4×6',
  ]);
  manifest(['id: a, patient: a, image: [large.npz, small.npz], image_array: [a, b, c], mask_array: mask']);
  assert.match(load(planOf(sound(spec(2, 'channels = 2')), 'Run')).told.join(), 'lists 2 files and 3 arrays');
});

async function imported(folder: string, layout: 'volumes' | 'pairs' = 'volumes') {
  const out = join(root, 'imported', `${folder}.yaml`);
  const bag = new Bag();
  const found = await importDataset(layout, join(root, folder), out, bag);
  const told = bag.sorted().map(({ code, message }) => `${code} ${message.replaceAll(root, '')}`);
  const rows = found === null ? [] : parseManifest(readFileSync(out, 'utf8'), out, new Bag())!.rows;
  return { out, told, rows: rows.map(({ entry }) => entry) };
}

const values = (count: number) => [...random(count)].map((value) => value & 0x7fff);

test('files numbered as nnU-Net numbers channels become one image, on the grid of the first', async () => {
  const [first, second] = [values(48), values(48)];
  const affine = [1.25, 0, 0, -7.1, 0, 1.5, 0, 3.3, 0, 0, 8, 0.1];
  // The second file has its columns the other way round.
  const turned = [-1.25, 0, 0, -7.1 + 3 * 1.25, ...affine.slice(4)];
  const mirrored = second.map((_, index) => second[index - (index % 4) + 3 - (index % 4)]!);
  write(root, 'nn/imagesTr/heart_0000.nii', nifti([3, 4, 4], first, { affine }));
  write(root, 'nn/imagesTr/heart_0001.nii', nifti([3, 4, 4], mirrored, { affine: turned }));
  write(root, 'nn/labelsTr/heart.nii', nifti([3, 4, 4], Array(48).fill(1), { affine }));
  const { rows, told, out } = await imported('nn');
  assert.equal(
    told.map((one) => one.split(' ')[0]),
    ['CMR860'],
  );
  assert.match(told[0]!, 'its channel is mirrored along columns: it is brought to its image');
  assert.equal([rows.length, rows[0]!.id], [3, 'imagesTr_heart_s00']);
  for (const [slice, row] of rows.entries()) {
    const path = join(out, '..', String(row.image));
    const grid = new FileReader().image({ path, array: 'image', slice });
    if (isFileProblem(grid)) throw new Error(JSON.stringify(grid));
    assert.equal(
      [...grid.values],
      Array.from({ length: 16 }, (_, pixel) => [
        first[16 * slice + pixel]!,
        second[16 * slice + pixel]!,
      ]).flat(),
    );
  }
});

test('channels between the pixels of the first, and images without one, are refused', async () => {
  const affine = [1.25, 0, 0, -7.1, 0, 1.5, 0, 3.3, 0, 0, 8, 0.1];
  for (const [name, x] of [
    ['apart', -6.5],
    ['part', -5.85],
  ] as const) {
    write(root, `${name}/images/h_0000.nii`, nifti([2, 3, 4], values(24), { affine }));
    write(
      root,
      `${name}/images/h_0001.nii`,
      nifti([2, 3, 4], values(24), { affine: [1.25, 0, 0, x, ...affine.slice(4)] }),
    );
    write(root, `${name}/labels/h.nii`, nifti([2, 3, 4], Array(24).fill(1), { affine }));
  }
  assert.match((await imported('apart')).told.join(), 'its channel lies between the pixels of its image');
  assert.match((await imported('part')).told.join(), 'its channel covers a part of its image alone');

  for (const file of ['a_0000', 'a_0001', 'b_0000'])
    write(
      root,
      `lacks/images/${file}.png`,
      png(6, 6, () => whole(255)),
    );
  for (const file of ['a', 'b'])
    write(
      root,
      `lacks/masks/${file}.png`,
      png(6, 6, () => 1),
    );
  assert.equal((await imported('lacks', 'pairs')).told, [
    'CMR899 the channels of `b` are not whole: it has _0000, others have 2',
  ]);
});

test('pictures of channels stay where they are and are listed in one row', async () => {
  for (const file of ['a_0000', 'a_0001', 'b_0000', 'b_0001'])
    write(
      root,
      `pics/images/${file}.png`,
      png(6, 6, () => whole(255)),
    );
  for (const file of ['a', 'b'])
    write(
      root,
      `pics/masks/${file}.png`,
      png(6, 6, () => 1),
    );
  const { rows, told } = await imported('pics', 'pairs');
  assert.equal(told, []);
  assert.equal(
    rows.map(({ id, image }) => [id, image]),
    ['a', 'b'].map((name) => [name, [`../pics/images/${name}_0000.png`, `../pics/images/${name}_0001.png`]]),
  );
});

test('numbers at the end of names count images where masks have them too', async () => {
  for (const file of ['a_0000', 'a_0001']) {
    write(
      root,
      `counted/images/${file}.png`,
      png(6, 6, () => whole(255)),
    );
    write(
      root,
      `counted/masks/${file}.png`,
      png(6, 6, () => 1),
    );
  }
  assert.equal(
    (await imported('counted', 'pairs')).rows.map(({ id }) => id),
    ['a_0000', 'a_0001'],
  );
});

test('an array whose last axis is short has channels, which is told', async () => {
  const stacked = random(2 * 6 * 5 * 3);
  write(root, 'arrays/h.npz', npz({ image: npy([2, 6, 5, 3], stacked, '<u2') }));
  const { rows, told, out } = await imported('arrays');
  assert.equal(told, ['CMR860 `/arrays/h.npz`: its last axis, of 3, is taken for that of channels']);
  assert.is(rows.length, 2);
  const volume = (await readVolume(join(out, '..', String(rows[0]!.image)), 'image')) as Volume;
  assert.equal([volume.slices, volume.channels, [...volume.values]], [2, 3, [...stacked]]);
  const picture: Grid = new FileReader().image({
    path: join(root, 'arrays/h.npz'),
    array: 'image',
    slice: 1,
  }) as Grid;
  assert.equal([...picture.values], [...stacked.slice(90)]);
});

test.run();
