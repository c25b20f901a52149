import { join } from 'node:path';
import type { RunPlan } from '../../compiler/index.ts';
import type { ReaderThread } from '../images/formats/reader-thread.ts';
import { imageCount, imageOf, type Volume } from '../images/formats/volume.ts';
import { drawSheet, sheetPng } from '../images/sheet.ts';
import { writeAtomically } from '../storage/atomic.ts';
import { maskValues } from './masks.ts';
import { niftiMask } from './nifti-mask.ts';
import { dicomSegmentation, type SegmentationSources } from './segmentation/dicom-segmentation.ts';
import type { SegmentationForm } from './segmentation/forms.ts';

/** The most images of an input that its picture shows. */
const maxShown = 36;

/** Writes the masks of an input in the forms that fit where it came from. Gives the files by what they are. */
export async function writeOutputs(
  plan: RunPlan,
  volume: Volume,
  masks: ReadonlyMap<string, Uint8Array>,
  name: string,
  out: string,
  reader: ReaderThread,
  form: SegmentationForm,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  const save = (kind: string, file: string, content: Uint8Array) => {
    writeAtomically(join(out, file), content);
    files[kind] = file;
  };
  const sources = volume.source.kind === 'dicom' ? await sourcesOf(volume.source.files, reader) : null;
  const values = maskValues(plan.data);
  const segments = plan.data.structures.map((structure, index) => ({
    name: structure.name,
    value: values[index]!,
  }));
  for (const [head, mask] of masks) {
    save(`${head}.nifti`, `${name}_${head}.nii.gz`, niftiMask(volume, mask));
    const segmentation =
      sources === null ? null : dicomSegmentation(volume, mask, segments, sources, new Date(), form);
    if (segmentation !== null) save(`${head}.dicom`, `${name}_${head}.seg.dcm`, segmentation);
    save(`${head}.picture`, `${name}_${head}.png`, overlay(volume, mask));
  }
  return files;
}

function overlay(volume: Volume, mask: Uint8Array): Uint8Array {
  const each = volume.rows * volume.columns;
  const count = Math.min(imageCount(volume), maxShown);
  const pictures = Array.from({ length: count }, (_, place) => {
    const index = Math.floor((place * imageCount(volume)) / count);
    const { height, width, values } = imageOf(volume, index);
    return { height, width, values, mask: mask.subarray(index * each, (index + 1) * each) };
  });
  return sheetPng(drawSheet(pictures, Math.ceil(Math.sqrt(count))));
}

/** What each image's file says of itself; null when one no longer says it. */
async function sourcesOf(
  files: readonly { readonly path: string; readonly frame: number }[],
  reader: ReaderThread,
): Promise<SegmentationSources | null> {
  const known = new Map<string, SegmentationSources[number]['facts']>();
  for (const { path } of files) {
    if (known.has(path)) continue;
    const found = await reader.dicom(path);
    if (!('facts' in found)) return null;
    known.set(path, found.facts);
  }
  return files.map(({ path, frame }) => ({ facts: known.get(path)!, frame }));
}
