import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { writeNpz } from '../../src/runtime/data/import/convert/write-npz.ts';
import { stream } from '../../src/runtime/random/random.ts';
import { planOf, sound } from './compiled.ts';

/** The tiny network of the data below: two convolutions over 16 × 16 pixels, a quarter of the patients held out. */
export const smallSpec = (manifest: string, epochs = 2) => `network Tiny(width: int = 2) {
  input image: [16, 16, 1]
  let a = image |> conv(width) |> relu()
  head segmentation: mask = a |> conv(1, kernel = 1) |> sigmoid()
}

dataset Hearts {
  manifest  = ${JSON.stringify(manifest)}
  fit       = center(16, 16)
  intensity = minmax()
}

experiment Small {
  model = Tiny()
  data  = Hearts
  loss  = jaccard(segmentation)

  train {
    optimizer = sgd(lr = 0.1)
    epochs    = ${epochs}
    batch     = 4
  }

  evaluate {
    folds        = holdout(25%)
    segmentation = [dsc]
  }
}`;

const side = 16;

/** A patient with one slice: noise, and a disc for a mask; `inverted` marks all but the disc. */
export function writePatient(folder: string, patient: number, { inverted = false } = {}): void {
  const random = stream(7, 'small data', patient);
  const radius = 3 + (patient % 4);
  const mask = Float32Array.from({ length: side * side }, (_, pixel) => {
    const inside = Math.hypot(Math.floor(pixel / side) - 8, (pixel % side) - 8) < radius;
    return inside !== inverted ? 1 : 0;
  });
  const disc = (pixel: number) => (mask[pixel] === (inverted ? 0 : 1) ? 60 : 0);
  const image = Float32Array.from(mask, (_, pixel) => Math.round(40 * random.uniform()) + disc(pixel));
  const shape = [side, side];
  const arrays = { image: { shape, values: image }, mask: { shape, values: mask } };
  writeFileSync(join(folder, `${patient}.npz`), writeNpz(arrays));
}

/** A manifest of patients, written beside their images. @param fold the fold of a patient; null lets the seed deal */
export function writeManifest(
  folder: string,
  patients: readonly number[],
  fold: (patient: number) => number | null = () => null,
): string {
  const rows = patients.map((patient) => {
    const column = fold(patient);
    const own = column === null ? '' : `, fold: ${column}`;
    return `  - { id: s${patient}, patient: p${patient}, image: ${patient}.npz, mask_array: mask${own} }`;
  });
  const path = join(folder, 'data.yaml');
  writeFileSync(path, ['version: 1', 'images:', ...rows, ''].join('\n'));
  return path;
}

/** Images of patients 0 to `count` - 1 with their manifest, whose path this gives. */
export function writeSmallData(folder: string, count: number): string {
  const patients = Array.from({ length: count }, (_, patient) => patient);
  for (const patient of patients) writePatient(folder, patient);
  return writeManifest(folder, patients);
}

/** The experiment over a manifest. */
export function smallPlan(manifest: string): RunPlan {
  const plan = planOf(sound(smallSpec('data.yaml')), 'Small');
  return { ...plan, data: { ...plan.data, source: { kind: 'manifest', path: manifest } } };
}
