import { join } from 'node:path';
import { fileNames } from '../data/import/unique-names.ts';
import { drawPage } from '../heart/page/page.ts';
import type { Run } from '../runs/record/store.ts';
import { writeAtomically } from '../storage/atomic.ts';
import type { HeldOutHeart } from './held-out-hearts.ts';
import type { RunData } from './run-data.ts';

/** Writes a page of each held-out patient into a folder: `patient001_segmentation.svg`. */
export function pageDrawer(
  { folder, record }: Run,
  { dataset, digest }: RunData,
  pages: string,
  epoch: number,
): (heart: HeldOutHeart) => void {
  const patients = [...new Set(dataset.cases.map(({ patient }) => patient))];
  const names = new Map(fileNames(patients).map((name, index) => [patients[index]!, name]));
  const { plan } = record;
  return ({ head, fold, ...heart }) => {
    const page = drawPage({
      ...heart,
      about: `${head} by ${plan.experiment}, held out by fold ${fold} of ${plan.evaluate.folds.count}, beside the truth`,
      provenance: [
        `run ${folder}`,
        `identity ${plan.hash}`,
        `weights after epoch ${epoch}`,
        ...(digest === null ? [] : [`data ${digest.slice(0, 16)}`]),
        `drawn ${new Date().toISOString().slice(0, 10)}`,
      ].join(' · '),
    });
    writeAtomically(join(pages, `${names.get(heart.patient)!}_${head}.svg`), page);
  };
}
