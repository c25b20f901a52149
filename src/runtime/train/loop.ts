import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { diagnostic, type RunPlan } from '../../compiler/index.ts';
import type { Batch, DataSource } from '../data/batches/data-source.ts';
import { answersOf } from '../engines/answers.ts';
import type { Backend } from '../engines/backend.ts';
import type { StepLoss, Trainer } from '../engines/trainer.ts';
import { type Gathering, predictionsOf } from '../metrics/prediction.ts';
import type { Preview, RunEvent } from '../runs/journal/events.ts';
import { type Control, noControl } from '../runs/record/control.ts';
import type { Checkpoint } from '../runs/results/checkpoint.ts';
import { type Selection, selectionIn } from '../runs/results/selection.ts';
import type { Start } from '../runs/results/start.ts';
import { Pace } from './pace.ts';
import { previewOf } from './preview.ts';
import { learningRateAt } from './schedule.ts';
import { isOver, select } from './selection.ts';
import { measurePriors, startState } from './start.ts';
import { Steering } from './steering.ts';

/** Where a fold's results go. Paths returned are relative to the run's folder, for the events that name them. */
interface FoldSink {
  emit(event: RunEvent): void;
  saveCheckpoint(checkpoint: Checkpoint): string | Promise<string>;
  savePreview(epoch: number, preview: Preview): string | Promise<string>;
  /** What the fold started from; null before it was kept. */
  readStart(): Start | null;
  saveStart(start: Start): void;
}

/** One fold of a run. */
export interface Fold {
  readonly plan: RunPlan;
  /** Starts at 1. */
  readonly fold: number;
  readonly trainer: Trainer;
  readonly data: DataSource;
  /** Begins an epoch's metrics. */
  gather(): Gathering;
  readonly sink: FoldSink;
  readonly backend: Pick<Backend, 'name' | 'threads' | 'tensors'>;
  /** The checkpoint to go on from; null starts anew. */
  readonly from: Checkpoint | null;
  /** Asked between steps, or some seconds of them. */
  stopRequested(): boolean;
  /** Asked between steps: what else people want; nothing where it is left out. */
  control?(): Control;
  /** Milliseconds since 1970. */
  now(): number;
}

export type FoldOutcome = 'finished' | 'stopped' | 'failed';

/**
 * Trains one fold epoch by epoch: steps, statistics recomputed, held-out images judged, checkpoint written. A stop takes
 * effect between two steps (or two runs of several) and loses the epoch under way; going on from the last checkpoint gives the same numbers as
 * never having stopped.
 */
