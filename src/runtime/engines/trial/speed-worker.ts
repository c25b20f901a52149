// `speed-worker ENGINE NETWORK` times training steps and inference of a network's plan: one line of JSON.
import { readFileSync } from 'node:fs';
import type { LayersPlan, RunPlan } from '../../../compiler/index.ts';
import { openBackend } from '../choice/backend.ts';
import { plainTraining } from '../plain-training.ts';
import type { Trainer } from '../trainer.ts';
import type { Speed } from './speed.ts';

const batchSize = 2;
/** The first steps find memory and compile. */
const warm = 1;
const repetitions = 3;

const [name, path] = process.argv.slice(2);
const network = JSON.parse(readFileSync(path!, 'utf8')) as LayersPlan;
const answer: Speed | { problem: string } = await speed();
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));

async function speed(): Promise<Speed | { problem: string }> {
  const { backend, diagnostics } = await openBackend({ name });
  if (backend === null) return { problem: diagnostics[0]!.message };
  let trainer: Trainer;
  try {
    trainer = await backend.trainer(plan());
  } catch (error) {
    return { problem: (error as Error).message.split('\n')[0]! };
  }
  const images = noise(network.input.shape);
  const targets = Object.fromEntries(
    network.heads.map(({ name: head, node }) => [
      head,
      noise(network.nodes[node]!.shape).map((value) => Math.round(value)),
    ]),
  );
  const batch = { ids: ['1', '2'], images, targets };
  // As training asks for them.
  const wishes = Array.from({ length: Math.min(4, trainer.maxSteps) }, () => ({
    batch,
    learningRate: 1e-5,
  }));
  const stepMs = (await median(async () => void (await trainer.steps(wishes)))) / wishes.length;
  const inferenceMs = (await median(async () => void (await trainer.predict(batch)))) / batchSize;
  const memoryBytes = process.resourceUsage().maxRSS * 1024;
  return {
    version: backend.version,
    threads: backend.threads,
    batch: batchSize,
    stepMs,
    inferenceMs,
    memoryBytes,
  };
}

function plan(): Pick<RunPlan, 'network' | 'loss' | 'train'> {
  const loss = network.heads.map(({ name: head }) => ({ weight: 1, head, loss: 'bce' as const }));
  const optimizer = { kind: 'rmsprop', lr: 1e-5, rho: 0.9, epsilon: 1e-7 } as const;
  return { network, loss, train: { ...plainTraining, optimizer, epochs: 1, seed: 1, batch: batchSize } };
}

function noise(shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, extent) => product * extent, batchSize);
  return Float32Array.from({ length }, (_, index) => (Math.sin(index * 12.9898) + 1) / 2);
}

async function median(work: () => Promise<void>): Promise<number> {
  for (let count = 0; count < warm; count++) await work();
  const times: number[] = [];
  for (let count = 0; count < repetitions; count++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[Math.floor(repetitions / 2)]!;
}
