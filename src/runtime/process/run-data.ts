import type { Bag, RunPlan } from '../../compiler/index.ts';
import { contentDigest, contentOf, type ImageContent } from '../data/dataset/content.ts';
import type { Dataset } from '../data/dataset/dataset.ts';
import { digestsOf } from '../data/dataset/digests.ts';
import { loadDataset } from '../data/dataset/load.ts';
import {
  type DataDifference,
  dataDifference,
  differenceDetails,
  differenceInWords,
  isSame,
  stillHolds,
} from '../runs/record/data-difference.ts';
import {
  type DataRecord,
  placeAdded,
  type RecordedImage,
  readDataRecord,
  recordedImages,
  recordOfData,
  writeDataRecord,
} from '../runs/record/data-record.ts';
import { runFiles } from '../runs/record/folder.ts';
import { cacheFolderOf, locatedPlan } from '../runs/record/located.ts';
import { type Run, updateRecord } from '../runs/record/store.ts';
import { checkpointPlaces } from '../runs/results/checkpoint.ts';
import { nowhere } from '../storage/problems.ts';

/** The images of a run, as it recorded them. */
export interface RunData {
  /** The run; its record may now say that a change of its data was accepted. */
  readonly run: Run;
  readonly dataset: Dataset;
  /** Of the data, as predictions name it; null for a run of an older version, of which nothing is known. */
  readonly digest: string | null;
}

/**
 * The images of a run in the folds that it recorded: those that it trained on are never held out. Data that have changed are
 * refused (`dataChanged`), unless they were only added to (`dataGrew`): what is new is in no fold. The record is written when
 * a run's data are asked for first. Null when there are errors.
 * @param options.accept takes changed data as they are, in the recorded folds, and what was added into them; the run's
 * record then says so
 */
export function openRunData(
  run: Run,
  bag: Bag,
  options: { readonly accept: boolean } = { accept: false },
): RunData | null {
  const plan = locatedPlan(run);
  const loaded = loadDataset(plan, bag, { complete: false });
  if (loaded === null) return null;
  const { dataset } = loaded;
  const found = readDataRecord(run.folder);
  if (found === null && run.record.version === 3) {
    bag.report('unprovenData', {
      at: nowhere(run.folder),
      arguments: { run: run.folder, reason: 'it was made before runs recorded what they trained on' },
      help: [{ message: 'train it anew to be sure that no held-out image was trained on' }],
    });
    return { run, dataset, digest: null };
  }
  const content = contentOf(plan, dataset, digestsOf(plan, cacheFolderOf(run.folder)));
  const record =
    found === null || typeof found === 'string' ? remade(run, plan, dataset, content, found, bag) : found;
  if (record === null) return null;
  const difference = dataDifference(record.images, content);
  if (isSame(difference)) return dataOf(run, dataset, record);
  if (stillHolds(difference) && !options.accept) {
    reportGrowth(run, record, difference, bag);
    return dataOf(run, dataset, record);
  }
  if (!options.accept) {
    reportChange(run, record, difference, bag);
    return null;
  }
  return accepted(run, plan, dataset, content, record, difference, bag);
}

function dataOf(run: Run, dataset: Dataset, record: DataRecord): RunData {
  return { run, dataset: recordedImages(dataset, record), digest: record.digest };
}

/**
 * The record of a run that has none, or a damaged one: it follows from the data while nothing was trained, and while they
 * are provably those that the run was made for.
 */
function remade(
  run: Run,
  plan: RunPlan,
  dataset: Dataset,
  content: readonly ImageContent[],
  damage: string | null,
  bag: Bag,
): DataRecord | null {
  const { source } = plan.data;
  const asked = source.kind === 'manifest' ? source.content : undefined;
  const begun = run.record.folds.some((fold) => checkpointPlaces(run.folder, fold).length > 0);
  const fits = asked === contentDigest(content, plan.data) || source.kind === 'phantom';
  const path = runFiles.data(run.folder);
  if (fits || (asked === undefined && damage === null && !begun)) {
    const record = recordOfData(plan, dataset, content);
    // Reading an image that is gone ends training with its name; nothing is to be recorded of it.
    if (content.every(({ image }) => image !== null)) writeDataRecord(run.folder, record);
    return record;
  }
  if (begun || damage !== null) {
    bag.report('brokenDataRecord', {
      at: nowhere(path),
      arguments: { path, reason: damage ?? 'it is missing' },
      notes: ['the data are not those that the run was made for, so its folds cannot be told'],
      help: [{ message: 'put the data back as they were, or train anew' }],
    });
  } else {
    bag.report('dataChanged', {
      at: nowhere(source.kind === 'manifest' ? source.path : run.folder),
      arguments: { run: run.folder, change: 'they are not those that it was made for' },
      help: [{ message: 'nothing was trained yet: make a new run' }],
    });
  }
  return null;
}

