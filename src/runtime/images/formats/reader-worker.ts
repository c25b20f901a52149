import { parentPort, type TransferListItem } from 'node:worker_threads';
import type { Pixels } from '../dicom/dicom-pixels.ts';
import { type DicomPeek, peekDicom } from '../dicom/peek-dicom.ts';
import type { FileProblem } from '../files.ts';
import type { ImageKind } from '../png.ts';
import { readDicomFrames, readVolume } from './read-volume.ts';
import type { Volume } from './volume.ts';

/** The thread that opens files: what a broken one does to a decoder ends here. */

export type ReaderRequest =
  | { readonly kind: 'volume'; readonly path: string; readonly array: string; readonly of: ImageKind }
  | { readonly kind: 'dicom' | 'frames'; readonly path: string };

export type ReaderReply = Volume | Pixels | FileProblem | DicomPeek;

parentPort?.on('message', async (request: ReaderRequest) => {
  let reply: ReaderReply;
  try {
    reply = await answer(request);
  } catch (problem) {
    const words = (problem instanceof Error ? problem.message : String(problem)).split('\n')[0]!;
    reply = { problem: 'damaged', reason: `its decoder fails: ${words.slice(0, 100)}` };
  }
  const transfer = 'values' in reply ? [reply.values.buffer as TransferListItem] : [];
  parentPort?.postMessage(reply, transfer);
});

function answer(request: ReaderRequest): ReaderReply | Promise<ReaderReply> {
  switch (request.kind) {
    case 'dicom':
      return peekDicom(request.path);
    case 'frames':
      return readDicomFrames(request.path);
    case 'volume':
      return readVolume(request.path, request.array, request.of);
  }
}
