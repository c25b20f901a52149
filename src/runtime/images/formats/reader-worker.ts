import { parentPort, type TransferListItem } from 'node:worker_threads';
import type { FileProblem } from '../files.ts';
import { type DicomPeek, peekDicom } from './peek-dicom.ts';
import { readVolume } from './read-volume.ts';
import type { Volume } from './volume.ts';

/** The thread that opens files: what a broken one does to a decoder ends here. */

export type ReaderRequest =
  | { readonly kind: 'volume'; readonly path: string; readonly array: string }
  | { readonly kind: 'dicom'; readonly path: string };

export type ReaderReply = Volume | FileProblem | DicomPeek;

parentPort?.on('message', async (request: ReaderRequest) => {
  let reply: ReaderReply;
  try {
    reply =
      request.kind === 'dicom' ? peekDicom(request.path) : await readVolume(request.path, request.array);
  } catch (problem) {
    const words = (problem instanceof Error ? problem.message : String(problem)).split('\n')[0]!;
    reply = { problem: 'damaged', reason: `its decoder fails: ${words.slice(0, 100)}` };
  }
  const transfer = 'values' in reply ? [reply.values.buffer as TransferListItem] : [];
  parentPort?.postMessage(reply, transfer);
});
