import { join } from 'node:path';
import type { RunPlan } from '../../compiler/index.ts';
import { fileNames } from '../data/import/unique-names.ts';
import { imageUnit } from '../heart/image-unit.ts';
import { joinMoments, type TimedSlice } from '../heart/moments.ts';
import { drawPage } from '../heart/page/page.ts';
import type { Run } from '../runs/record/store.ts';
import { writeAtomically } from '../storage/atomic.ts';
import type { PredictedHeart } from './report.ts';

/** Names of files for patients, none of which is another's. */
export function pageNames(patients: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(patients)];
  return new Map(fileNames(distinct).map((name, index) => [distinct[index]!, name]));
}

/** Writes a page for each mask head of a patient. Gives the files by what they are, relative to the folder. */
export function writePages(
  { folder, record }: Run,
  plan: RunPlan,
  {
    patient,
    inputs,
    heart,
    slices,
  }: Omit<PredictedHeart, 'files'> & { readonly slices: Readonly<Record<string, readonly TimedSlice[]>> },
  out: string,
  name: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(slices).map(([head, own]) => {
      const file = `${name}_${head}.page.svg`;
      const of = inputs.length === 1 && inputs[0] === patient ? '' : `; from ${inputs.join(', ')}`;
      const page = drawPage({
        patient,
        about: `${head} by ${record.plan.experiment}${of}`,
        structures: plan.data.structures.map((structure) => structure.name),
        predicted: { moments: joinMoments(own), measures: heart[head]! },
        truth: null,
        imageUnit: imageUnit(plan.data),
        provenance: `run ${folder} · identity ${record.plan.hash} · drawn ${new Date().toISOString().slice(0, 10)}`,
      });
      writeAtomically(join(out, file), page);
      return [`${head}.page`, file];
    }),
  );
}
