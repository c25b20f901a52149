import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../threads/entry.ts';
import type { PhantomSource } from './cohort.ts';

/** What the thread is told. */
export interface AheadSettings {
  readonly source: PhantomSource;
  readonly folder: string;
}

/**
 * Starts a thread that draws a whole cohort into a cache folder, the last image first, while the thread that makes batches
 * draws those that it needs now: an epoch's first images come twice as fast. It ends where it
 * cannot write.
 */
export function drawAhead(settings: AheadSettings): Worker {
  const worker = new Worker(threadEntry(import.meta.url, 'ahead-worker'), { workerData: settings });
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}
