import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { type Diagnostic, diagnostic } from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import { answersOf } from '../engines/answers.ts';
import type { Snapshot, StepLoss } from '../engines/trainer.ts';
import { predictionsOf } from '../metrics/prediction.ts';
import type { NoticeEvent, Preview } from '../runs/journal/events.ts';
import { noControl } from '../runs/record/control.ts';
import type { Checkpoint, EpochPart } from '../runs/results/checkpoint.ts';
import { noSelection, selectionIn } from '../runs/results/selection.ts';
import { beginAt, givenText, startOf, startText } from './begin.ts';
import { DistributionBudget, distributionsOf } from './distributions.ts';
import { noSteps, trainSteps } from './epoch-steps.ts';
import type { Fold } from './fold.ts';
import { Pace } from './pace.ts';
import { MostStructure, previewOf } from './preview.ts';
import { learningRateAt } from './schedule.ts';
import { SeenMasks } from './seen-masks.ts';
import { isOver, select } from './selection.ts';
import { Steering } from './steering.ts';
import { UsageMeter } from './usage.ts';
import { nothingWatched, watch, watchedIn } from './watch.ts';

export type FoldOutcome = 'finished' | 'stopped' | 'failed';

/** An epoch that takes longer than this keeps what it has done so far. */
const keepWithinMs = 10 * 60_000;

/**
 * Trains one fold epoch by epoch: steps, statistics recomputed, held-out images judged, checkpoint written. A stop takes
 * effect between two steps (or two runs of several), or two batches that are judged, and keeps what was trained within the
 * epoch; so does an epoch that takes long. Going on from the last checkpoint gives the same numbers as never having stopped.
 */
