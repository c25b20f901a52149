import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Bag } from '../../compiler/index.ts';
import { findSeries } from '../data/import/dicom-series.ts';
import { type FoundImage, file, listTree, reportFile, stemOf } from '../data/import/found.ts';
import { findVolumes } from '../data/import/layouts.ts';
import { fileNames } from '../data/import/unique-names.ts';
import type { ReaderThread } from '../images/formats/reader-thread.ts';

/** One image or series to predict. */
export interface Input {
  /** Names its outputs; no other input has it. */
  readonly name: string;
  /** What the user named: a file, or the folder that it was found in. */
  readonly path: string;
  readonly image: FoundImage['image'];
}

/** What the arguments of `cmrc predict` name. A folder gives its DICOM series, or else the images that it holds. */
export async function findInputs(
  paths: readonly string[],
  array: string,
  reader: ReaderThread,
  bag: Bag,
): Promise<readonly Input[]> {
  const inputs: Input[] = [];
  const add = (name: string, path: string, image: FoundImage['image']) =>
    void inputs.push({ name, path, image });
  for (const path of paths) {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined) reportFile(bag, path, 'it does not exist');
    else if (!facts.isDirectory()) add(stemOf(basename(path)), path, file(path, array));
    else {
      const search = {
        folder: path,
        layout: 'dicom',
        needs: '',
        bag,
        patient: null,
        imageArray: array,
        maskArray: '',
      };
      const images = findVolumes(search).filter(
        ({ image }) => image.kind === 'file' && !/\.dcm$/i.test(image.path),
      );
      const found = images.length > 0 ? images : await findSeries(search, reader);
      for (const { name, image } of found) add(name, image.kind === 'file' ? image.path : path, image);
      if (found.length === 0 && listTree(search).length === 0) reportFile(bag, path, 'the folder is empty');
    }
  }
  const names = fileNames(inputs.map(({ name }) => name));
  return inputs.map((input, index) => ({ ...input, name: names[index]! }));
}
