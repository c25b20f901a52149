import {
  advance,
  checkpointEpochs,
  epochsDone,
  type FoldProgress,
  noProgress,
  noticeText,
  type Run,
  readEvaluation,
  readEvents,
  runFiles,
  trainer,
} from '../../../src/runtime/index.ts';
import { type ExitCode, exit, exitCodeFor } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { evaluationText } from '../../text/evaluation.ts';

export function waysBack(folder: string): string {
  return `  watch: cmrc tui ${folder}\n  stop:  cmrc stop ${folder}`;
}

/** What is left to say after the user stopped watching: how it ended, or that it goes on. */
export function conclude(output: Output, run: Run): ExitCode {
  const { folder, record } = run;
  const progress = advance(noProgress, readEvents(runFiles.events(folder)));
  const folds = record.folds.map((fold) => progress.folds.get(fold));
  const { failure } = progress;
  const finished = folds.every((fold) => fold?.state === 'finished');
  const training = trainer(folder) !== null;
  const evaluation = finished ? readEvaluation(folder) : null;
  const state = training ? 'training' : finished ? 'finished' : failure === null ? 'stopped' : 'failed';
  output.value({
    version: 1,
    run: folder,
    state,
    folds: folds.flatMap(foldValue),
    failure: failure && { code: failure.code, message: failure.message },
    evaluation,
  });
  if (training) {
    output.print(`training goes on in ${folder}\n${waysBack(folder)}`);
  } else if (finished) {
    for (const line of evaluation === null ? [] : evaluationText(evaluation)) output.print(line);
    output.print(`\nrun ${folder}`);
  } else {
    if (failure !== null) output.say(noticeText(failure));
    const kept = record.folds.flatMap((fold) => {
      const epoch = checkpointEpochs(folder, fold).at(-1);
      return epoch === undefined ? [] : [`epoch ${epoch} of fold ${fold}`];
    });
    output.print(
      kept.length > 0
        ? `kept in ${folder}: ${kept.join(', ')}`
        : 'no epoch was finished, so no weights were kept',
    );
    output.print(
      failure?.code === 'CMR904'
        ? 'going on would give the same numbers: train anew with a smaller learning rate'
        : `go on with: cmrc train --resume ${folder}`,
    );
  }
  if (failure === null || training) return exit.fine;
  return exitCodeFor(failure.code);
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