export async function trainFold(fold: Fold): Promise<FoldOutcome> {
  const { plan, trainer, data, sink, from } = fold;
  const stamp = () => ({ time: fold.now(), fold: fold.fold });
  let done = from?.epoch ?? 0;
  let selection = selectionIn(from?.state);
  const pace = new Pace(trainer.maxSteps);
  const steering = new Steering(plan, fold.control ?? (() => noControl));
  sink.emit({
    type: 'started',
    ...stamp(),
    pid: process.pid,
    epoch: done,
    epochs: plan.train.epochs,
    folds: plan.evaluate.folds.count,
    stepsPerEpoch: data.stepsPerEpoch,
    backend: fold.backend.name,
    threads: fold.backend.threads,
    parameters: trainer.parameters,
    images: { train: data.trainImages, heldOut: data.heldOutImages },
    patients: { train: data.trainPatients, heldOut: data.heldOutPatients },
  });
  if (from !== null) await trainer.restore(from);
  else if (!(await begin(fold, stamp()))) {
    sink.emit({ type: 'stopped', ...stamp(), epoch: done });
    return 'stopped';
  }
  for (let epoch = done + 1; epoch <= plan.train.epochs; epoch++) {
    if (isOver(selection, done, plan.train)) break;
    const begin = performance.now();
    const { plateaus } = selection;
    const rateAt = (step: number) =>
      learningRateAt(steering.settings, { epoch, step, stepsPerEpoch: data.stepsPerEpoch, plateaus });
    const steps = await trainEpoch(fold, epoch, steering, pace, rateAt, stamp);
    if (steps === 'stopped') {
      sink.emit({ type: 'stopped', ...stamp(), epoch: done });
      return 'stopped';
    }
    if (steps === 'failed') return 'failed';
    await trainer.recalibrate(recalibrationBatches(fold, epoch));
    const { heldOut, preview } = await evaluate(fold, epoch);
    const judged = heldOut['loss'] ?? 0;
    // The last step of an epoch may be the one that breaks the weights: they must not replace the last good ones.
    if (!Number.isFinite(judged)) {
      fail(fold, stamp(), `${judged} on the held-out images`, epoch, data.stepsPerEpoch);
      return 'failed';
    }
    const validation = await validationLoss(fold);
    if (validation !== null) selection = select(selection, epoch, validation, plan.train);
    sink.emit({
      type: 'epoch',
      ...stamp(),
      epoch,
      ...meanLoss(steps.losses),
      heldOut,
      ...(validation === null ? {} : { validation }),
      learningRate: rateAt(data.stepsPerEpoch),
      epochMs: performance.now() - begin - steering.takeWaited(),
      inputMs: steps.inputMs,
      memoryBytes: process.memoryUsage().rss,
      tensors: fold.backend.tensors(),
    });
    if (preview !== null) {
      sink.emit({ type: 'image', ...stamp(), epoch, file: await sink.savePreview(epoch, preview) });
    }
    const { state, ...arrays } = await trainer.snapshot();
    const folder = await sink.saveCheckpoint({ epoch, ...arrays, state: withSelection(state, selection) });
    sink.emit({ type: 'checkpoint', ...stamp(), epoch, folder });
    done = epoch;
  }
  sink.emit({ type: 'finished', ...stamp(), epoch: done });
  return 'finished';
}

/** Sets the weights to those of epoch 0. False when a stop was asked for meanwhile. */
async function begin(fold: Fold, stamp: { readonly time: number; readonly fold: number }): Promise<boolean> {
  const { plan, trainer, sink } = fold;
  let start = sink.readStart();
  if (start === null) {
    const headLogits = plan.train.head_bias === 'prior' ? await priors(fold) : {};
    if (headLogits === null) return false;
    start = { draw: 0, headLogits };
    sink.saveStart(start);
  }
  await trainer.restore(startState(plan, start));
  const heads = Object.entries(start.headLogits).map(
    ([head, logits]) => `${head} ${logits.map((logit) => logit.toFixed(2)).join(', ')}`,
  );
  if (heads.length > 0) {
    const message = `heads start at the class prior of the training images, as logits: ${heads.join('; ')}`;
    sink.emit({ type: 'notice', ...stamp, severity: 'note', code: null, message });
  }
  return true;
}

/** The class prior of the training images; null when a stop was asked for meanwhile. */
async function priors({ plan, data, stopRequested }: Fold): Promise<Start['headLogits'] | null> {
  let stopped = false;
  async function* untilStop() {
    for await (const batch of data.training()) {
      yield batch;
      await setImmediate();
      stopped = stopRequested();
      if (stopped) return;
    }
  }
  const measured = await measurePriors(plan, untilStop());
  return stopped ? null : measured;
}

