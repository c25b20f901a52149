import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { cohort, type PhantomSource } from '../../src/runtime/data/phantom/cohort.ts';
import { drawPhantom } from '../../src/runtime/data/phantom/phantom.ts';

/** Small hearts, drawn; a third of them diseased. */
const hearts: PhantomSource = {
  kind: 'phantom',
  images: 12,
  seed: 5,
  difficulty: 'easy',
  diseased: 1 / 3,
  size: [64, 64],
};

/**
 * Writes images and masks as people keep them: `images/` and `masks/` with PNG files of equal names, `p03-s2.png` the
 * second slice of the third patient, T1 in ms; `labels.csv` has a diagnosis for each patient.
 */
export function writeScans(folder: string): void {
  for (const name of ['images', 'masks']) mkdirSync(join(folder, name), { recursive: true });
  const patients = new Map<string, { readonly number: number; slices: number }>();
  for (const image of cohort(hearts)) {
    const key = `${image.diagnosis} ${image.subject}`;
    const patient = patients.get(key) ?? { number: patients.size + 1, slices: 0 };
    patients.set(key, patient);
    patient.slices += 1;
    const name = `p${String(patient.number).padStart(2, '0')}-s${patient.slices}.png`;
    const { T1, mask, height, width } = drawPhantom(hearts, image);
    const grey = Uint16Array.from(T1, (value) => Math.max(0, Math.round(value)));
    writeFileSync(
      join(folder, 'images', name),
      encode({ height, width, data: grey, channels: 1, depth: 16 }),
    );
    writeFileSync(join(folder, 'masks', name), encode({ height, width, data: mask, channels: 1, depth: 8 }));
  }
  const rows = [...patients].map(
    ([key, { number }]) => `p${String(number).padStart(2, '0')},${key.split(' ')[0]}`,
  );
  writeFileSync(join(folder, 'labels.csv'), ['patient,label', ...rows, ''].join('\n'));
}
