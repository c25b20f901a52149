// One of our engines as a player, in a process of its own: see protocol.ts. Whatever engine is opened, only the
// interface `Trainer` is used.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../src/runtime/data/batches/data-source.ts';
import { openBackend } from '../src/runtime/engines/choice/backend.ts';
import { createTrainer } from '../src/runtime/engines/tf/training/layers-trainer.ts';
import type { StepLoss, TrainedPlan, Trainer } from '../src/runtime/engines/trainer.ts';
import { decodeTensors, encodeTensors } from '../src/runtime/storage/safetensors.ts';
import { Pace } from '../src/runtime/train/pace.ts';
import { profile } from './profile.ts';
import type { Answers, MemoryUse, Ready, Request, Settings, Timed } from './protocol.ts';

const settings = JSON.parse(process.argv[2]!) as Settings;
const begin = performance.now();
const { backend, diagnostics } = await openBackend({ name: settings.variant, threads: settings.threads });
if (backend === null) {
  say({ ready: false, reason: diagnostics.map(({ message }) => message).join('; ') });
  process.exit();
}
const plan = planOf(JSON.parse(readFileSync(join(settings.folder, 'plan.json'), 'utf8')) as TrainedPlan);
const weights = valuesOf('weights.safetensors');
const batch = readBatch();
const opened = performance.now();
const trainer = await trainerOf(plan);
const ended = performance.now();
const pace = new Pace(trainer.maxSteps);
say({
  ready: true,
  version: `${backend.name} ${backend.version}`,
  threads: backend.threads,
  startMs: ended - begin,
  networkMs: ended - opened,
});

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  if (request.do === 'end') break;
  say(await answer(request));
}
process.exit();

async function answer(request: Exclude<Request, { readonly do: 'end' }>): Promise<Answers[keyof Answers]> {
  switch (request.do) {
    case 'step':
      return steps(request.times, request.rate ?? rate());
    case 'predict':
      return timed(request.times, async () => void (await trainer.predict(batch)));
    case 'gradients':
      return writeGradients(request.file);
    case 'memory':
      return memory();
    case 'profile':
      return profile(request.times, async () => {
        if (request.what === 'step') await trainer.step(batch, rate());
        else await trainer.predict(batch);
      });
  }
}

/** As training asks for them: several at once where the engine is faster so. Times are the shares of each. */
async function steps(times: number, learningRate: number): Promise<Timed> {
  const timing: { milliseconds: number[]; processor: number[]; losses: number[] } = {
    milliseconds: [],
    processor: [],
    losses: [],
  };
  while (timing.losses.length < times) {
    const count = Math.min(pace.steps, times - timing.losses.length);
    const wishes = Array.from({ length: count }, () => ({ batch, learningRate }));
    let made: readonly StepLoss[] = [];
    const { milliseconds, processor } = await timed(1, async () => {
      made = await trainer.steps(wishes);
      return undefined;
    });
    pace.took(milliseconds[0]! / count);
    for (const { loss } of made) {
      timing.milliseconds.push(milliseconds[0]! / count);
      timing.processor.push(processor[0]! / count);
      timing.losses.push(loss);
    }
    if (made.length < count) break;
  }
  return timing;
}

/** With the memory that the environment allows a step. */
function planOf(given: TrainedPlan): TrainedPlan {
  const memory = process.env['CMRNET_BENCH_MEMORY'];
  return memory === undefined ? given : { ...given, train: { ...given.train, memory: Number(memory) } };
}

function rate(): number {
  return plan.train.optimizer.lr;
}

async function timed(times: number, work: () => Promise<number | undefined>): Promise<Timed> {
  const milliseconds: number[] = [];
  const processor: number[] = [];
  const losses: number[] = [];
  for (let run = 0; run < times; run++) {
    const start = performance.now();
    const used = process.cpuUsage();
    const loss = await work();
    milliseconds.push(performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1000);
    if (loss !== undefined) losses.push(loss);
  }
  return { milliseconds, processor, losses };
}

/**
 * No trainer tells its gradients, but the velocity of SGD with momentum, which starts at 0, holds them after one step:
 * −lr·g.
 */
async function writeGradients(file: string): Promise<Answers['gradients']> {
  const optimizer = { kind: 'sgd', lr: 1, momentum: 0.5 } as const;
  const other = await trainerOf({ ...plan, train: { ...plan.train, optimizer } });
  const { loss } = await other.step(batch, 1);
  const { optimizer: slots } = await other.snapshot();
  const gradients = new Map(
    [...slots].map(([name, { shape, values }]) => [
      name.replace(/\/velocity$/, ''),
      { shape, values: values.map((value) => -value) },
    ]),
  );
  writeFileSync(file, encodeTensors(gradients));
  await other.dispose();
  return { loss };
}

/** The workload's weights are those that a compiled step begins with, too: the initial ones of the plan's seed. */
async function trainerOf(trained: TrainedPlan): Promise<Trainer> {
  return backend!.compiles ? backend!.trainer(trained) : createTrainer(trained, weights);
}

function memory(): MemoryUse {
  globalThis.gc?.();
  return {
    resident: process.memoryUsage().rss,
    peak: process.resourceUsage().maxRSS * 1024,
    tensors: tf.memory().numTensors,
  };
}

function readBatch(): Batch {
  const { images, ...targets } = Object.fromEntries(valuesOf('batch.safetensors'));
  const size = plan.network.input.shape.reduce((product, extent) => product * extent, 1);
  const count = images!.length / size;
  return { ids: Array.from({ length: count }, (_, image) => String(image)), images: images!, targets };
}

function valuesOf(file: string): ReadonlyMap<string, Float32Array> {
  const tensors = decodeTensors(readFileSync(join(settings.folder, file)));
  if (typeof tensors === 'string') throw new Error(`${file}: ${tensors}`);
  return new Map([...tensors].map(([name, { values }]) => [name, values]));
}

function say(message: Ready | Answers[keyof Answers]): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
