import { epochsDone, fractionDone, stepsDone, timeLeft } from '../../../../src/runtime/index.ts';
import { duration } from '../../../text/quantities.ts';
import { line } from '../../drawing/lines.ts';
import { shownFold } from '../../state/curves.ts';
import type { RunState } from '../../state/run.ts';
import type { Theme } from '../../theme/theme.ts';
import { progressBar } from '../../widgets/progress.ts';

export function progressLine(theme: Theme, run: RunState, columns: number): string {
  const fold = shownFold(run);
  if (fold === undefined) return line(theme, [['quiet', ' no step yet']], columns);
  const { epochs, stepsPerEpoch } = fold.started;
  const done = epochsDone(fold);
  const words =
    done < epochs
      ? ` epoch ${done + 1} of ${epochs} · step ${stepsDone(fold)} of ${stepsPerEpoch} `
      : ` ${epochs} epochs `;
  const left = run.alive === false || fold.paused ? null : timeLeft(fold);
  const last = fold.epochs.at(-1);
  const stepMs = fold.steps.at(-1)?.stepMs;
  const speed =
    last !== undefined
      ? `${duration(last.epochMs)}/epoch`
      : stepMs === undefined
        ? ''
        : `${duration(stepMs)}/step`;
  const right = ` ${speed}${left === null ? '' : ` · ${duration(left)} left`} `;
  const width = columns - words.length - right.length;
  return width < 12
    ? line(theme, [words, ['quiet', right]], columns)
    : words + progressBar(theme, fractionDone(fold), width) + theme.paint('quiet', right);
}
