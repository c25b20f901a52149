import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../threads/entry.ts';
import type { NumberedReply, NumberedRequest } from './augment-worker.ts';
import type { BatchReply, BatchRequest, BatchSettings } from './batches.ts';

interface Waiting {
  readonly resolve: (reply: BatchReply) => void;
  readonly reject: (problem: Error) => void;
}

/** A thread that makes batches while this one trains. */
export class BatchThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #failure: Error | null = null;
  #ends = false;

  constructor(settings: BatchSettings) {
    this.#worker = new Worker(threadEntry(import.meta.url, 'augment-worker'), { workerData: settings });
    this.#worker.on('message', (reply: NumberedReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread that prepares images ended')));
    // A forgotten thread must not keep the process alive.
    this.#worker.unref();
  }

  make(request: BatchRequest): Promise<BatchReply> {
    this.#number += 1;
    const number = this.#number;
    const promise = new Promise<BatchReply>((resolve, reject) => {
      if (this.#failure !== null) reject(this.#failure);
      else this.#waiting.set(number, { resolve, reject });
    });
    if (this.#failure === null) {
      this.#worker.ref();
      this.#worker.postMessage({ number, request } satisfies NumberedRequest);
    }
    return promise;
  }

  async end(): Promise<void> {
    // An answer that comes meanwhile must not let the process end before the thread does.
    this.#ends = true;
    await this.#worker.terminate();
  }

  #settle(reply: NumberedReply): void {
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if (this.#waiting.size === 0 && !this.#ends) this.#worker.unref();
    if ('reply' in reply) waiting?.resolve(reply.reply);
    else waiting?.reject(Object.assign(new Error(reply.problem.message), reply.problem));
  }

  #fail(problem: Error): void {
    this.#failure ??= problem;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
