import { Bag } from '../../../src/compiler/index.ts';
import { evaluateRun, openRun, runFiles, structuresNeverFound } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { evaluationText } from '../../text/evaluation.ts';

export interface EvaluateOptions {
  readonly format: 'text' | 'json';
  readonly backend?: string;
  readonly epoch?: number;
  readonly acceptData?: boolean;
  readonly pages?: string;
}

/** `cmrc evaluate`: predicts every held-out image with the weights of its fold that count, and measures. */
export async function evaluate(output: Output, folder: string, options: EvaluateOptions): Promise<ExitCode> {
  const bag = new Bag();
  const run = openRun(folder, bag);
  const { backend = null, epoch = null, acceptData = false, pages = null } = options;
  const evaluation = run === null ? null : await evaluateRun(run, bag, { backend, epoch, acceptData, pages });
  if (evaluation === null) return fail(output, bag.sorted());
  report(output, [...bag.sorted(), ...structuresNeverFound(evaluation)]);
  output.value(evaluation);
  for (const line of evaluationText(evaluation)) output.print(line);
  if (pages !== null) output.print(`pages of held-out patients are in ${pages}`);
  if (epoch !== null) output.print(`written beside the results: ${runFiles.olderEvaluation(folder, epoch)}`);
  return exit.fine;
}
