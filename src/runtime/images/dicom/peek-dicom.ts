import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import type { FileProblem } from '../files.ts';
import { type Format, identify, isGzip } from '../formats/identify.ts';
import { gunzip, readWhole } from '../formats/read-volume.ts';
import { type DicomFacts, openDicom } from './dicom-file.ts';

/** What a DICOM file says without its pixels; `other` for a file that is none: its format, or in words why it has none. */
export type DicomPeek =
  | { readonly facts: DicomFacts }
  | { readonly other: Format | { readonly unknown: string } };

/** Looks into a file. What is no DICOM is told by its first bytes, however long it is. */
export function peekDicom(path: string): DicomPeek | FileProblem {
  const head = readHead(path);
  if (head !== null) {
    const format = identify(head);
    if (format !== 'dicom') return { other: format };
  }
  const bytes = readWhole(path);
  if ('problem' in bytes) return bytes;
  const unpacked = isGzip(bytes) ? gunzip(bytes) : bytes;
  if ('damage' in unpacked) return { problem: 'damaged', reason: unpacked.damage };
  const format = identify(unpacked);
  if (format !== 'dicom') return { other: format };
  const file = openDicom(unpacked);
  return 'damage' in file ? { problem: 'damaged', reason: file.damage } : { facts: file.facts };
}

const headBytes = 4096;

/** The first bytes of a file, unpacked; null where they cannot be read, which reading the whole explains. */
function readHead(path: string): Uint8Array | null {
  try {
    const file = openSync(path, 'r');
    try {
      const head = new Uint8Array(headBytes);
      const bytes = head.subarray(0, readSync(file, head, 0, headBytes, 0));
      return isGzip(bytes) ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
