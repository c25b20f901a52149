import { Worker } from 'node:worker_threads';
import { threadEntry } from '../threads/entry.ts';
import { controlSize, type Kernel, maxItems, takeItems, word } from './control.ts';
import type { Duty } from './kernel-worker.ts';

/** A kernel's run. */
export interface Job {
  /** The kernel's place in the list of names. */
  readonly kernel: number;
  /** The address of its arguments. */
  readonly arguments: number;
  readonly items: number;
  /** The address of the scratch memory of all threads, and its bytes per thread. */
  readonly scratch: number;
  readonly share: number;
}

/** The calling thread and those that help it. They share a memory and run one job at a time. */
export class Crew {
  readonly threads: number;
  readonly #kernels: readonly Kernel[];
  readonly #control: Int32Array;
  readonly #helpers: readonly Worker[];
  /** Settles when all threads help; jobs run before, too, on those that do. */
  readonly ready: Promise<void>;
  #job = 0;

  /** Without a shared memory the caller works alone. */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    names: readonly string[],
    threads: number,
  ) {
    const shared = memory.buffer instanceof SharedArrayBuffer;
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.threads = shared ? threads : 1;
    this.#kernels = names.map((name) => exports[name] as Kernel);
    this.#control = new Int32Array(new SharedArrayBuffer(controlSize * Int32Array.BYTES_PER_ELEMENT));
    this.#helpers = Array.from({ length: this.threads - 1 }, (_, index) => {
      const duty: Duty = { module, memory, control: this.#control, names, thread: index + 1 };
      const worker = new Worker(threadEntry(import.meta.url, 'kernel-worker'), { workerData: duty });
      worker.unref();
      return worker;
    });
    const started = this.#helpers.map(
      (helper) =>
        new Promise((resolve, reject) => {
          helper.once('message', resolve);
          helper.once('error', reject);
        }),
    );
    this.ready = Promise.all(started).then(() => undefined);
    this.ready.catch(() => undefined);
  }

  /** Runs all items of a job. Which thread runs which is left to chance, so no item may depend on another. */
  run({ kernel, arguments: address, items, scratch, share }: Job): void {
    if (this.threads === 1 || items === 1) {
      const run = this.#kernels[kernel]!;
      for (let item = 0; item < items; item++) run(address, item, scratch);
      return;
    }
    if (items > maxItems) throw new Error(`${items} items are too many for one job`);
    const control = this.#control;
    Atomics.store(control, word.ticket, this.#nextJob() | maxItems);
    control[word.items] = items;
    control[word.kernel] = kernel;
    control[word.arguments] = address;
    control[word.scratch] = scratch;
    control[word.share] = share;
    Atomics.store(control, word.done, 0);
    Atomics.store(control, word.ticket, this.#nextJob());
    if (Atomics.load(control, word.sleepers) > 0) Atomics.notify(control, word.ticket);
    takeItems(control, this.#kernels, 0);
    this.#awaitItems(items);
    if (Atomics.exchange(control, word.failed, 0) === 1) throw new Error('a kernel failed');
  }

  end(): void {
    for (const helper of this.#helpers) void helper.terminate();
  }

  #nextJob(): number {
    this.#job = (this.#job + 1) & maxItems;
    return this.#job << 16;
  }

  #awaitItems(items: number): void {
    const control = this.#control;
    for (let turns = 0; turns < patience; turns++) if (Atomics.load(control, word.done) === items) return;
    Atomics.store(control, word.awaited, 1);
    for (let done = Atomics.load(control, word.done); done < items; done = Atomics.load(control, word.done)) {
      Atomics.wait(control, word.done, done);
    }
    Atomics.store(control, word.awaited, 0);
  }
}

/** Turns of waiting before the caller sleeps. */
const patience = 20_000;
