import { join } from 'node:path';
import { Bag, type Diagnostic, diagnostic } from '../../compiler/index.ts';
import { judgeOf } from '../metrics/judge.ts';
import type { RunEvent, StoppedEvent } from '../runs/journal/events.ts';
import { JournalWriter } from '../runs/journal/journal.ts';
import { LineCounter } from '../runs/journal/line-counts.ts';
import { controlOf } from '../runs/record/control.ts';
import { runFiles } from '../runs/record/folder.ts';
import type { Run } from '../runs/record/store.ts';
import { checkpointEpochs, readLastCheckpoint, writeCheckpoint } from '../runs/results/checkpoint.ts';
import { lastEpoch } from '../runs/results/judged.ts';
import { readStart } from '../runs/results/start.ts';
import { lastingStart } from '../runs/results/starting-weights.ts';
import { tenureOf } from '../runs/results/tenure.ts';
import { acquire, isLock, type Lock } from '../storage/lock.ts';
import { nowhere, systemProblem } from '../storage/problems.ts';
import { writeSealed } from '../storage/seal.ts';
import { trainFold } from '../train/loop.ts';
import { longestMs } from '../train/pace.ts';
import { isError, prepare } from './prepare.ts';
import type { StopWishes } from './stop-wishes.ts';
import { tell } from './tell.ts';

/** How long what comes before the first step may go on after a stop was asked for, and what comes after a step. */
const patienceMs = 1500;

/** How many times as long as the last one a step may take, so that it and all before it of the epoch are kept. */
const slowestStep = 3;

/** How the training of a fold ended; `busy` where another process has the fold. */
export type FoldEnding = 'done' | 'failed' | 'busy';

/**
 * Trains one fold in this process, from its last checkpoint on. Every way in which it can end is an event, but for one:
 * whoever lost the fold's lock while it was suspended writes nothing more than a notice.
 */
export async function trainOneFold(run: Run, fold: number, stop: StopWishes): Promise<FoldEnding> {
  const { folder } = run;
  const lock = acquire(runFiles.foldLock(folder, fold));
  if (!isLock(lock)) {
    tell(`process ${lock.pid} trains fold ${fold}\n`);
    return 'busy';
  }
  const journal = openJournal(folder, fold, lock);
  if (journal === null) return 'failed';
  stop.whenAsked(() => {
    setTimeout(() => endNow(journal, fold, lock), patienceMs + slowestStep * journal.runMs).unref();
  });
  try {
    return (await train(run, fold, journal, lock, stop)) ? 'done' : 'failed';
  } catch (error) {
    if (!lock.isHeld()) {
      tellLoss(folder, fold);
      return 'failed';
    }
    const problem = problemOf(error, folder);
    if (problem.code === 'CMR930') tell(`${error instanceof Error ? error.stack : error}\n`);
    else tell([problem]);
    try {
      journal.append(failure(fold, problem));
    } catch {
      // No room for it: the log of the process says it, and whoever started it sees that no end was told.
    }
    return 'failed';
  } finally {
    journal.close();
    lock.release();
  }
}

/** The fold's journal; null, told in the log, where it cannot be written. */
function openJournal(folder: string, fold: number, lock: Lock): FoldJournal | null {
  try {
    return new FoldJournal(folder, fold, lock);
  } catch (error) {
    lock.release();
    tell([problemOf(error, folder)]);
    return null;
  }
}

/** After these, the number of lines so far is kept: what a fold goes on from, or ends with. */
const counted: ReadonlySet<RunEvent['type']> = new Set([
  'started',
  'changed',
  'kept',
  'checkpoint',
  'stopped',
  'failed',
  'finished',
]);

/** A journal that knows what is kept, how long the last step took, and whether the fold's end was told. */
class FoldJournal extends JournalWriter {
  readonly #counter: LineCounter;
  readonly #lease: string;

  kept: Pick<StoppedEvent, 'epoch' | 'step' | 'stepsPerEpoch'> = { epoch: 0 };
  /** Of the last step, or all that were asked for together; 0 before any. */
  runMs = 0;
  isEnded = false;
  #stepsPerEpoch = 0;

  constructor(run: string, fold: number, lock: Lock) {
    super(runFiles.events(run), lock);
    this.#counter = new LineCounter(run, fold);
    this.#lease = lock.token;
  }

  override append(event: RunEvent): void {
    super.append(event);
    if (counted.has(event.type)) this.#counter.keep(this.#lease, this.written);
    const { kept } = this;
    if (event.type === 'started') {
      this.#stepsPerEpoch = event.stepsPerEpoch;
      this.kept = this.#within(event.epoch, event.step);
    }
    if (event.type === 'kept') this.kept = this.#within(kept.epoch, event.step);
    if (event.type === 'checkpoint') this.kept = { epoch: event.epoch };
    if (event.type === 'step') this.runMs = Math.max(longestMs, event.stepMs);
    if (event.type === 'stopped' || event.type === 'failed' || event.type === 'finished') this.isEnded = true;
  }