async function trainEpoch(
  fold: Fold,
  epoch: number,
  steering: Steering,
  pace: Pace,
  rateAt: (step: number) => number,
  stamp: () => { readonly time: number; readonly fold: number },
): Promise<{ readonly losses: readonly StepLoss[]; readonly inputMs: number } | 'stopped' | 'failed'> {
  const { trainer, data, sink, stopRequested } = fold;
  const losses: StepLoss[] = [];
  let inputMs = 0;
  while (losses.length < data.stepsPerEpoch) {
    const asked = performance.now();
    const first = losses.length + 1;
    const count = Math.min(pace.steps, data.stepsPerEpoch - losses.length);
    const batches: Batch[] = [];
    for (let step = first; step < first + count; step++) batches.push(await data.trainBatch(epoch, step));
    inputMs += performance.now() - asked;
    // A step may block this thread: let signals and messages in between.
    await setImmediate();
    await steering.obey(
      { epoch, step: first },
      (event) => sink.emit({ ...event, ...stamp() }),
      stopRequested,
    );
    if (stopRequested()) return 'stopped';
    const begin = performance.now();
    const made = await trainer.steps(
      batches.map((batch, index) => ({ batch, learningRate: rateAt(first + index) })),
    );
    const stepMs = (performance.now() - begin) / made.length;
    pace.took(stepMs);
    for (const loss of made) {
      const step = losses.length + 1;
      if (!Number.isFinite(loss.loss)) {
        fail(fold, stamp(), String(loss.loss), epoch, step);
        return 'failed';
      }
      losses.push(loss);
      sink.emit({ type: 'step', ...stamp(), epoch, step, ...loss, stepMs });
    }
  }
  return { losses, inputMs };
}

function fail(
  { sink }: Fold,
  stamp: { readonly time: number; readonly fold: number },
  value: string,
  epoch: number,
  step: number,
): void {
  const at = { file: 'training', start: 0, end: 0 };
  const { code, message } = diagnostic('diverged', { at, arguments: { value, epoch, step } });
  sink.emit({ type: 'failed', ...stamp, code, message });
}

/** The mean loss of the training images that only judge; null without any. */
async function validationLoss({ trainer, data }: Fold): Promise<number | null> {
  if (data.validationImages === 0) return null;
  let sum = 0;
  for await (const batch of data.validation()) {
    sum += (await trainer.evaluate(batch)).loss * batch.ids.length;
    await setImmediate();
  }
  return sum / data.validationImages;
}

function withSelection(state: Checkpoint['state'], selection: Selection): Checkpoint['state'] {
  return selection.epoch === 0 ? state : { ...state, selection };
}

/** The first batches of the epoch again, with the weights at its end; none where there are no statistics to recompute. */
async function* recalibrationBatches({ plan, data }: Fold, epoch: number): AsyncGenerator<Batch> {
  const statistics = plan.network.layers.some(({ weights }) => weights.some(({ trainable }) => !trainable));
  const count = statistics ? Math.min(plan.train.recalibrate, data.stepsPerEpoch) : 0;
  for (let step = 1; step <= count; step++) yield data.trainBatch(epoch, step);
}

async function evaluate(
  { plan, trainer, data, gather }: Fold,
  epoch: number,
): Promise<{
  readonly heldOut: Readonly<Record<string, number | null>>;
  readonly preview: Preview | null;
}> {
  const gathered = gather();
  const shown = (epoch - 1) % data.heldOutImages;
  let preview: Preview | null = null;
  let [loss, images] = [0, 0];
  for await (const batch of data.heldOut()) {
    const answers = await trainer.evaluate(batch);
    loss += answers.loss * batch.ids.length;
    const predictions = predictionsOf(batch, await answersOf(plan, trainer, batch, answers.heads));
    gathered.add(predictions);
    const chosen = predictions[shown - images];
    if (chosen !== undefined) preview = previewOf(plan, chosen);
    images += predictions.length;
    await setImmediate();
  }
  return { heldOut: { ...gathered.metrics(), loss: images === 0 ? null : loss / images }, preview };
}

function meanLoss(steps: readonly StepLoss[]): StepLoss {
  const mean = (value: (step: StepLoss) => number) =>
    steps.reduce((sum, step) => sum + value(step), 0) / steps.length;
  const names = Object.keys(steps[0]?.heads ?? {});
  return {
    loss: mean(({ loss }) => loss),
    heads: Object.fromEntries(names.map((name) => [name, mean(({ heads }) => heads[name]!)])),
  };
}
