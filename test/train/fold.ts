import * as tf from '@tensorflow/tfjs-core';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import type { DataSource } from '../../src/runtime/data/batches/data-source.ts';
import type { Trainer } from '../../src/runtime/engines/trainer.ts';
import type { Preview, RunEvent } from '../../src/runtime/runs/journal/events.ts';
import type { Checkpoint } from '../../src/runtime/runs/results/checkpoint.ts';
import type { Distributions } from '../../src/runtime/runs/results/distributions.ts';
import type { Start } from '../../src/runtime/runs/results/start.ts';
import { type FoldOutcome, trainFold } from '../../src/runtime/train/loop.ts';
import { tinyData, tinyPlan, tinyTrainer } from '../engines/tf/training-support.ts';

/** What a fold's training said and kept. */
export interface Run {
  readonly outcome: FoldOutcome;
  readonly events: readonly RunEvent[];
  readonly checkpoints: readonly Checkpoint[];
  readonly previews: readonly Preview[];
  readonly distributed: readonly Distributions[];
  readonly start: Start | null;
}

export interface Options {
  /** Of the plan; without it TensorFlow.js's. Disposed of in the end. */
  readonly trainer?: (plan: RunPlan) => Promise<Trainer>;
  readonly keepWithinMs?: number;
  readonly from?: Checkpoint;
  readonly start?: Start;
  readonly epochs?: number;
  readonly data?: DataSource;
  readonly train?: Partial<RunPlan['train']>;
  readonly network?: Partial<RunPlan>;
  stop?(events: readonly RunEvent[]): boolean;
}

/** Trains one fold of a tiny network on tiny data. */
export async function run({
  trainer: open = async (plan) => tinyTrainer(plan),
  keepWithinMs,
  from,
  start,
  epochs = 2,
  data = tinyData(),
  train = {},
  network = {},
  stop = () => false,
}: Options = {}) {
  const plan = { ...tinyPlan({ epochs, ...train }), ...network };
  const trainer = await open(plan);
  const events: RunEvent[] = [];
  const checkpoints: Checkpoint[] = [];
  const previews: Preview[] = [];
  const distributed: Distributions[] = [];
  const kept: Start[] = start === undefined ? [] : [start];
  const outcome = await trainFold({
    plan,
    fold: 2,
    trainer,
    data,
    gather: () => {
      let images = 0;
      return {
        add: (predictions) => {
          images += predictions.length;
        },
        metrics: () => ({ 'segmentation.images': images }),
      };
    },
    sink: {
      emit: (event) => events.push(event),
      saveCheckpoint: (checkpoint) => `checkpoints/${checkpoints.push(checkpoint)}`,
      savePreview: (epoch, preview) => `previews/${epoch}-${previews.push(preview)}`,
      saveDistributions: (distributions) => void distributed.push(distributions),
      readStart: () => kept.at(-1) ?? null,
      saveStart: (start) => kept.push(start),
    },
    backend: { name: 'cpu', threads: 1, tensors: () => tf.memory().numTensors },
    from: from ?? null,
    stopRequested: () => stop(events),
    ...(keepWithinMs === undefined ? {} : { keepWithinMs }),
    now: () => 5,
  });
  await trainer.dispose();
  return { outcome, events, checkpoints, previews, distributed, start: kept.at(-1) ?? null } satisfies Run;
}

/** Events without what clocks and memory decide. */
export function numbersOf(events: readonly RunEvent[]): object[] {
  return events
    .filter(({ type }) => type === 'step' || type === 'epoch')
    .map((event) => ({ ...event, stepMs: 0, usage: null, epochMs: 0, inputMs: 0, memoryBytes: 0 }));
}
