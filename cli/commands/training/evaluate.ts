import { Bag } from '../../../src/compiler/index.ts';
import { evaluateRun, openRun } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { evaluationText } from '../../text/evaluation.ts';

export interface EvaluateOptions {
  readonly format: 'text' | 'json';
  readonly backend?: string;
}

/** `cmrc evaluate`: predicts every held-out image with the last weights of its fold, and measures. */
export async function evaluate(output: Output, folder: string, options: EvaluateOptions): Promise<ExitCode> {
  const bag = new Bag();
  const run = openRun(folder, bag);
  const evaluation = run === null ? null : await evaluateRun(run, bag, options.backend ?? null);
  if (evaluation === null) return fail(output, bag.sorted());
  report(output, bag.sorted());
  output.value(evaluation);
  for (const line of evaluationText(evaluation)) output.print(line);
  return exit.fine;
}
