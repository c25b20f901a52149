// Trains an experiment on the engine `onnx` for so much processor time: see task.ts. A process of its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import type { RunPlan } from '../../src/compiler/index.ts';
import type { Batch } from '../../src/runtime/data/batches/data-source.ts';
import { openFold } from '../../src/runtime/data/batches/source.ts';
import { answersOf } from '../../src/runtime/engines/answers.ts';
import { openBackend } from '../../src/runtime/engines/choice/backend.ts';
import { beginAt } from '../../src/runtime/train/begin.ts';
import { Pace } from '../../src/runtime/train/pace.ts';
import { learningRateAt } from '../../src/runtime/train/schedule.ts';
import { measurePriors } from '../../src/runtime/train/start.ts';
import { comparedHead, files, type Split, type Task, type Told } from './task.ts';

const task = JSON.parse(process.argv[2]!) as Task;
const read = <T>(file: string) => JSON.parse(readFileSync(join(task.folder, file), 'utf8')) as T;
const given = read<RunPlan>(files.plan(task.experiment));
const plan: RunPlan = { ...given, train: { ...given.train, seed: task.seed } };
const { dataset } = read<Split>(files.split);
const head = comparedHead(plan)!;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const { backend, diagnostics } = await openBackend({ name: 'onnx', threads: task.threads });
if (backend === null) throw new Error(diagnostics.map(({ message }) => message).join('; '));
const trainer = await backend.trainer(plan);
const source = openFold(plan, dataset, 1, { cacheFolder: null });
const headLogits = plan.train.head_bias === 'prior' ? await measurePriors(plan, source.training()) : {};
await beginAt({ plan, trainer }, { draw: 0, headLogits });

say({ kind: 'begun', version: `${backend.name} ${backend.version}` });
let used = 0;
let since = process.cpuUsage();
let [steps, sum, counted] = [0, 0, 0];
let told = 0;
const pace = new Pace(trainer.maxSteps);
for (const mark of task.marks) {
  while (used < mark * task.budget) {
    const progress = used / task.budget;
    const wishes = [];
    for (let next = 0; next < pace.steps; next++) {
      const [epoch, step] = momentOf(steps + next);
      wishes.push({
        batch: await source.trainBatch(epoch, step),
        learningRate: rateAt(progress, epoch, step),
      });
    }
    await setImmediate();
    const begin = performance.now();
    for (const { loss } of await trainer.steps(wishes)) {
      if (!Number.isFinite(loss)) throw new Error(`the loss of step ${steps + 1} is ${loss}`);
      [steps, sum, counted] = [steps + 1, sum + loss, counted + 1];
    }
    pace.took((performance.now() - begin) / wishes.length);
    tick();
    if (used - told < 30) continue;
    say({ kind: 'progress', processor: used, steps, loss: sum / counted });
    [told, sum, counted] = [used, 0, 0];
  }
  await predict();
  say({ kind: 'mark', mark, processor: used, steps });
  await lines.next();
  // What judging has taken is no training.
  since = process.cpuUsage();
}
process.exit();

/** Counts what the processor has worked since the last time, over all threads of this process. */
function tick(): void {
  const { user, system } = process.cpuUsage(since);
  used += (user + system) / 1e6;
  since = process.cpuUsage();
}

/** The epoch and step of a step counted from 0. */
function momentOf(index: number): readonly [epoch: number, step: number] {
  return [1 + Math.floor(index / source.stepsPerEpoch), 1 + (index % source.stepsPerEpoch)];
}

/** The schedule goes by processor time, as how many steps fit is not known; the warm-up by steps. */
function rateAt(progress: number, epoch: number, step: number): number {
  const { train } = plan;
  const fine = 1e6;
  const bySchedule = { epoch: 1, step: 1 + Math.min(progress, 1) * fine, stepsPerEpoch: fine, plateaus: 0 };
  const bySteps = { epoch, step, stepsPerEpoch: source.stepsPerEpoch, plateaus: 0 };
  const scheduled = learningRateAt({ ...train, epochs: 1, warmup: 0 }, bySchedule);
  const warmed = learningRateAt({ ...train, schedule: { kind: 'constant' } }, bySteps);
  return (scheduled * warmed) / train.optimizer.lr;
}

/** Writes what the network says of the held-out images, with the statistics and the mirror images that the plan asks for. */
async function predict(): Promise<void> {
  const moves = plan.network.layers.some(({ weights }) => weights.some(({ trainable }) => !trainable));
  if (moves) await trainer.recalibrate(firstBatches(plan.train.recalibrate));
  const maps: Uint8Array[] = [];
  for await (const batch of source.heldOut()) {
    const { heads } = await trainer.predict(batch);
    const answers = await answersOf(plan, trainer, batch, heads);
    maps.push(likeliest(answers[head.name]!, head.channels));
  }
  writeFileSync(task.predictions, Buffer.concat(maps));
}

async function* firstBatches(count: number): AsyncGenerator<Batch> {
  const [epoch] = momentOf(steps);
  for (let step = 1; step <= Math.min(count, source.stepsPerEpoch); step++)
    yield source.trainBatch(epoch, step);
}

/** The channel with the largest value at every pixel. */
function likeliest(values: Float32Array, channels: number): Uint8Array {
  return Uint8Array.from({ length: values.length / channels }, (_, pixel) => {
    const own = values.subarray(pixel * channels, (pixel + 1) * channels);
    return own.indexOf(Math.max(...own));
  });
}

function say(line: Told): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
