import type { DataPlan, RunPlan } from '../../../compiler/index.ts';
import { type FileProblem, type ImageReference, isFileProblem } from '../../images/files.ts';
import { phantomVersion } from '../phantom/phantom.ts';
import { type AttributeValues, askedAttributes } from './attributes.ts';
import { type Dataset, needsOf } from './dataset.ts';
import { type ContentDigests, digestOf } from './digests.ts';

/** What a dataset says about one image, and digests of its pixels: all that training and judging take from it. */
export interface ImageContent {
  readonly id: string;
  readonly patient: string;
  /** The name of its class; null where the data says none. */
  readonly class: string | null;
  /** Of the attributes that heads predict; absent where none does. */
  readonly attributes?: AttributeValues;
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
  const asked = askedAttributes(plan).map(({ name }) => name);
  const phantom = dataset.plan.source;
  const rows = dataset.cases.map((one): ImageContent => {
    const { id, patient, class: name, fold, spacing, source, attributes = {} } = one;
    const predicted = Object.fromEntries(
      asked.flatMap((key) => (key in attributes ? [[key, attributes[key]!]] : [])),
    );
    const known = asked.length === 0 ? {} : { attributes: predicted };
    const facts = { id, patient, class: name, ...known, column: fold, spacing };
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
export function contentDigest(rows: readonly ImageContent[], { classes, attributes = [] }: DataPlan): string {
  const place = (name: string | null) => classes.findIndex((one) => one.name === name);
  // Names of attributes and of their classes do not count, as those of diagnoses do not.
  const known = (values: AttributeValues) =>
    attributes.flatMap((attribute) => {
      const value = values[attribute.name];
      if (value === undefined) return [];
      if (attribute.kind === 'value') return [[attribute.column, value]];
      const places = [value].flat().map((name) => attribute.classes.findIndex((one) => one.name === name));
      return [[attribute.column, ...places]];
    });
  const parts = rows
    .map(({ id, patient, class: name, attributes: values, column, spacing, image, mask }) =>
      JSON.stringify([
        ...[id, patient, place(name), column, spacing, image, mask],
        ...(values === undefined ? [] : known(values)),
      ]),
    )
    .sort();
  return digestOf(parts).slice(0, 32);
}

function digestIn(digests: ContentDigests, file: ImageReference): string | null {
  const found: string | FileProblem = digests.of(file);
  return typeof found !== 'string' && isFileProblem(found) ? null : (found as string);
}
