import { availableParallelism } from 'node:os';
import { BatchThread } from './batch-thread.ts';
import type { BatchReply, BatchRequest, BatchSettings } from './batches.ts';

/** One thread feeds training on four cores; where there are more, an accelerator beside them wants more. */
const coresPerThread = 4;
const maxThreads = 4;

/** Threads that make batches side by side, each started when it is first needed. */
export class BatchThreads {
  readonly #settings: BatchSettings;
  readonly #threads: { readonly thread: BatchThread; waiting: number }[] = [];
  readonly count: number;

  constructor(settings: BatchSettings, count = threadsFor(availableParallelism())) {
    this.#settings = settings;
    this.count = count;
  }

  /** The batch, by the thread that has the least to do. */
  make(request: BatchRequest): Promise<BatchReply> {
    const idle = this.#threads.find(({ waiting }) => waiting === 0);
    const chosen = idle ?? (this.#threads.length < this.count ? this.#start() : this.#leastBusy());
    chosen.waiting += 1;
    const reply = chosen.thread.make(request).finally(() => {
      chosen.waiting -= 1;
    });
    // A batch prepared ahead may never be asked for: its failure is then nobody's.
    reply.catch(() => undefined);
    return reply;
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map(({ thread }) => thread.end()));
  }

  #start() {
    const started = { thread: new BatchThread(this.#settings), waiting: 0 };
    this.#threads.push(started);
    return started;
  }

  #leastBusy() {
    return this.#threads.reduce((best, one) => (one.waiting < best.waiting ? one : best));
  }
}

/** How many threads a machine of so many cores gives to images. */
function threadsFor(cores: number): number {
  return Math.min(maxThreads, Math.max(1, Math.floor(cores / coresPerThread)));
}
