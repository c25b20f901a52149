import { parentPort } from 'node:worker_threads';
import type { Rates } from '../../../compiler/index.ts';
import type { TrainedPlan } from '../trainer.ts';
import { blocksAreOff, probeBlock } from './block.ts';
import { loadLibrary, type OnnxLibrary } from './library.ts';
import { OnnxTrainer } from './onnx-trainer.ts';
import {
  compareStep,
  onProvider,
  providerVariable,
  providerWished,
  shortened,
  tolerance,
} from './providers.ts';
import { checkSelf } from './self-check.ts';
import type { Engine } from './step-session.ts';

/** The thread in which ONNX Runtime computes, started by its path; a run blocks it. Answers calls one by one, in order. */

/** What an engine is started with. */
export interface EngineWish {
  readonly threads: number;
  /** Channels in a block; null uses standard operators; left out, the processor is asked. */
  readonly block?: number | null;
  /** How fast this machine was found to be; what is built in when left out. */
  readonly rates?: Rates;
}

/** What has started. */
export interface EngineFacts {
  readonly version: string;
  readonly block: number | null;
  /** Why blocks are not used, where they were wished for. */
  readonly problem: string | null;
}

/** What the thread does on request. */
export interface Calls {
  start(wish: EngineWish): Promise<EngineFacts>;
  /** Builds a network's trainer and its training step; gives its number. */
  create(plan: TrainedPlan): Promise<{ readonly number: number; readonly maxSteps: number }>;
  call(trainer: number, method: Method, values: readonly unknown[]): Promise<unknown>;
}

/** What a trainer is asked from outside. */
export type Method =
  | 'steps'
  | 'predict'
  | 'evaluate'
  | 'moveStatistics'
  | 'inspect'
  | 'snapshot'
  | 'restore'
  | 'dispose';

export interface CallMessage {
  readonly number: number;
  readonly name: keyof Calls;
  readonly values: readonly unknown[];
}

export type AnswerMessage =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly problem: string };

let engine: Engine | null = null;
/** What a provider is held against; null where the processor itself computes. */
let processor: Engine | null = null;
const trainers = new Map<number, OnnxTrainer>();

const calls: Calls = {
  async start({ threads, block, rates }) {
    const library = await loadLibrary();
    const provider = providerWished();
    if (provider !== null) return startProvider(library, provider, threads);
    const off = block === undefined && blocksAreOff();
    const size = off ? null : block === undefined ? await probeBlock(library) : block;
    const reason = off ? '`CMRNET_ONNX_BLOCKS` is `off`' : 'this processor has no blocked ones';
    const missing = block === undefined && size === null ? reason : null;
    const problem = size === null ? missing : await checkSelf(library, size);
    engine = { library, threads, block: problem === null ? size : null, ...(rates && { rates }) };
    return { version: library.env.versions.common, block: engine.block, problem };
  },
  async create(plan) {
    const trainer = new OnnxTrainer(engine!, plan);
    await trainer.prepare();
    if (processor !== null && plan.loss.length > 0) await holdAgainst(processor, trainer, plan);
    const number = trainers.size;
    trainers.set(number, trainer);
    return { number, maxSteps: trainer.maxSteps };
  },
  async call(number, method, values) {
    const trainer = trainers.get(number)!;
    return (trainer[method] as (...values: readonly unknown[]) => Promise<unknown>)(...values);
  },
};

/** Providers know standard operators only. Rejects where one is not there, or computes something else. */
async function startProvider(library: OnnxLibrary, name: string, threads: number): Promise<EngineFacts> {
  const providers = library.listSupportedBackends().map((one) => one.name);
  if (!providers.includes(name)) {
    throw new Error(
      `\`${providerVariable}\` is \`${name}\`, but ONNX Runtime's library for ${process.platform} has only ${providers.join(', ')}`,
    );
  }
  const own = onProvider(library, name);
  const problem = await checkSelf(own, null, tolerance);
  if (problem !== null) throw new Error(`the provider \`${name}\` cannot be used: ${problem}`);
  engine = { library: own, threads, block: null };
  processor = name === 'cpu' ? null : { library, threads, block: null };
  return {
    version: `${library.env.versions.common} on ${name}`,
    block: null,
    problem: `the provider \`${name}\` computes`,
  };
}

/** Rejects where a step on a provider does not run or is not what the processor makes of it. */
async function holdAgainst(truth: Engine, trainer: OnnxTrainer, plan: TrainedPlan): Promise<void> {
  const other = new OnnxTrainer(truth, plan);
  let problem: string | null;
  try {
    await other.prepare();
    problem = await compareStep(trainer, other, plan);
  } catch (error) {
    problem = shortened(error);
  } finally {
    await other.dispose();
  }
  if (problem === null) return;
  await trainer.dispose();
  throw new Error(`its provider fails the comparison with the processor (${problem})`);
}

let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (message: CallMessage) => {
  last = last.then(() => answer(message));
});

async function answer({ number, name, values }: CallMessage): Promise<void> {
  try {
    const value = await (calls[name] as (...values: readonly unknown[]) => Promise<unknown>)(...values);
    parentPort?.postMessage({ number, value } satisfies AnswerMessage);
  } catch (error) {
    parentPort?.postMessage({ number, problem: problemOf(error) } satisfies AnswerMessage);
  }
}

/** ONNX Runtime says in several ways that memory is short. */
function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const short = /bad_alloc|failed to allocate memory|not enough memory/i.test(message);
  return short ? `out of memory: ${message.split('\n')[0]}; use a smaller batch or image` : message;
}
