import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../threads/entry.ts';
import type { Pixels } from '../dicom/dicom-pixels.ts';
import type { DicomPeek } from '../dicom/peek-dicom.ts';
import type { FileProblem } from '../files.ts';
import type { ReaderReply, ReaderRequest } from './reader-worker.ts';
import type { Volume } from './volume.ts';

/** No file takes longer; a decoder that does is caught in a loop. */
const patience = 60_000;

/**
 * Reads files in a thread of its own, one at a time. A decoder that fails, hangs or runs out of memory costs the file that
 * it was reading, and the next file gets a new thread.
 */
export class ReaderThread {
  readonly #patience: number;
  #worker: Worker | null = null;
  #settle: ((reply: ReaderReply) => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly patience?: number } = {}) {
    this.#patience = options.patience ?? patience;
  }

  volume(path: string, array: string): Promise<Volume | FileProblem> {
    return this.#ask({ kind: 'volume', path, array }) as Promise<Volume | FileProblem>;
  }

  dicom(path: string): Promise<DicomPeek | FileProblem> {
    return this.#ask({ kind: 'dicom', path }) as Promise<DicomPeek | FileProblem>;
  }

  frames(path: string): Promise<Pixels | FileProblem> {
    return this.#ask({ kind: 'frames', path }) as Promise<Pixels | FileProblem>;
  }

  async end(): Promise<void> {
    await this.#turn;
    await this.#drop();
  }

  #ask(request: ReaderRequest): Promise<ReaderReply> {
    const reply = this.#turn.then(() => this.#one(request));
    this.#turn = reply;
    return reply;
  }

  #one(request: ReaderRequest): Promise<ReaderReply> {
    const worker = this.#thread();
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#fail(worker, `reading it takes longer than ${this.#patience / 1000} seconds`),
        this.#patience,
      );
      this.#settle = (reply) => {
        clearTimeout(timer);
        this.#settle = null;
        resolve(reply);
      };
      worker.postMessage(request);
    });
  }

  #thread(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(threadEntry(import.meta.url, 'reader-worker'), {
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.on('message', (reply: ReaderReply) => this.#settle?.(reply));
    worker.on('error', (error) =>
      this.#fail(worker, `its decoder fails: ${error.message.split('\n')[0]!.slice(0, 100)}`),
    );
    worker.on('exit', () => this.#fail(worker, 'its decoder ended'));
    this.#worker = worker;
    return worker;
  }

  /** What an earlier thread still says is nobody's. */
  #fail(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return;
    this.#drop();
    this.#settle?.({ problem: 'damaged', reason });
  }

  async #drop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}
