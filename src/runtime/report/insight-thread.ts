import { Worker } from 'node:worker_threads';
import { threadEntry } from '../threads/entry.ts';
import type { RunsInsight } from './insight.ts';

/** Looks at runs in a thread of its own: intervals of many images take seconds, in which an interface has to answer. */
export function insightInThread(folders: readonly string[]): Promise<RunsInsight> {
  const worker = new Worker(threadEntry(import.meta.url, 'insight-worker'), { workerData: [...folders] });
  worker.unref();
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with ${code}`)));
  });
}
