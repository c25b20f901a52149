import type { Bag } from '../../../compiler/index.ts';
import { BatchMaker } from '../../data/batches/batches.ts';
import type { Case } from '../../data/dataset/dataset.ts';
import { loadDataset } from '../../data/dataset/load.ts';
import { type GreyImage, greyImage } from '../../images/grey-image.ts';
import type { Size } from '../../images/grid.ts';
import { cacheFolderOf, locatedPlan } from '../record/located.ts';
import { openRun } from '../record/store.ts';

/** A held-out image that someone wants to see, on the grid on which its masks are kept. */
export interface WantedPicture extends Size {
  readonly id: string;
}

/**
 * Reads the images of a run's data for people to look at: those fitted for training where they are still kept, the files
 * themselves where they are not. A run keeps the masks of all its held-out images, and their pictures would be most of
 * its size. Null, with the reason in the bag, when the data is not where it was.
 */
export function openPictures(folder: string, bag: Bag): ((wanted: WantedPicture) => GreyImage) | null {
  const run = openRun(folder, bag);
  const plan = run && locatedPlan(run);
  const dataset = plan && loadDataset(plan, bag, { complete: false })?.dataset;
  if (plan == null || dataset == null) return null;
  const maker = new BatchMaker({
    dataset,
    heads: [],
    augment: plan.augment,
    seed: plan.train.seed,
    cacheFolder: cacheFolderOf(folder),
    input: plan.network.input.shape,
  });
  const places = new Map(dataset.cases.map(({ id }: Case, place) => [id, place]));
  return ({ id, height, width }) => {
    const place = places.get(id);
    if (place === undefined) throw new Error(`the data has no image ${id} any more`);
    const { batch } = maker.make({ cases: [place], epoch: null, originals: false });
    return greyImage(plan, batch.images, { height, width }, dataset.cases[place]!.spacing);
  };
}
