import { existsSync } from 'node:fs';
import type { RunPlan } from '../../../compiler/index.ts';
import { contentDigest, type ImageContent } from '../../data/dataset/content.ts';
import type { Dataset } from '../../data/dataset/dataset.ts';
import { foldsOf } from '../../data/dataset/folds.ts';
import { splitOf } from '../../data/dataset/split.ts';
import { byName, closed, list, text, textOrNull } from '../../storage/json-schema.ts';
import { readSealed, writeSealed } from '../../storage/seal.ts';
import { validator } from '../../storage/validator.ts';
import { runFiles } from './folder.ts';

/** One image of a run: what it held, and what it is for in each fold. */
export interface RecordedImage extends ImageContent {
  /** The fold that holds it out; it trains in all others. 0 for an image that no fold holds out. */
  readonly fold: number;
  /** The folds in which it is validated on instead of trained on. */
  readonly validates: readonly number[];
}

/** `data.json`: the images of a run, in the order in which batches number them. Images added later are in no fold. */
export interface DataRecord {
  readonly version: 1;
  /** Of all images: {@link contentDigest}. */
  readonly digest: string;
  readonly images: readonly RecordedImage[];
}

const fold = { type: 'integer', minimum: 0 };
const image = closed(
  {
    id: text,
    patient: text,
    class: textOrNull,
    attributes: byName({ type: ['string', 'number', 'array'], items: text }),
    column: { type: ['integer', 'null'] },
    spacing: { type: ['array', 'null'], items: { type: 'number' } },
    image: textOrNull,
    mask: textOrNull,
    fold,
    validates: list(fold),
  },
  ['attributes'],
);

/** The JSON schema of `data.json`. */
export const dataRecordSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'The images that a run of cmrnet trains on and judges, by fold, with digests of their pixels',
  ...closed({ version: { const: 1 }, digest: text, images: list(image), seal: text }, ['seal']),
};

const isValid = validator<DataRecord>(dataRecordSchema);

/** The record of a dataset as a plan splits it. */
export function recordOfData(plan: RunPlan, dataset: Dataset, content: readonly ImageContent[]): DataRecord {
  const folds = foldsOf(plan, dataset);
  const validates: number[][] = content.map(() => []);
  for (let at = 1; at <= plan.evaluate.folds.count; at += 1) {
    for (const place of splitOf(plan, dataset, at).validation) validates[place]!.push(at);
  }
  const images = content.map((one, place): RecordedImage => {
    return { ...one, fold: folds[place]!, validates: validates[place]! };
  });
  return { version: 1, digest: contentDigest(content, plan.data), images };
}

/**
 * Images that came later, where those that a run recorded have their folds: an image goes where one of the same pixels or of
 * the same patient is, else where the manifest says, else to the fold that holds out the fewest patients. So none that was
 * trained on is held out, whatever it is called now.
 * @param recorded the images as they were recorded, also those that are gone
 */
export function placeAdded(
  { folds }: RunPlan['evaluate'],
  recorded: readonly RecordedImage[],
  added: readonly ImageContent[],
): readonly RecordedImage[] {
  const byPixels = new Map(recorded.map((one) => [one.image, one]));
  const byPatient = new Map(recorded.map((one) => [one.patient, one]));
  const heldOut = Array.from({ length: folds.count }, () => new Set<string>());
  for (const { fold, patient } of recorded) heldOut[fold - 1]?.add(patient);
  const fewest = (): number => {
    if (folds.kind === 'holdout' && folds.fraction === 0) return 0;
    return 1 + heldOut.indexOf(heldOut.toSorted((one, other) => one.size - other.size)[0]!);
  };
  return added.map((one) => {
    const known = (one.image === null ? undefined : byPixels.get(one.image)) ?? byPatient.get(one.patient);
    const isGiven = one.column !== null && one.column <= folds.count;
    const place = known ?? { fold: isGiven ? one.column : fewest(), validates: [] };
    const row: RecordedImage = { ...one, fold: place.fold, validates: place.validates };
    byPatient.set(one.patient, row);
    heldOut[row.fold - 1]?.add(one.patient);
    return row;
  });
}

/** The record of a run's data; null where there is none, and in words why it cannot be believed. */
export function readDataRecord(run: string): DataRecord | string | null {
  const path = runFiles.data(run);
  if (!existsSync(path)) return null;
  const found = readSealed(path);
  if (typeof found === 'string') return found;
  return found.sealed && isValid(found.value) ? found.value : 'it is not what was written';
}

export function writeDataRecord(run: string, record: DataRecord): void {
  writeSealed(runFiles.data(run), record);
}

/** The images of a dataset that a run recorded, in its order, with the folds that it gave them. */
export function recordedImages(dataset: Dataset, { images }: DataRecord): Dataset {
  const cases = new Map(dataset.cases.map((one) => [one.id, one]));
  return {
    ...dataset,
    cases: images.flatMap(({ id, fold: own, validates }) => {
      const one = cases.get(id);
      return one === undefined ? [] : [{ ...one, fold: own, validates }];
    }),
  };
}
