import { type FileProblem, FileReader, type FileReference, isFileProblem } from '../../images/files.ts';
import type { Grid } from '../../images/grid.ts';
import { withWholeValues } from '../../images/mask-values.ts';
import { drawCached } from '../phantom/cache.ts';
import type { Case, Dataset } from './dataset.ts';

/** An image and its mask on their original grid, in the data's own numbers. */
export interface CaseGrids {
  readonly image: Grid;
  readonly mask: Grid | null;
}

/** Reads the images of a dataset that was checked. A file that changed since then is an exception. */
export class CaseReader {
  readonly #dataset: Dataset;
  readonly #cacheFolder: string | null;
  readonly #files = new FileReader();

  /** @param cacheFolder where drawn phantoms are kept; null keeps none */
  constructor(dataset: Dataset, cacheFolder: string | null) {
    this.#dataset = dataset;
    this.#cacheFolder = cacheFolder;
  }

  read(one: Case): CaseGrids {
    const { source } = one;
    if (source.kind === 'files') {
      return {
        image: this.#checked(one, source.image, this.#files.image(source.image)),
        mask:
          source.mask === null
            ? null
            : withWhole(this.#checked(one, source.mask, this.#files.read(source.mask))),
      };
    }
    const phantom = this.#dataset.plan.source;
    if (phantom.kind !== 'phantom') throw new Error(`case ${one.id} is drawn, its dataset is not`);
    const [height, width] = phantom.size;
    const { T1, mask } = drawCached(phantom, source.image, this.#cacheFolder);
    return {
      image: { height, width, channels: 1, values: T1 },
      mask: { height, width, channels: 1, values: new Float32Array(mask) },
    };
  }

  #checked(one: Case, file: FileReference, found: Grid | FileProblem): Grid {
    if (isFileProblem(found)) throw new Error(`${file.path}, of image ${one.id}, ${problemText(found)}`);
    return found;
  }
}

/** Masks name structures by whole numbers; scaling leaves some of them beside. */
function withWhole(mask: Grid): Grid {
  return { ...mask, values: withWholeValues(mask.values) };
}

function problemText(problem: FileProblem): string {
  switch (problem.problem) {
    case 'missing':
      return 'no longer exists';
    case 'damaged':
      return `can no longer be read: ${problem.reason}`;
    case 'array':
      return 'no longer holds its array';
    case 'slice':
      return problem.reason;
  }
}
