import { statSync } from 'node:fs';
import { basename, relative } from 'node:path';
import type { Bag } from '../../compiler/index.ts';
import { type OtherFile, sortFiles } from '../data/import/dicom-series.ts';
import { type FoundImage, file, reportFile, type Search, stemOf } from '../data/import/found.ts';
import { isCompanion } from '../data/import/layouts.ts';
import { listTree } from '../data/import/list-files.ts';
import { isMaskName } from '../data/import/mask-pairs.ts';
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

/**
 * What the arguments of `cmrc predict` name: files, and of folders the DICOM series and the volumes that they hold. Every
 * other file of a folder is reported with the reason why it is no input.
 */
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
    const search: Search = {
      ...{ folder: path, layout: 'dicom', needs: '', bag, patient: null, imageArray: array, maskArray: '' },
    };
    if (facts === undefined) reportFile(bag, path, 'it does not exist');
    else if (!facts.isDirectory()) add(stemOf(basename(path)), path, file(path, array));
    else {
      const files = listTree(search);
      if (files.length === 0) reportFile(bag, path, 'the folder is empty');
      const { series, others } = await sortFiles(bag, files, reader);
      for (const { name, image } of series) add(name, path, image);
      for (const other of others) {
        const reason = notPredicted(other, series.length > 0);
        const name = stemOf(relative(path, other.path)).replace(/[\\/]+/g, '_');
        if (reason === null) add(name, other.path, file(other.path, array));
        else if (!isCompanion(other.path)) reportFile(bag, other.path, reason);
      }
    }
  }
  const names = fileNames(inputs.map(({ name }) => name));
  return inputs.map((input, index) => ({ ...input, name: names[index]! }));
}

/** Why a file of a folder is no input; null for one that is. */
function notPredicted({ path, format }: OtherFile, besideDicom: boolean): string | null {
  if (typeof format !== 'string') return format.unknown;
  if (isMaskName(path)) return 'its name is that of a mask';
  if (besideDicom && format === 'png') return 'it is a picture beside DICOM files: name it to predict it';
  return null;
}