export async function trainFold(fold: Fold): Promise<FoldOutcome> {
  const { plan, trainer, data, sink } = fold;
  const stamp = () => ({ time: fold.now(), fold: fold.fold });
  // Weights of an earlier draw are no place to go on from.
  const from = drawIn(fold.from?.state) === (sink.readStart()?.draw ?? 0) ? fold.from : null;
  let done = from?.epoch ?? 0;
  let part = from?.within ?? noSteps;
  let selection = selectionIn(from?.state);
  let watched = watchedIn(from?.state);
  const pace = new Pace(trainer.maxSteps);
  const usage = new UsageMeter();
  const budget = new DistributionBudget();
  const steering = new Steering(plan, fold.control ?? (() => noControl));
  const started = () =>
    sink.emit({
      type: 'started',
      ...stamp(),
      pid: process.pid,
      epoch: done,
      ...(part.losses.length > 0 && { step: part.losses.length }),
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
  const stopped = (): FoldOutcome => {
    const step = part.losses.length;
    const within = step === 0 ? {} : { step, stepsPerEpoch: data.stepsPerEpoch };
    sink.emit({ type: 'stopped', ...stamp(), epoch: done, ...within });
    return 'stopped';
  };
  started();
  const begun = await startOf(fold);
  if (begun === null) return stopped();
  let start = begun;
  if (from !== null) await trainer.restore(from);
  else {
    await beginAt(fold, start);
    for (const message of [givenText(fold), startText(start, plan)])
      if (message !== null) tell({ severity: 'note', code: null, message });
  }
  /** The trainer's own state, and what the loop remembers beside it. */
  const remembering = (state: Snapshot['state']): Snapshot['state'] => ({
    ...state,
    ...(selection.epoch === 0 ? {} : { selection }),
    watched,
    ...(start.draw === 0 ? {} : { draw: start.draw }),
  });
  let keptAt = performance.now();
  /** Keeps what was trained of the epoch under way, where there is more of it than was kept before. */
  const keepPart = async (within: EpochPart): Promise<void> => {
    if (within.losses.length <= part.losses.length) return;
    const { state, ...arrays } = await trainer.snapshot();
    const folder = await sink.saveCheckpoint({ epoch: done, within, ...arrays, state: remembering(state) });
    part = within;
    keptAt = performance.now();
    sink.emit({ type: 'kept', ...stamp(), epoch: done + 1, step: within.losses.length, folder });
  };
  for (let epoch = done + 1; epoch <= plan.train.epochs; epoch = done + 1) {
    if (isOver(selection, done, plan.train)) break;
    const { plateaus } = selection;
    const { accumulate = 1 } = plan.train;
    // A schedule counts changes of the weights, of which several batches may make one.
    const stepsPerEpoch = Math.ceil(data.stepsPerEpoch / accumulate);
    const rateAt = (step: number) =>
      learningRateAt(steering.settings, {
        epoch,
        step: Math.ceil(step / accumulate),
        stepsPerEpoch,
        plateaus,
      });
    const steps = await trainSteps(fold, {
      ...{ epoch, before: part, steering, pace, usage, rateAt },
      tell: (event) => sink.emit({ ...event, ...stamp() }),
      fail: (value, step) => fail(fold, stamp(), value, epoch, step),
      between: async (now) => {
        if (performance.now() - keptAt >= (fold.keepWithinMs ?? keepWithinMs)) await keepPart(now());
      },
    });
    if (steps.end === 'failed') return 'failed';
    const judging = performance.now();
    const answers = steps.end === 'stopped' ? null : await judge(fold, epoch);
    if (answers === null) {
      await keepPart(steps.part);
      return stopped();
    }
    const { heldOut, preview, masks, extreme, validation } = answers;
    const judged = heldOut['loss'] ?? 0;
    // The last step of an epoch may be the one that breaks the weights: they must not replace the last good ones.
    if (!Number.isFinite(judged)) {
      fail(fold, stamp(), `${judged} on the held-out images`, epoch, data.stepsPerEpoch);
      return 'failed';
    }
    if (validation !== null) selection = select(selection, epoch, validation, plan.train);
    const mean = meanLoss(steps.part.losses);
    const learningRate = rateAt(data.stepsPerEpoch);
    const epochMs = steps.part.trainedMs + performance.now() - judging;
    sink.emit({
      type: 'epoch',
      ...stamp(),
      epoch,
      ...mean,
      heldOut,
      ...(validation === null ? {} : { validation }),
      learningRate,
      epochMs,
      inputMs: steps.part.inputMs,
      memoryBytes: process.memoryUsage().rss,
      tensors: fold.backend.tensors(),
    });
    if (preview !== null) {
      sink.emit({ type: 'image', ...stamp(), epoch, file: await sink.savePreview(epoch, preview) });
    }
    const snapshot = await trainer.snapshot();
    const { state, ...arrays } = snapshot;
    await budget.spend(epochMs, async () => {
      const weights = distributionsOf(snapshot, plan.train.optimizer, learningRate);
      await sink.saveDistributions({ version: 1, epoch, draw: start.draw, weights });
    });
    const rateLeft = learningRate / plan.train.optimizer.lr;
    const verdict = watch(plan, watched, {
      loss: mean.loss,
      heldOut: judged,
      rateLeft,
      masks,
      extreme,
      weights: arrays.weights,
    });
    for (const finding of verdict.findings) tell(noticeOf(finding));
    watched = verdict.watched;
    if (verdict.collapsed && start.draw < (plan.train.restart ?? 0)) {
      start = { ...start, draw: start.draw + 1 };
      sink.saveStart(start);
      await beginAt(fold, start);
      [done, part, selection, watched] = [0, noSteps, noSelection, nothingWatched];
      keptAt = performance.now();
      const again = { fold: fold.fold, draw: start.draw, most: plan.train.restart ?? 0 };
      tell(noticeOf(diagnostic('restarted', { at: nowhere, arguments: again })));
      started();
      continue;
    }
    const folder = await sink.saveCheckpoint({ epoch, ...arrays, state: remembering(state) });
    sink.emit({ type: 'checkpoint', ...stamp(), epoch, folder });
    [done, part] = [epoch, noSteps];
    keptAt = performance.now();
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

/** What held-out images show, and the mean loss of the training images that only judge; null without any. */
interface Answers {
  readonly heldOut: Readonly<Record<string, number | null>>;
  readonly preview: Preview | null;
  readonly masks: SeenMasks['seen'];
  /** Heads that are surer of some value than any data can make them. */
  readonly extreme: ReadonlySet<string>;
  readonly validation: number | null;
}

/** Recomputes statistics and judges an epoch; null when a stop was asked for meanwhile. */
async function judge(fold: Fold, epoch: number): Promise<Answers | null> {
  const { trainer, stopRequested } = fold;
  await trainer.recalibrate(recalibrationBatches(fold, epoch));
  const answers = stopRequested() ? null : await evaluate(fold);
  const validation = answers === null ? null : await validationLoss(fold);
  // Statistics of fewer batches than they should be of are taken anew when training goes on.
  return answers === null || stopRequested() ? null : { ...answers, validation };
}

/** The mean loss of the training images that only judge; null without any. */
async function validationLoss({ trainer, data, stopRequested }: Fold): Promise<number | null> {
  if (data.validationImages === 0) return null;
  let sum = 0;
  for await (const batch of data.validation()) {
    sum += (await trainer.evaluate(batch)).loss * batch.ids.length;
    await setImmediate();
    if (stopRequested()) break;
  }
  return sum / data.validationImages;
}

/** The first batches of the epoch again, with the weights at its end; none where there are no statistics to recompute. */
async function* recalibrationBatches(
  { plan, data, stopRequested }: Fold,
  epoch: number,
): AsyncGenerator<Batch> {
  const statistics = plan.network.layers.some(({ weights }) => weights.some(({ trainable }) => !trainable));
  const count = statistics ? Math.min(plan.train.recalibrate, data.stepsPerEpoch) : 0;
  for (let step = 1; step <= count && !stopRequested(); step++) {
    yield data.trainBatch(epoch, step);
    await setImmediate();
  }
}

async function evaluate({
  plan,
  trainer,
  data,
  gather,
  stopRequested,
}: Fold): Promise<Omit<Answers, 'validation'>> {
  const gathered = gather();
  const masks = new SeenMasks(plan);
  const extreme = new Set<string>();
  const shown = new MostStructure(plan);
  let [loss, images] = [0, 0];
  for await (const batch of data.heldOut()) {
    const answers = await trainer.evaluate(batch);
    loss += answers.loss * batch.ids.length;
    for (const [head, share] of Object.entries(answers.extreme)) if (share > 0) extreme.add(head);
    const predictions = predictionsOf(batch, await answersOf(plan, trainer, batch, answers.heads));
    gathered.add(predictions);
    masks.add(predictions);
    shown.add(predictions);
    images += predictions.length;
    await setImmediate();
    // Whoever asked throws these figures away.
    if (stopRequested()) break;
  }
  const heldOut = { ...gathered.metrics(), loss: images === 0 ? null : loss / images };
  const preview = shown.found === null ? null : previewOf(plan, shown.found);
  return { heldOut, preview, masks: masks.seen, extreme };
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
