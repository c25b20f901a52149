import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Batch } from '../data/batches/data-source.ts';
import type { Accumulation } from '../engines/trainer.ts';
import type { EpochPart } from '../runs/results/checkpoint.ts';
import type { Fold } from './fold.ts';
import type { Pace } from './pace.ts';
import type { Steered, Steering } from './steering.ts';
import type { UsageMeter } from './usage.ts';

/** What was trained before an epoch's first step. */
export const noSteps: EpochPart = { losses: [], trainedMs: 0, inputMs: 0 };

/** The steps of an epoch, as the loop steers them. */
export interface EpochSteps {
  readonly epoch: number;
  /** What of it was trained before, and kept. */
  readonly before: EpochPart;
  readonly steering: Steering;
  readonly pace: Pace;
  readonly usage: UsageMeter;
  /** The learning rate of a step, which starts at 1. */
  rateAt(step: number): number;
  /** Says what people changed. */
  tell(event: Steered): void;
  /** Says that a step's loss is not finite. */
  fail(value: string, step: number): void;
  /** Called after steps, with what was trained so far; awaited. */
  between(part: () => EpochPart): Promise<void>;
}

/** How the steps of an epoch ended; a `failed` one has said so. */
export interface TrainedSteps {
  readonly end: 'whole' | 'stopped' | 'failed';
  readonly part: EpochPart;
}

/**
 * The place of a step among those whose gradients are averaged: so many of an epoch one after the other, fewer at its end.
 * Undefined where each step changes the weights.
 */
export function accumulationAt(
  { plan, data }: Pick<Fold, 'plan' | 'data'>,
  step: number,
): Accumulation | undefined {
  const { accumulate = 1, batch } = plan.train;
  if (accumulate === 1) return undefined;
  const before = (step - 1) % accumulate;
  const start = step - 1 - before;
  const end = Math.min(start + accumulate, data.stepsPerEpoch);
  // The last batch of an epoch may be smaller.
  const images = (from: number, to: number) => Math.min(to * batch, data.trainImages) - from * batch;
  return { share: images(step - 1, step) / images(start, end), first: before === 0, last: step === end };
}

/** Trains the steps of an epoch that are left, until they are done or a stop is asked for. */
export async function trainSteps(
  fold: Fold,
  { epoch, before, steering, pace, usage, rateAt, tell, fail, between }: EpochSteps,
): Promise<TrainedSteps> {
  const { trainer, data, sink, stopRequested } = fold;
  const losses = [...before.losses];
  let { inputMs } = before;
  const begin = performance.now();
  const waitedBefore = steering.waitedMs;
  const part = (): EpochPart => ({
    losses: [...losses],
    trainedMs: before.trainedMs + performance.now() - begin - (steering.waitedMs - waitedBefore),
    inputMs,
  });
  while (losses.length < data.stepsPerEpoch) {
    const asked = performance.now();
    const first = losses.length + 1;
    const count = Math.min(pace.steps, data.stepsPerEpoch - losses.length);
    const batches: Batch[] = [];
    for (let step = first; step < first + count; step++) batches.push(await data.trainBatch(epoch, step));
    inputMs += performance.now() - asked;
    // A step may block this thread: let signals and messages in between.
    await setImmediate();
    await steering.obey({ epoch, step: first }, tell, stopRequested);
    if (stopRequested()) return { end: 'stopped', part: part() };
    const started = performance.now();
    const made = await trainer.steps(
      batches.map((batch, index) => {
        const step = first + index;
        const accumulation = accumulationAt(fold, step);
        return { batch, learningRate: rateAt(step), ...(accumulation && { accumulation }) };
      }),
    );
    const stepMs = (performance.now() - started) / made.length;
    pace.took(stepMs);
    const used = usage.read();
    for (const [index, loss] of made.entries()) {
      const step = losses.length + 1;
      if (!Number.isFinite(loss.loss)) {
        fail(String(loss.loss), step);
        return { end: 'failed', part: part() };
      }
      losses.push(loss);
      const stamp = { time: fold.now(), fold: fold.fold, epoch, step };
      const isTold = used !== null && index === made.length - 1;
      sink.emit({ type: 'step', ...stamp, ...loss, stepMs, ...(isTold && { usage: used }) });
    }
    await between(part);
  }
  return { end: 'whole', part: part() };
}
