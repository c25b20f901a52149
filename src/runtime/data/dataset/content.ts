import type { DataPlan, RunPlan } from '../../../compiler/index.ts';
import { type FileProblem, type ImageReference, isFileProblem } from '../../images/files.ts';
import { phantomVersion } from '../phantom/phantom.ts';
import { type Dataset, needsOf } from './dataset.ts';
import { type ContentDigests, digestOf } from './digests.ts';

/** What a dataset says about one image, and digests of its pixels: all that training and judging take from it. */
export interface ImageContent {
  readonly id: string;
  readonly patient: string;
  /** The name of its class; null where the data says none. */
  readonly class: string | null;
  /** The fold that the manifest assigns; null where the seed deals. */
  readonly column: number | null;
  /** Millimetres between pixels, down and across; null where unknown. */
  readonly spacing: readonly [number, number] | null;
  /** Digest of the pixels; of what it is drawn from for a phantom. Null for a file that cannot be read. */
  readonly image: string | null;
  /** The same of the mask; null also where there is none, or no head asks for one. */
  readonly mask: string | null;
}

/** The content of a dataset, in its order. Only what the plan's heads use counts. */
export function contentOf(plan: RunPlan, dataset: Dataset, digests: ContentDigests): readonly ImageContent[] {
  const { masks } = needsOf(plan);
  const phantom = dataset.plan.source;
  const rows = dataset.cases.map((one): ImageContent => {
    const { id, patient, class: name, fold, spacing, source } = one;
    const facts = { id, patient, class: name, column: fold, spacing };
    if (source.kind === 'files') {
      const mask = masks && source.mask !== null ? digestIn(digests, source.mask) : null;
      return { ...facts, image: digestIn(digests, source.image), mask };
    }
    if (phantom.kind !== 'phantom') throw new Error(`case ${id} is drawn, its dataset is not`);
    const { seed, difficulty, size } = phantom;
    const drawn = digestOf([phantomVersion, seed, difficulty, size, source.image]).slice(0, 32);
    return { ...facts, image: drawn, mask: masks ? drawn : null };
  });
  digests.save();
  return rows;
}

/** One digest of all images: equal for data that hold the same, in whatever order and place they lie. */
export function contentDigest(rows: readonly ImageContent[], { classes }: DataPlan): string {
  const place = (name: string | null) => classes.findIndex((one) => one.name === name);
  const parts = rows
    .map(({ id, patient, class: name, column, spacing, image, mask }) =>
      JSON.stringify([id, patient, place(name), column, spacing, image, mask]),
    )
    .sort();
  return digestOf(parts).slice(0, 32);
}

function digestIn(digests: ContentDigests, file: ImageReference): string | null {
  const found: string | FileProblem = digests.of(file);
  return typeof found !== 'string' && isFileProblem(found) ? null : (found as string);
}
