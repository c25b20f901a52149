// The thread that reads one changed file after the other, and looks whether what it got can be.
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { Bag } from '../../src/compiler/index.ts';
import { parseContour } from '../../src/runtime/data/import/convert/outlines.ts';
import { parseTable } from '../../src/runtime/data/import/layouts/csv.ts';
import { parseManifest } from '../../src/runtime/data/manifest/manifest.ts';
import { peekDicom } from '../../src/runtime/images/dicom/peek-dicom.ts';
import { FileReader, isFileProblem } from '../../src/runtime/images/files.ts';
import { readVolume } from '../../src/runtime/images/formats/read-volume.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import type { FuzzRequest } from './reading.ts';

parentPort!.on('message', async ({ path, format }: FuzzRequest) => {
  try {
    parentPort!.postMessage(await outcomeOf(path, format));
  } catch (error) {
    parentPort!.postMessage({ outcome: 'exception', wrong: `an exception: ${String(error).slice(0, 200)}` });
  }
});

async function outcomeOf(path: string, format: string): Promise<{ outcome: string; wrong?: string }> {
  if (format === 'manifest') {
    const bag = new Bag();
    const manifest = parseManifest(readFileSync(path, 'utf8'), path, bag);
    const silent = manifest === null && !bag.hasErrors;
    return silent
      ? { outcome: 'silent', wrong: 'no manifest, and no word why' }
      : { outcome: bag.hasErrors ? 'refused' : 'read' };
  }
  if (format === 'table') {
    const { columns, rows } = parseTable(readFileSync(path, 'utf8'));
    const odd = rows.find(({ cells }) => columns.some((column) => typeof cells[column] !== 'string'));
    return odd === undefined
      ? { outcome: 'read' }
      : { outcome: 'rubbish', wrong: `line ${odd.line} lacks cells` };
  }
  if (format === 'outline') {
    return { outcome: parseContour(readFileSync(path, 'utf8')) === null ? 'refused' : 'read' };
  }
  if (format === 'dicom') peekDicom(path);
  // What training reads itself, without a thread that may fail.
  if (['png', 'npz', 'npy'].includes(format)) {
    const grid = new FileReader().image({ path, array: 'image', slice: 0 });
    if (!isFileProblem(grid) && grid.values.length !== grid.height * grid.width * grid.channels)
      return { outcome: 'rubbish', wrong: `a grid of ${grid.values.length} values` };
  }
  const found = await readVolume(path, 'image');
  if ('problem' in found) {
    const reason = 'reason' in found ? found.reason : found.problem;
    return reason.length > 0
      ? { outcome: 'refused' }
      : { outcome: 'silent', wrong: 'refused without a reason' };
  }
  const wrong = rubbish(found);
  return wrong === null ? { outcome: 'read' } : { outcome: 'rubbish', wrong };
}

/** What no volume can be, whatever its file says. */
function rubbish(volume: Volume): string | null {
  const { columns, rows, slices, frames, channels, values, spacing, affine, slots, times } = volume;
  const sizes = [columns, rows, slices, frames, channels];
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) return `sizes of ${sizes.join('×')}`;
  if (values.length !== sizes.reduce((product, size) => product * size, 1))
    return `${values.length} values for ${sizes.join('×')}`;
  if (spacing?.some((one, axis) => !Number.isFinite(one) || one < 0 || (one === 0 && axis < 2)))
    return `a spacing of ${spacing.join('×')}`;
  if (affine !== null && !(affine.length === 16 && affine.every(Number.isFinite)))
    return `an affine of ${affine}`;
  if (slots && slots.length !== slices) return `${slots.length} slots for ${slices} slices`;
  if (times && times.length !== frames) return `${times.length} times for ${frames} frames`;
  return null;
}
