import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunPlan } from '../../src/compiler/index.ts';
import type { Batch } from '../../src/runtime/data/batches/data-source.ts';
import { openFold } from '../../src/runtime/data/batches/source.ts';
import type { Case, Dataset } from '../../src/runtime/data/dataset/dataset.ts';
import { foldsOf } from '../../src/runtime/data/dataset/folds.ts';
import { encodeTensors } from '../../src/runtime/storage/safetensors.ts';
import { comparedHead, files, type HeldOutImage, type Split } from './task.ts';

/**
 * Writes what all players read: the plans, the split that the first plan's seed deals, and its images as the networks take
 * them, fitted and with their intensities mapped.
 */
export async function prepare(
  folder: string,
  plans: ReadonlyMap<string, RunPlan>,
  dataset: Dataset,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const [first] = plans.values();
  const folds = foldsOf(first!, dataset);
  const recorded = {
    ...dataset,
    cases: dataset.cases.map((one, index) => ({ ...one, fold: folds[index]! })),
  };
  const source = openFold(first!, recorded, 1, { cacheFolder: null });
  writeArrays(join(folder, files.training), first!, await all(source.training()));
  const heldOut = await all(source.heldOut());
  writeArrays(join(folder, files.heldOut), first!, heldOut);
  await source.dispose();
  const split: Split = {
    dataset: recorded,
    structures: dataset.plan.structures.map(({ name }) => name),
    heldOut: placesOf(
      recorded.cases,
      heldOut.flatMap(({ ids }) => ids),
    ),
  };
  writeFileSync(join(folder, files.split), JSON.stringify(split));
  for (const [name, plan] of plans) writeFileSync(join(folder, files.plan(name)), JSON.stringify(plan));
}

/** Images of one file are one volume. */
function placesOf(cases: readonly Case[], ids: readonly string[]): readonly HeldOutImage[] {
  const byId = new Map(cases.map((one) => [one.id, one]));
  const pathOf = ({ id, source }: Case) => (source.kind === 'files' ? source.image.path : id);
  return ids.map((id) => {
    const one = byId.get(id)!;
    const own = cases.filter(({ patient }) => patient === one.patient).map(pathOf);
    const volumes = [...new Set(own)].sort();
    return { id, patient: one.patient, phase: volumes.indexOf(pathOf(one)) + 1 };
  });
}

function writeArrays(path: string, plan: RunPlan, batches: readonly Batch[]): void {
  const head = comparedHead(plan)!;
  const [height, width, channels] = plan.network.input.shape as [number, number, number];
  const count = batches.reduce((sum, { ids }) => sum + ids.length, 0);
  const images = new Float32Array(count * height * width * channels);
  const labels = new Float32Array(count * height * width);
  let at = 0;
  for (const batch of batches) {
    images.set(batch.images, at * channels);
    const truth = batch.targets[head.name]!;
    for (let pixel = 0; pixel < truth.length / head.channels; pixel++) {
      labels[at + pixel] = truth.subarray(pixel * head.channels, (pixel + 1) * head.channels).indexOf(1);
    }
    at += truth.length / head.channels;
  }
  writeFileSync(
    path,
    encodeTensors(
      new Map([
        ['images', { shape: [count, height, width, channels], values: images }],
        ['labels', { shape: [count, height, width], values: labels }],
      ]),
    ),
  );
}

async function all(batches: AsyncIterable<Batch>): Promise<readonly Batch[]> {
  const found: Batch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}
