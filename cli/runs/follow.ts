import { setTimeout } from 'node:timers/promises';
import { Bag } from '../../src/compiler/index.ts';
import {
  advance,
  briefOf,
  epochsDone,
  type FoldProgress,
  isTraining,
  JournalReader,
  noProgress,
  type Run,
  type RunBrief,
  type RunEvent,
  type RunProgress,
  runFiles,
  stopTraining,
  timeLeft,
} from '../../src/runtime/index.ts';
import type { Output } from '../output/output.ts';
import { isReaderGone } from '../output/streams.ts';
import { eventText } from '../text/event.ts';
import { shownMetrics } from '../text/metric-names.ts';
import { duration, number } from '../text/quantities.ts';

const pollMs = 100;
/** Within a long epoch a line comes at most this often. */
const stepLineMs = 10_000;

/**
 * Prints what a run does, one line per epoch, until no process works on it or the user leaves.
 * @param seen how many events of an earlier start are not to be told again
 */
export async function followPlainly(
  output: Output,
  run: Run,
  seen: number,
  interrupts: Interrupts,
): Promise<void> {
  const reader = new JournalReader(runFiles.events(run.folder));
  const brief = briefOf(run.record);
  let progress = noProgress;
  let skip = seen;
  let lastLine = Date.now();
  for (;;) {
    // Asked before reading: what a process said before it ended is then read in this round.
    const training = isTraining(run.folder);
    const { events, more } = reader.read();
    progress = advance(progress, events);
    const fresh = events.slice(skip);
    skip = Math.max(0, skip - events.length);
    for (const event of fresh) {
      const line = lineOf(event, progress, brief, Date.now() - lastLine);
      if (line === null) continue;
      output.print(line);
      lastLine = Date.now();
    }
    if (more) continue;
    if (!training || interrupts.leave() || isReaderGone()) return;
    await setTimeout(pollMs);
  }
}

/** Ctrl-C as a wish to stop training. */
export interface Interrupts {
  /** Whether a second one came: then the terminal is wanted back at once. */
  leave(): boolean;
  end(): void;
}

/** From now on Ctrl-C asks the process that trains a run to stop after its step; a second one leaves it alone. */
export function watchInterrupts(output: Output, run: Run): Interrupts {
  let count = 0;
  const interrupted = (): void => {
    count += 1;
    if (count > 1) return;
    stopTraining(run.folder, new Bag());
    output.say('stopping after the current step; finished epochs are kept (Ctrl-C again leaves at once)');
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  return {
    leave: () => count > 1,
    end: () => {
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
    },
  };
}

/** What is worth a line: a step now and then, but no checkpoints and images; a failure is told at the end. */
function lineOf(event: RunEvent, progress: RunProgress, brief: RunBrief, sinceLastMs: number): string | null {
  const metrics = shownMetrics(brief);
  const fold = progress.folds.get(event.fold);
  switch (event.type) {
    case 'image':
    case 'checkpoint':
    case 'failed':
      return null;
    case 'step':
      return sinceLastMs < stepLineMs || fold === undefined
        ? null
        : `${stepText(event, fold)}${leftText(fold)}`;
    case 'epoch':
      return `${eventText(event, metrics, brief.units)}${fold === undefined ? '' : leftText(fold)}`;
    default:
      return eventText(event, metrics);
  }
}

function stepText(event: Extract<RunEvent, { type: 'step' }>, fold: FoldProgress): string {
  const { fold: number_, epoch, step, loss, stepMs } = event;
  return `fold ${number_} epoch ${epoch} step ${step} of ${fold.started.stepsPerEpoch} · loss ${number(loss)} · ${duration(stepMs)}/step`;
}

function leftText(fold: FoldProgress): string {
  const left = epochsDone(fold) < fold.started.epochs ? timeLeft(fold) : null;
  return left === null ? '' : ` · ${duration(left)} left`;
}
