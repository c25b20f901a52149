import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { type Diagnostic, diagnostic } from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import { answersOf } from '../engines/answers.ts';
import type { StepLoss } from '../engines/trainer.ts';
import { predictionsOf } from '../metrics/prediction.ts';
import type { NoticeEvent, Preview } from '../runs/journal/events.ts';
import { noControl } from '../runs/record/control.ts';
import type { Checkpoint } from '../runs/results/checkpoint.ts';
import { noSelection, selectionIn } from '../runs/results/selection.ts';
import { beginAt, startOf, startText } from './begin.ts';
import type { Fold } from './fold.ts';
import { Pace } from './pace.ts';
import { previewOf } from './preview.ts';
import { learningRateAt } from './schedule.ts';
import { SeenMasks } from './seen-masks.ts';
import { isOver, select } from './selection.ts';
import { Steering } from './steering.ts';
import { nothingWatched, watch, watchedIn } from './watch.ts';

export type FoldOutcome = 'finished' | 'stopped' | 'failed';

/**
 * Trains one fold epoch by epoch: steps, statistics recomputed, held-out images judged, checkpoint written. A stop takes
 * effect between two steps (or two runs of several) and loses the epoch under way; going on from the last checkpoint gives the same numbers as
 * never having stopped.
 */
export async function trainFold(fold: Fold): Promise<FoldOutcome> {
  const { plan, trainer, data, sink } = fold;
  const stamp = () => ({ time: fold.now(), fold: fold.fold });
  // Weights of an earlier draw are no place to go on from.
  const from = drawIn(fold.from?.state) === (sink.readStart()?.draw ?? 0) ? fold.from : null;
  let done = from?.epoch ?? 0;
  let selection = selectionIn(from?.state);
  let watched = watchedIn(from?.state);
  const pace = new Pace(trainer.maxSteps);
  const steering = new Steering(plan, fold.control ?? (() => noControl));
  const started = () =>
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
  const tell = (finding: Pick<NoticeEvent, 'severity' | 'code' | 'message'>) =>
    sink.emit({ type: 'notice', ...stamp(), ...finding });
  started();
  let start = await startOf(fold);
  if (start === null) {
    sink.emit({ type: 'stopped', ...stamp(), epoch: done });
    return 'stopped';
  }
  if (from !== null) await trainer.restore(from);
  else {
    await beginAt(fold, start);
    const message = startText(start);
    if (message !== null) tell({ severity: 'note', code: null, message });
  }
  for (let epoch = done + 1; epoch <= plan.train.epochs; epoch = done + 1) {
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
    const { heldOut, preview, masks } = await evaluate(fold, epoch);
    const judged = heldOut['loss'] ?? 0;
    // The last step of an epoch may be the one that breaks the weights: they must not replace the last good ones.
    if (!Number.isFinite(judged)) {
      fail(fold, stamp(), `${judged} on the held-out images`, epoch, data.stepsPerEpoch);
      return 'failed';
    }
    const validation = await validationLoss(fold);
    if (validation !== null) selection = select(selection, epoch, validation, plan.train);
    const mean = meanLoss(steps.losses);
    const learningRate = rateAt(data.stepsPerEpoch);
    sink.emit({
      type: 'epoch',
      ...stamp(),
      epoch,
      ...mean,
      heldOut,
      ...(validation === null ? {} : { validation }),
      learningRate,
      epochMs: performance.now() - begin - steering.takeWaited(),
      inputMs: steps.inputMs,
      memoryBytes: process.memoryUsage().rss,
      tensors: fold.backend.tensors(),
    });
    if (preview !== null) {
      sink.emit({ type: 'image', ...stamp(), epoch, file: await sink.savePreview(epoch, preview) });
    }
    const { state, ...arrays } = await trainer.snapshot();
    const rateLeft = learningRate / plan.train.optimizer.lr;
    const verdict = watch(plan, watched, { loss: mean.loss, rateLeft, masks, weights: arrays.weights });
    for (const finding of verdict.findings) tell(noticeOf(finding));
    watched = verdict.watched;
    if (verdict.collapsed && start.draw < (plan.train.restart ?? 0)) {
      start = { ...start, draw: start.draw + 1 };
      sink.saveStart(start);
      await beginAt(fold, start);
      [done, selection, watched] = [0, noSelection, nothingWatched];
      const again = { fold: fold.fold, draw: start.draw, most: plan.train.restart ?? 0 };
      tell(noticeOf(diagnostic('restarted', { at: nowhere, arguments: again })));
      started();
      continue;
    }
    const remembered = {
      ...(selection.epoch === 0 ? {} : { selection }),
      watched,
      ...(start.draw === 0 ? {} : { draw: start.draw }),
    };
    const folder = await sink.saveCheckpoint({ epoch, ...arrays, state: { ...state, ...remembered } });
    sink.emit({ type: 'checkpoint', ...stamp(), epoch, folder });
    done = epoch;
  }
  sink.emit({ type: 'finished', ...stamp(), epoch: done });
  return 'finished';
}

const nowhere = { file: 'training', start: 0, end: 0 };

/** Which draw of the weights a checkpoint is of. */
function drawIn(state: Checkpoint['state'] | undefined): number {
  return (state?.['draw'] as number | undefined) ?? 0;
}

/** A finding as an event says it. */
function noticeOf({
  severity,
  code,
  message,
}: Diagnostic): Pick<NoticeEvent, 'severity' | 'code' | 'message'> {
  return { severity: severity === 'note' ? 'note' : 'warning', code, message };
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
  const { code, message } = diagnostic('diverged', { at: nowhere, arguments: { value, epoch, step } });
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
  readonly masks: SeenMasks['seen'];
}> {
  const gathered = gather();
  const masks = new SeenMasks(plan);
  const shown = (epoch - 1) % data.heldOutImages;
  let preview: Preview | null = null;
  let [loss, images] = [0, 0];
  for await (const batch of data.heldOut()) {
    const answers = await trainer.evaluate(batch);
    loss += answers.loss * batch.ids.length;
    const predictions = predictionsOf(batch, await answersOf(plan, trainer, batch, answers.heads));
    gathered.add(predictions);
    masks.add(predictions);
    const chosen = predictions[shown - images];
    if (chosen !== undefined) preview = previewOf(plan, chosen);
    images += predictions.length;
    await setImmediate();
  }
  const heldOut = { ...gathered.metrics(), loss: images === 0 ? null : loss / images };
  return { heldOut, preview, masks: masks.seen };
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
