import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../threads/entry.ts';
import type { WantedPicture } from './pictures.ts';

/** The grey values of a picture, row by row, or why there are none. */
export type PictureReply = { readonly grey: Uint8Array } | { readonly problem: string };

/** Reads pictures of one run in a thread of its own: unpacking a volume takes as long as several frames. */
export class PicturesThread {
  readonly #worker: Worker;
  readonly #waiting: ((reply: PictureReply) => void)[] = [];
  #failure: string | null = null;

  constructor(run: string) {
    this.#worker = new Worker(threadEntry(import.meta.url, 'pictures-worker'), { workerData: run });
    this.#worker.unref();
    this.#worker.on('message', (reply: PictureReply) => this.#waiting.shift()?.(reply));
    this.#worker.on('error', (error) => this.#fail(error.message));
    this.#worker.on('exit', () => this.#fail('the thread that reads images ended'));
  }

  read(wanted: WantedPicture): Promise<PictureReply> {
    if (this.#failure !== null) return Promise.resolve({ problem: this.#failure });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(wanted);
    });
  }

  end(): void {
    void this.#worker.terminate();
  }

  #fail(problem: string): void {
    this.#failure ??= problem;
    for (const resolve of this.#waiting.splice(0)) resolve({ problem: this.#failure });
  }
}
