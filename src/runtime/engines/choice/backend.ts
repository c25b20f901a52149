import os from 'node:os';
// tfjs-layers registers the gradients of the stock operations; tfjs-core alone has none.
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Diagnostic, diagnostic } from '../../../compiler/index.ts';
import { Kernels } from '../../kernels/kernels.ts';
import { ratesHere } from '../calibration/calibration.ts';
import { engineFiles, type NativeEngine } from '../installed/cache.ts';
import { origins } from '../installed/origins.ts';
import { missingPart, readEngine } from '../installed/record.ts';
import { OnnxEngine } from '../onnx/engine.ts';
import { providerVariable, providerWished } from '../onnx/providers.ts';
import { openEngine } from '../tf/start/assemble.ts';
import { embeddedPrimitives, shareCopies } from '../tf/start/embedded.ts';
import { startNative } from '../tf/start/start.ts';
import { ThreadPool, wasmPackage, withThreads } from '../tf/start/wasm-threads.ts';
import {
  type BackendName,
  backendNames,
  engineAsked,
  isBackendName,
  isWorthwhile,
  order,
} from './backend-names.ts';

export { type BackendName, backendNames } from './backend-names.ts';

/** The engine that computes. */
export interface Backend {
  readonly name: BackendName;
  /** Threads that share one operation, as far as the engine tells. */
  readonly threads: number;
  readonly version: string;
  /** What trains in place of TensorFlow.js. */
  readonly onnx?: OnnxEngine;
}

/** The backend, or null when the one asked for is not there; diagnostics tell why, or what was given up. */
export interface BackendAnswer {
  readonly backend: Backend | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface BackendOptions {
  /** One of {@link backendNames}; without it the first that is there. */
  readonly name?: string | undefined;
  /** Threads of the wasm backend; without it one for every core, eight at most. */
  readonly threads?: number | undefined;
}

/** Chooses the engine of this process: the only place that does. */
export async function openBackend(options: BackendOptions = {}): Promise<BackendAnswer> {
  const name = engineAsked(options.name);
  if (name !== undefined && !isBackendName(name)) {
    return refused(
      diagnostic('unknownBackend', {
        at: commandLine,
        arguments: { name },
        help: [{ message: `one of ${backendNames.map((known) => `\`${known}\``).join(', ')}` }],
      }),
    );
  }
  if (name !== undefined) return openers[name](options);
  const passed: Diagnostic[] = [];
  for (const candidate of order()) {
    const { backend, diagnostics } = await openers[candidate](options);
    if (backend !== null && (await isKept(backend)))
      return { backend, diagnostics: [...passed, ...diagnostics] };
    // An engine that was never installed is passed over in silence, one that has broken is not.
    passed.push(...diagnostics.filter(({ name: problem }) => problem === 'engine-skipped'));
  }
  throw new Error('not even the plain backend starts');
}

const openers: Readonly<Record<BackendName, (options: BackendOptions) => Promise<BackendAnswer>>> = {
  'tfjs-node-gpu': (options) => openNative('tfjs-node-gpu', options),
  'tfjs-node': (options) => openNative('tfjs-node', options),
  wasm: openWasm,
  onnx: openOnnx,
  cpu: async () => {
    await tf.setBackend('cpu');
    openEngine('cpu', 'cpu', {});
    return { backend: { name: 'cpu', threads: 1, version: tf.version_core }, diagnostics: [] };
  },
};

/** TensorFlow's own library: the engine that `cmrc backend install` built, or the npm package where that is installed. */
async function openNative(name: NativeEngine, options: BackendOptions): Promise<BackendAnswer> {
  const folder = engineFiles().engine(name);
  const engine = readEngine(folder);
  const { threads } = options;
  const { install } = origins[name];
  try {
    if (engine === 'broken') throw new Error(`\`${folder}\` holds no readable record`);
    const missing = engine === null ? null : missingPart(engine);
    if (missing !== null) throw new Error(missing);
    if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
    const { version, gpu } = await startNative(name, engine);
    if (name === 'tfjs-node-gpu' && !gpu) throw new Error('TensorFlow finds no GPU that it can use');
    return { backend: { name, threads: threads ?? os.availableParallelism(), version }, diagnostics: [] };
  } catch (error) {
    const values = { at: commandLine, arguments: { name, reason: reasonOf(error) } };
    if (engine !== null) {
      const help = [
        { message: `build it anew: \`${install}\`` },
        { message: `or \`cmrc backend remove ${name}\`` },
      ];
      return refused(diagnostic(options.name === name ? 'noBackend' : 'engineSkipped', { ...values, help }));
    }
    const help = [
      {
        message: `\`${install}\` builds it; \`npm install @tensorflow/${name}@${tf.version_core}\` fetches it`,
      },
      { message: 'or leave `--backend` out: `wasm` comes with cmrnet and needs nothing else' },
    ];
    return refused(diagnostic('noBackend', { ...values, help }));
  }
}

async function openWasm(options: BackendOptions): Promise<BackendAnswer> {
  const threads = Math.max(1, Math.min(options.threads ?? os.availableParallelism(), mostThreads));
  const answer = (count: number, diagnostics: readonly Diagnostic[] = []): BackendAnswer => ({
    backend: { name: 'wasm', threads: count, version: wasm.version_wasm },
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

/** The engine of ONNX Runtime once it runs; a process starts it once. */
let onnx: OnnxEngine | null = null;

/** TensorFlow.js, which counts its tensors even then, is left with plain JavaScript. */
async function openOnnx(options: BackendOptions): Promise<BackendAnswer> {
  const threads = options.threads ?? os.availableParallelism();
  try {
    onnx ??= await OnnxEngine.start({ threads, rates: ratesHere() });
  } catch (error) {
    return refused(
      diagnostic('noBackend', {
        at: commandLine,
        arguments: { name: 'onnx', reason: reasonOf(error) },
        help: [
          {
            message:
              providerWished() === null
                ? `install it with \`${origins.onnx.install}\``
                : `\`cmrc backend list\` says which providers start here; without \`${providerVariable}\` the processor computes`,
          },
          { message: 'or take `--backend wasm`, which comes with cmrnet and needs nothing else' },
        ],
      }),
    );
  }
  await tf.setBackend('cpu');
  const { version, problem } = onnx.facts;
  const notices =
    problem === null ? [] : [diagnostic('onnxStandard', { at: commandLine, arguments: { reason: problem } })];
  return { backend: { name: 'onnx', threads, version, onnx }, diagnostics: notices };
}

/** Whether an engine that nobody asked for by name stays; ends it where it does not. */
async function isKept({ name, onnx: started }: Backend): Promise<boolean> {
  if (isWorthwhile(name, started?.facts.block ?? null)) return true;
  await started?.end();
  onnx = null;
  return false;
}

/** The size of the pool that the wasm binary's glue code keeps. */
const mostThreads = 8;

/** The threads of the wasm backend once it runs; a process starts it once. */
let started: number | null = null;

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
  const known = new Set(before.map(([, listener]) => listener));
  return processListeners().filter(([, listener]) => !known.has(listener));
}

function refused(problem: Diagnostic): BackendAnswer {
  return { backend: null, diagnostics: [problem] };
}

/** The first line of an error: the rest are stacks and search paths. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.replace(/ imported from .*$/, '');
}

const commandLine = { file: '<arguments>', start: 0, end: 0 } as const;