function reportGrowth(run: Run, { images }: DataRecord, difference: DataDifference, bag: Bag): void {
  bag.report('dataGrew', {
    at: nowhere(run.folder),
    arguments: { run: run.folder, change: differenceInWords(difference) },
    notes: [...differenceDetails(difference), `it keeps to its ${images.length} images and their folds`],
    help: [
      { message: 'begin a new run to use them' },
      {
        message:
          'or take them in with `--accept-data`: new patients are held out by the fold that holds out the fewest, and its record and its numbers say so',
      },
    ],
  });
}

function reportChange(run: Run, record: DataRecord, difference: DataDifference, bag: Bag): void {
  const { folder } = run;
  const { foldColumn, patientsAdded: _, imagesAdded: _more, ...rest } = difference;
  const content = Object.values(rest).some((names) => names.length > 0);
  const changed = new Set([
    ...Object.values({ ...rest, foldColumn }).flat(),
    ...record.images.filter(({ patient }) => rest.patientsRemoved.includes(patient)).map(({ id }) => id),
  ]);
  const holds = record.images.filter(({ id }) => !changed.has(id)).length;
  bag.report('dataChanged', {
    at: nowhere(folder),
    arguments: { run: folder, change: differenceInWords(difference) },
    notes: [
      ...differenceDetails(difference),
      `${holds} of its ${record.images.length} images are as it recorded them, and its results are those of the data as they were`,
    ],
    help: [
      {
        message: content
          ? 'put the data back as they were, and it is judged on the folds that it recorded'
          : 'put the folds back, and it goes on with those that it recorded',
      },
      { message: 'begin a new run for the data as they are' },
      {
        message: `take ${content ? 'the data as they are' : 'the images as they are'} in the recorded folds with \`--accept-data\`: its record and its numbers then say so`,
      },
    ],
  });
}

/** `what was added is in fold 2` */
function placeText(added: readonly RecordedImage[]): readonly string[] {
  const folds = [...new Set(added.map(({ fold }) => fold))].sort((a, b) => a - b);
  if (folds.length === 0) return [];
  const held = folds.filter((fold) => fold > 0).join(', ');
  const trains = folds[0] === 0 ? ['only trains'] : [];
  const places = [...(held === '' ? [] : [`is in fold ${held}`]), ...trains];
  return [`what was added ${places.join(' or ')}`];
}

/** Takes data as they are: first the run says so, then its record of them changes. */
function accepted(
  run: Run,
  plan: RunPlan,
  dataset: Dataset,
  content: readonly ImageContent[],
  { images }: DataRecord,
  difference: DataDifference,
  bag: Bag,
): RunData | null {
  const now = new Map(content.map((one) => [one.id, one]));
  const known = new Set(images.map(({ id }) => id));
  const added = placeAdded(
    plan.evaluate,
    images,
    content.filter(({ id }) => !known.has(id)),
  );
  const kept = images.flatMap(({ id, fold, validates }) => {
    const one = now.get(id);
    return one === undefined ? [] : [{ ...one, fold, validates }];
  });
  const change = {
    time: Date.now(),
    change: [differenceInWords(difference), ...placeText(added)].join(', '),
    content: contentDigest(content, plan.data),
  };
  const changed = updateRecord(run, { accepted: [...(run.record.accepted ?? []), change] }, bag);
  if (changed === null) return null;
  const all = [...kept, ...added];
  const record: DataRecord = { version: 1, digest: contentDigest(all, plan.data), images: all };
  writeDataRecord(run.folder, record);
  return dataOf(changed, dataset, record);
}
