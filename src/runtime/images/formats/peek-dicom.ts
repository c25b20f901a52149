import type { FileProblem } from '../files.ts';
import { type DicomFacts, openDicom } from './dicom-file.ts';
import { identify, isGzip } from './identify.ts';
import { gunzip, readWhole } from './read-volume.ts';

/** What a DICOM file says without its pixels; `other` for a file that is none. */
export type DicomPeek = { readonly facts: DicomFacts } | { readonly other: true };

export function peekDicom(path: string): DicomPeek | FileProblem {
  const bytes = readWhole(path);
  if ('problem' in bytes) return bytes;
  const unpacked = isGzip(bytes) ? gunzip(bytes) : bytes;
  if ('damage' in unpacked) return { problem: 'damaged', reason: unpacked.damage };
  if (identify(unpacked) !== 'dicom') return { other: true };
  const file = openDicom(unpacked);
  return 'damage' in file ? { problem: 'damaged', reason: file.damage } : { facts: file.facts };
}
