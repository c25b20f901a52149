import type { Bag, RunPlan } from '../../../compiler/index.ts';
import { drawSheet, type Picture, sheetLines, sheetPng } from '../../images/sheet.ts';
import { writeAtomically } from '../../storage/atomic.ts';
import { systemProblem } from '../../storage/problems.ts';
import { BatchMaker } from '../batches/batches.ts';
import { loadDataset } from '../dataset/load.ts';
import { splitOf } from '../dataset/split.ts';
import type { Shown, ShowOptions } from './look.ts';

/** How an image is shown: as it is, and as so many epochs see it. */
const epochs = 5;

/**
 * Draws training images as the network gets them: each row one image, first without augmentation, then as the first epochs of
 * the first fold see it, mask and all. Null, reported, where the data cannot be read.
 */
export function showAugmented(plan: RunPlan, options: ShowOptions, bag: Bag): Shown | null {
  const loaded = loadDataset(plan, bag, { complete: false });
  if (loaded === null) return null;
  const { dataset } = loaded;
  const maker = new BatchMaker({
    ...{ dataset, heads: plan.heads, augment: plan.augment, seed: plan.train.seed, cacheFolder: null },
    input: plan.network.input.shape,
  });
  const members = splitOf(plan, dataset, 1).train.filter((index) => {
    const { id, patient, class: name } = dataset.cases[index]!;
    return options.only === null || [id, patient, name ?? ''].some((text) => text.includes(options.only!));
  });
  if (members.length === 0) {
    const text = options.only ?? '';
    bag.report('nothingShown', { at: { file: plan.source, start: 0, end: 0 }, arguments: { text } });
    return null;
  }
  const columns = epochs + 1;
  const rows = Math.min(members.length, Math.max(1, Math.floor(options.images / columns)));
  const chosen = Array.from(
    { length: rows },
    (_, row) => members[Math.floor((row * members.length) / rows)]!,
  );
  const pictures = chosen.flatMap((index) =>
    [null, ...Array.from({ length: epochs }, (_, epoch) => epoch + 1)].map((epoch): Picture => {
      const { image, mask } = maker.shown(index, epoch);
      const { height, width, channels } = image;
      const values = channels === 1 ? image.values : image.values.filter((_, at) => at % channels === 0);
      return { height, width, values, mask: mask === null ? null : mask.values };
    }),
  );
  const sheet = drawSheet(pictures, columns);
  try {
    if (options.out !== null) writeAtomically(options.out, sheetPng(sheet));
  } catch (error) {
    bag.add(systemProblem(error, options.out ?? ''));
    return null;
  }
  const images = chosen.map((index) => dataset.cases[index]!.id);
  return { images, columns, lines: options.columns === null ? [] : sheetLines(sheet, options.columns) };
}
