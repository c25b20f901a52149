import { parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import { BatchMaker, type BatchReply, type BatchRequest, type BatchSettings } from './batches.ts';

/** The thread that makes batches, started by its path; answers requests in their order. */

export interface NumberedRequest {
  readonly number: number;
  readonly request: BatchRequest;
}

export type NumberedReply =
  | { readonly number: number; readonly reply: BatchReply }
  | { readonly number: number; readonly problem: ThreadProblem };

/** What is left of an error on its way out of a thread; the code and the path are the system's, where it refused. */
export interface ThreadProblem {
  readonly message: string;
  readonly code?: string | undefined;
  readonly path?: string | undefined;
}

const maker = new BatchMaker(workerData as BatchSettings);

parentPort?.on('message', ({ number, request }: NumberedRequest) => {
  try {
    const reply = maker.make(request);
    const { images, targets, distances = {} } = reply.batch;
    const arrays = [images, ...Object.values(targets), ...Object.values(distances)];
    const transfer = arrays.map(({ buffer }) => buffer as TransferListItem);
    parentPort?.postMessage({ number, reply } satisfies NumberedReply, transfer);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ number, problem: { message, code, path } } satisfies NumberedReply);
  }
});