  #within(epoch: number, step: number | undefined): FoldJournal['kept'] {
    return step === undefined ? { epoch } : { epoch, step, stepsPerEpoch: this.#stepsPerEpoch };
  }
}

/** Ends this process in the middle of whatever it does; the checkpoints that it wrote are whole. */
function endNow(journal: FoldJournal, fold: number, lock: Lock): void {
  try {
    if (!journal.isEnded) journal.append({ type: 'stopped', time: Date.now(), fold, ...journal.kept });
  } catch {
    // Neither a full disk nor a lost lock keeps it from ending.
  }
  lock.release();
  process.exit(0);
}

/** Tells in the run's log that this process ends because another has its fold. */
function tellLoss(folder: string, fold: number): void {
  const lost = diagnostic('leaseLost', { at: nowhere(folder), arguments: { fold } });
  tell([lost]);
  try {
    const journal = new JournalWriter(runFiles.events(folder));
    journal.append(noticeOf(fold, lost));
    journal.close();
  } catch {
    // The folder is gone, or its disk is full: the log of the process says it.
  }
}

async function train(
  run: Run,
  fold: number,
  journal: JournalWriter,
  lock: Lock,
  stop: StopWishes,
): Promise<boolean> {
  const { folder } = run;
  const tenure = tenureOf(folder, fold, lock);
  const bag = new Bag();
  const prepared = await prepare(run, bag, null);
  const from = prepared === null ? null : readLastCheckpoint(folder, fold, bag);
  if (prepared !== null) tellLost(folder, fold, from?.epoch ?? 0, bag);
  // Who goes on has weights of its own.
  const begins = prepared !== null && from === null && (prepared.plan.train.start ?? []).length > 0;
  const startingWeights = begins ? lastingStart(prepared.plan, run.record.workingFolder, bag) : null;
  const findings = bag.sorted();
  const error = findings.find(isError);
  if (prepared === null || error !== undefined) {
    tell(findings);
    journal.append(failure(fold, error ?? findings[0]!));
    return false;
  }
  const { plan, backend, trainer } = prepared;
  const data = prepared.fold(fold);
  try {
    const outcome = await trainFold({
      plan,
      fold,
      trainer,
      data,
      gather: judgeOf(plan, data).gather,
      backend,
      from,
      ...(startingWeights !== null && { startingWeights }),
      sink: {
        emit: (event) => {
          journal.append(event);
          // A log begins with what runs; what was found on the way there comes next.
          if (event.type === 'started') for (const item of findings) journal.append(noticeOf(fold, item));
        },
        saveCheckpoint: (checkpoint) => writeCheckpoint(folder, fold, checkpoint, tenure),
        savePreview: (epoch, preview) => {
          tenure.confirm();
          const file = runFiles.preview(fold, epoch);
          writeSealed(join(folder, file), preview);
          return file;
        },
        saveDistributions: (distributions) => {
          tenure.confirm();
          writeSealed(join(folder, runFiles.distributions(fold, distributions.epoch)), distributions);
        },
        readStart: () => readStart(runFiles.start(folder, fold)),
        saveStart: (start) => writeSealed(runFiles.start(folder, fold), start),
      },
      stopRequested: stop.asked,
      control: controlOf(folder),
      now: Date.now,
    });
    return outcome !== 'failed';
  } finally {
    await trainer.dispose();
    await data.dispose();
  }
}

/** Tells of epochs that were kept and are gone, which are trained again. */
function tellLost(folder: string, fold: number, from: number, bag: Bag): void {
  const kept = lastEpoch(folder, fold);
  const path = runFiles.checkpoint(fold, kept);
  if (kept <= from || checkpointEpochs(folder, fold).includes(kept)) return;
  bag.report('brokenCheckpoint', {
    at: nowhere(join(folder, path)),
    arguments: { path: join(folder, path), reason: 'it is gone' },
    help: [{ message: `training goes on from epoch ${from}` }],
  });
}

/** A failure as something to tell: the system's refusals and lack of memory are no bugs. */
function problemOf(error: unknown, folder: string): Diagnostic {
  const at = nowhere(folder);
  const reason = error instanceof Error ? error.message : String(error);
  if (/out of memory|could not allocate|allocation failed/i.test(reason)) {
    return diagnostic('outOfMemory', { at, arguments: { reason: reason.split('\n')[0]! } });
  }
  try {
    return systemProblem(error, folder);
  } catch {
    return diagnostic('workerBug', { at, arguments: { reason: reason.split('\n')[0]! } });
  }
}

function failure(fold: number, { code, message, primary }: Diagnostic): RunEvent {
  const place = primary.span.end > 0 ? ` (${primary.span.file})` : '';
  return { type: 'failed', time: Date.now(), fold, code, message: `${message}${place}` };
}

function noticeOf(fold: number, { code, severity, message }: Diagnostic): RunEvent {
  const mild = severity === 'note' ? 'note' : 'warning';
  return { type: 'notice', time: Date.now(), fold, severity: mild, code, message };
}
