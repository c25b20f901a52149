import os from 'node:os';
// A backend to fall back to while wasm starts.
import '@tensorflow/tfjs-backend-cpu';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Diagnostic, diagnostic } from '../../../../compiler/index.ts';
import { Kernels } from '../../../kernels/kernels.ts';
import { type BackendAnswer, type BackendOptions, commandLine, reasonOf } from '../../backend.ts';
import { openEngine } from './assemble.ts';
import { embeddedPrimitives, shareCopies } from './embedded.ts';
import { layersBackend } from './layers-backend.ts';
import { ThreadPool, wasmPackage, withThreads } from './wasm-threads.ts';

/** The size of the pool that the wasm binary's glue code keeps. */
const maxThreads = 8;

/** The threads of the wasm backend once it runs; a process starts it once. */
let started: number | null = null;

/** The wasm backend with our own kernels, on threads where they start. */
export async function openWasm(options: BackendOptions): Promise<BackendAnswer> {
  const threads = Math.max(1, Math.min(options.threads ?? os.availableParallelism(), maxThreads));
  const answer = (count: number, diagnostics: readonly Diagnostic[] = []): BackendAnswer => ({
    backend: layersBackend('wasm', count, wasm.version_wasm),
    diagnostics,
  });
  if (started === null) {
    const before = processListeners();
    wasm.setWasmPaths(`${wasmPackage}dist/`);
    const reason = threads > 1 ? await startThreaded(threads) : null;
    if (threads === 1 || reason !== null) await startSingle();
    started = wasm.getThreadsCount();
    openEngine('wasm', 'wasm', embeddedPrimitives(new Kernels(started)));
    shareCopies();
    failWhenFull();
    for (const [event, listener] of addedListeners(before)) process.off(event, listener);
    if (reason !== null) {
      return answer(1, [diagnostic('noThreads', { at: commandLine, arguments: { reason } })]);
    }
  }
  await tf.setBackend('wasm');
  return answer(started);
}

/** Null, or why threads do not start. */
async function startThreaded(threads: number): Promise<string | null> {
  const factory = tf.findBackendFactory('wasm');
  try {
    const pool = new ThreadPool(threads - 1);
    try {
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
      wasm.setThreadsCount(threads);
      await withThreads(pool, threads, async () => {
        if (!(await tf.setBackend('wasm'))) throw new Error('the threaded binary does not start');
      });
      return null;
    } catch (error) {
      pool.terminate();
      throw error;
    }
  } catch (error) {
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
    return reasonOf(error);
  }
}

async function startSingle(): Promise<void> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  wasm.setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
}

/** Where memory ends (4 GiB), the backend would write to address 0 without a word. */
function failWhenFull(): void {
  const { wasm: binary } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
  const allocate = binary._malloc;
  binary._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) {
      throw new Error('the wasm backend is out of memory (4 GiB): use a smaller batch or image');
    }
    return address;
  };
}

type ProcessListener = readonly ['uncaughtException' | 'unhandledRejection', (...values: unknown[]) => void];

function processListeners(): readonly ProcessListener[] {
  return (['uncaughtException', 'unhandledRejection'] as const).flatMap((event) =>
    process.listeners(event as 'uncaughtException').map((listener) => [event, listener] as ProcessListener),
  );
}

/** What the binary's glue code listens for: it would print its own source in front of every uncaught error. */
function addedListeners(before: readonly ProcessListener[]): readonly ProcessListener[] {
  const present = new Set(before.map(([, listener]) => listener));
  return processListeners().filter(([, listener]) => !present.has(listener));
}
