import { createRequire } from 'node:module';
import os from 'node:os';
import { Worker as NodeWorker } from 'node:worker_threads';

const require = createRequire(import.meta.url);

/** The folder of the installed wasm package, with its binaries in `dist/` and their glue code in `wasm-out/`. */
export const wasmPackage = require.resolve('@tensorflow/tfjs-backend-wasm').replace(/dist[\\/][^\\/]*$/, '');

/** What Emscripten's glue says to its workers. */
interface Command {
  readonly cmd: string;
  readonly urlOrBlob?: unknown;
}
type Listener = (data: unknown) => void;

/**
 * Threads of Node.js for the threaded wasm binary, whose own way — a blob for a web worker — only browsers can take.
 * Its glue asks for eight workers whatever the number of threads, so each of those is a mere name until it has to run.
 */
export class ThreadPool {
  readonly #idle: NodeWorker[] = [];
  readonly #loaded: Promise<void>[] = [];
  #fail: (reason: unknown) => void = () => {};
  /** Settles, by rejecting, when a thread cannot start. */
  readonly failure: Promise<never> = new Promise((_, reject) => {
    this.#fail = reject;
  });

  /** @param count Threads beside the one that calls. */
  constructor(count: number) {
    this.failure.catch(() => {});
    const glue = `${wasmPackage}wasm-out/tfjs-backend-wasm-threaded-simd`;
    const { wasmWorkerContents } = require(`${glue}.worker.js`) as { wasmWorkerContents: string };
    // The text is meant for a blob, where its line breaks inside strings are escapes.
    const code = wasmWorkerContents.replaceAll('\n', '\\n');
    for (let index = 0; index < count; index++) {
      const thread = new NodeWorker(code, { eval: true, execArgv: [] });
      thread.once('error', this.#fail);
      this.#loaded.push(new Promise((resolve) => thread.once('message', () => resolve())));
      this.#idle.push(thread);
    }
  }

  /** The class that stands for `Worker` while the backend starts. */
  get Worker(): new () => object {
    const pool = this;
    return class {
      readonly #listeners: { readonly event: string; readonly listener: Listener }[] = [];
      #thread: NodeWorker | undefined;

      on(event: string, listener: Listener): void {
        this.#listeners.push({ event, listener });
      }

      postMessage(command: Command): void {
        if (command.cmd === 'load') pool.#load(command, () => this.#emit('message', { cmd: 'loaded' }));
        else {
          this.#thread ??= pool.#take((event, data) => this.#emit(event, data));
          this.#thread.postMessage(command);
        }
      }

      // A thread that waits for work must not keep the process alive.
      ref(): void {}
      unref(): void {}

      terminate(): void {
        void this.#thread?.terminate();
      }

      #emit(event: string, data: unknown): void {
        for (const entry of this.#listeners) if (entry.event === event) entry.listener(data);
      }
    };
  }

  terminate(): void {
    for (const thread of this.#idle) void thread.terminate();
  }

  #sent = false;

  /** Every command to load is the same, so the first one serves all threads. */
  #load(command: Command, done: () => void): void {
    if (!this.#sent) {
      this.#sent = true;
      const script = `${wasmPackage}wasm-out/tfjs-backend-wasm-threaded-simd.js`;
      for (const thread of this.#idle) thread.postMessage({ ...command, urlOrBlob: script });
    }
    Promise.all(this.#loaded).then(done, this.#fail);
  }

  #take(emit: (event: string, data: unknown) => void): NodeWorker {
    const thread = this.#idle.pop();
    if (!thread) throw new Error('the wasm backend runs more threads than it announced');
    thread.on('message', (data) => emit('message', data));
    thread.on('error', (error) => emit('error', error));
    thread.unref();
    return thread;
  }
}

/**
 * Runs `start` while the global `Worker` is the pool's and the machine seems to have twice the cores, because the
 * backend uses half of what it sees.
 */
export async function withThreads<T>(pool: ThreadPool, threads: number, start: () => Promise<T>): Promise<T> {
  const cpus = os.cpus;
  const worker = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  // The glue assigns to `Worker` as it starts; the setter lets it and changes nothing.
  Object.defineProperty(globalThis, 'Worker', { configurable: true, get: () => pool.Worker, set: () => {} });
  os.cpus = () => Array.from({ length: 2 * threads }, () => cpus()[0]!);
  try {
    return await Promise.race([start(), pool.failure, late()]);
  } finally {
    os.cpus = cpus;
    if (worker) Object.defineProperty(globalThis, 'Worker', worker);
    else Reflect.deleteProperty(globalThis, 'Worker');
  }
}

function late(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('no answer for 20 s')), 20_000).unref();
  });
}
