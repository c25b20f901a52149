import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../threads/entry.ts';
import type { Pixels } from '../dicom/dicom-pixels.ts';
import type { DicomPeek } from '../dicom/peek-dicom.ts';
import type { FileProblem } from '../files.ts';
import type { ImageKind } from '../png.ts';
import type { ReaderReply, ReaderRequest } from './reader-worker.ts';
import type { Volume } from './volume.ts';

/** Processor milliseconds: no file takes longer, on however busy a machine; a decoder that does is caught in a loop. */
const patience = 60_000;
/** How many times as long by the clock ends what does not compute but sleeps, as on a drive that no longer answers. */
const sleep = 10;
/** How often is looked, at most, ms. */
const interval = 500;

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

  volume(path: string, array: string, of: ImageKind = 'image'): Promise<Volume | FileProblem> {
    return this.#ask({ kind: 'volume', path, array, of }) as Promise<Volume | FileProblem>;
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
      // Of the whole process: who waits for a file computes nothing meanwhile.
      const before = process.cpuUsage();
      const begin = performance.now();
      const timer = setInterval(
        () => {
          const { user, system } = process.cpuUsage(before);
          const seconds = this.#patience / 1000;
          if ((user + system) / 1000 > this.#patience)
            this.#fail(worker, `reading it takes longer than ${seconds} seconds of the processor`);
          else if (performance.now() - begin > sleep * this.#patience)
            this.#fail(worker, `reading it takes longer than ${sleep * seconds} seconds`);
        },
        Math.min(this.#patience, interval),
      );
      this.#settle = (reply) => {
        clearInterval(timer);
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
    worker.on('message', (reply: ReaderReply) => {
      if ('problem' in reply && reply.problem === 'damaged' && reply.open === true) this.#drop();
      this.#settle?.(reply);
    });
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
