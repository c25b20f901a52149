// One backend and one case, in a process of its own: prints a Timing as JSON, or null when the backend is not there.
import * as tf from '@tensorflow/tfjs-core';
import { emitPlan, initialWeights, type RunPlan } from '../src/compiler/index.ts';
import { openBackend } from '../src/runtime/tf/backend.ts';
import type { Batch } from '../src/runtime/train/data-source.ts';
import { createTrainer, type TrainedPlan } from '../src/runtime/train/trainer.ts';
import { paperNetwork } from '../test/support/paper-network.ts';
import { type Case, cases } from './cases.ts';

/** Milliseconds of each repetition. */
export interface Timing {
  readonly threads: number;
  readonly step: readonly number[];
  /** Of one image. */
  readonly inference: readonly number[];
  /** Resident, at the end. */
  readonly memoryMegabytes: number;
  /** Where the time of one step goes, by operation; empty unless asked for. */
  readonly kernels: readonly string[];
}

const [name, index, repetitions, kernels] = process.argv.slice(2);
const timing = await time(name!, cases[Number(index)]!, Number(repetitions), kernels === 'true');
console.log(JSON.stringify(timing));

async function time(
  backendName: string,
  one: Case,
  repeat: number,
  byKernel: boolean,
): Promise<Timing | null> {
  const { backend } = await openBackend({ name: backendName });
  if (backend === null) return null;
  const plan = planOf(one);
  const weights = plan.network.layers.flatMap((layer) => layer.weights);
  const trainer = createTrainer(plan, initialWeights(weights, 1));
  const batch = batchOf(one);
  const measured = async (work: () => Promise<unknown>) => {
    // The first runs find memory and compile.
    for (let warm = 0; warm < 2; warm++) await work();
    const times: number[] = [];
    for (let run = 0; run < repeat; run++) {
      const begin = performance.now();
      await work();
      times.push(performance.now() - begin);
    }
    return times;
  };
  const train = () => trainer.step(batch, plan.train.optimizer.lr);
  const step = await measured(train);
  const inference = (await measured(() => trainer.predict(batch))).map((taken) => taken / one.batch);
  const profile = byKernel ? await kernelTimes(train) : [];
  const memoryMegabytes = process.memoryUsage().rss / 1e6;
  await trainer.dispose();
  return { threads: backend.threads, step, inference, memoryMegabytes, kernels: profile };
}

function planOf({ height, width, batch, channels }: Case): TrainedPlan {
  const graph = paperNetwork({ image: [height, width, 1], width: channels });
  const loss: RunPlan['loss'] = [
    { weight: 0.9, head: 'segmentation', loss: 'jaccard', smooth: 1e-6, reduction: 'image' },
    { weight: 0.1, head: 'diagnosis', loss: 'bce' },
  ];
  const optimizer = { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 } as const;
  const train = { optimizer, epochs: 1, batch, seed: 1, recalibrate: 0 };
  return { network: emitPlan(graph), loss, train };
}

function batchOf({ height, width, batch }: Case): Batch {
  const pixels = batch * height * width;
  return {
    ids: Array.from({ length: batch }, (_, image) => String(image)),
    images: Float32Array.from({ length: pixels }, (_, pixel) => Math.sin(pixel / 100) + (pixel % 13) / 13),
    targets: {
      segmentation: Float32Array.from({ length: pixels }, (_, pixel) => (pixel % width < width / 4 ? 1 : 0)),
      diagnosis: Float32Array.from({ length: batch }, (_, image) => image % 2),
    },
  };
}

/** The time of every kind of kernel in one run, longest first. Kernels made of others count twice. */
async function kernelTimes(work: () => unknown): Promise<readonly string[]> {
  const { kernels: run } = await tf.profile(() => {
    // TensorFlow.js's engine computes before it answers.
    void work();
    return tf.scalar(0);
  });
  const sums = new Map<string, number>();
  for (const { name: kernel, kernelTimeMs } of run) {
    const taken = (await kernelTimeMs) as number;
    sums.set(kernel, (sums.get(kernel) ?? 0) + taken);
  }
  const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, 12);
  return sorted.map(([kernel, taken]) => `  ${taken.toFixed(0).padStart(6)} ms  ${kernel}`);
}
