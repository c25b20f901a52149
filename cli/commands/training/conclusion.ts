import { Bag, diagnostic, isTrainingCode } from '../../../src/compiler/index.ts';
import {
  checkpointPlaces,
  epochsDone,
  type FailedEvent,
  type FoldProgress,
  isDiskFull,
  type LogEvent,
  lastError,
  type NoticeEvent,
  noticeText,
  nowhere,
  openRun,
  progressOf,
  type Run,
  readEvaluation,
  structuresNeverFound,
  trainer,
} from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import { exitCodeFor } from '../../output/exit-of-findings.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { evaluationText } from '../../text/evaluation.ts';
import { counted } from '../../text/quantities.ts';

export function waysBack(folder: string): string {
  return `  watch: cmrc tui ${folder}\n  stop:  cmrc stop ${folder}`;
}

/**
 * What is left to say after the user stopped watching: how it ended, or that it goes on.
 * @param log how long the run's log was before it started
 */
export function conclude(output: Output, run: Run, log: number): ExitCode {
  const { folder, record } = run;
  // It may have been moved or deleted while it trained.
  const bag = new Bag();
  if (openRun(folder, bag) === null) return fail(output, bag.sorted());
  const progress = progressOf(folder);
  const folds = record.folds.map((fold) => progress.folds.get(fold));
  const finished = folds.every((fold) => fold?.state === 'finished');
  const training = trainer(folder) !== null;
  const failure = progress.failure ?? (training || finished ? null : silentEnd(run, folds, log));
  const evaluation = finished ? readEvaluation(folder) : null;
  const alerts = progress.log.filter(isAlert);
  const state = training ? 'training' : finished ? 'finished' : failure === null ? 'stopped' : 'failed';
  output.value({
    version: 1,
    run: folder,
    state,
    folds: folds.flatMap(foldValue),
    failure: failure && { code: failure.code, message: failure.message },
    alerts: alerts.map(({ fold, code, message }) => ({ fold, code, message })),
    evaluation,
  });
  if (training) {
    output.print(`training goes on in ${folder}\n${waysBack(folder)}`);
  } else if (finished) {
    if (evaluation !== null) {
      for (const line of evaluationText(evaluation)) output.print(line);
      report(output, structuresNeverFound(evaluation));
    }
    output.print(`\nrun ${folder}`);
  } else {
    if (failure !== null) output.say(noticeText(failure));
    const kept = record.folds.flatMap((fold) => {
      const place = checkpointPlaces(folder, fold).at(-1);
      if (place === undefined) return [];
      const { epoch, step } = place;
      return [`${step === 0 ? `epoch ${epoch}` : `step ${step} of epoch ${epoch + 1}`} of fold ${fold}`];
    });
    output.print(
      kept.length > 0
        ? `kept in ${folder}: ${kept.join(', ')}`
        : 'no step was finished, so no weights were kept',
    );
    output.print(
      failure?.code === 'CMR904'
        ? 'going on would give the same numbers: train anew with a smaller learning rate'
        : `go on with: cmrc train --resume ${folder}`,
    );
  }
  if (alerts.length > 0 && !training) output.say(alertsText(alerts));
  if (failure === null || training) return exit.fine;
  return exitCodeFor(failure.code);
}

/** Whether an event is something that training noticed of itself and that people should hear. */
function isAlert(event: LogEvent): event is NoticeEvent {
  return event.type === 'notice' && event.severity === 'warning' && isTrainingCode(event.code);
}

/** `2 warnings while it was trained: CMR990 (fold 1), CMR751 (folds 1, 2); cmrc explain CMR990 says more` */
function alertsText(alerts: readonly NoticeEvent[]): string {
  const codes = [...new Set(alerts.map(({ code }) => code!))];
  const each = codes.map((code) => {
    const folds = [...new Set(alerts.flatMap((alert) => (alert.code === code ? [alert.fold] : [])))];
    return `${code} (fold${folds.length === 1 ? '' : 's'} ${folds.join(', ')})`;
  });
  return `${counted(alerts.length, 'warning')} while it was trained: ${each.join(', ')}; cmrc explain ${codes[0]} says more`;
}

/**
 * Why training ended where its journal does not say it: a process that was at work and is gone, or a disk without room for
 * a journal's next line, which the log of the process then tells.
 */
function silentEnd(
  { folder, record }: Run,
  folds: readonly (FoldProgress | undefined)[],
  log: number,
): FailedEvent | null {
  const place = folds.findIndex((fold) => fold?.state !== 'finished');
  const state = folds[place]?.state;
  if (state === 'stopped') return null;
  const fold = record.folds[place]!;
  const at = nowhere(folder);
  const problem = isDiskFull(folder)
    ? diagnostic('diskFull', { at, arguments: { path: folder } })
    : (lastError(folder, log) ??
      (state === 'running' ? diagnostic('processLost', { at, arguments: { fold } }) : null));
  return problem && { type: 'failed', time: Date.now(), fold, code: problem.code, message: problem.message };
}

function foldValue(fold: FoldProgress | undefined) {
  if (fold === undefined) return [];
  const last = fold.epochs.at(-1);
  return [
    {
      fold: fold.fold,
      state: fold.state,
      epochs: epochsDone(fold),
      loss: last?.loss ?? null,
      heads: last?.heads ?? {},
      heldOut: last?.heldOut ?? {},
      checkpoint: fold.checkpoint?.folder ?? null,
    },
  ];
}
