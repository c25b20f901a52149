import { readFileSync } from 'node:fs';
import type { Evaluation } from '../../metrics/evaluate.ts';
import { writeAtomically } from '../../storage/atomic.ts';
import { runFiles } from '../record/folder.ts';

/** The evaluation that a run directory holds, or null when there is none or it is damaged: it can be made again. */
export function readEvaluation(run: string): Evaluation | null {
  try {
    const value = JSON.parse(readFileSync(runFiles.evaluation(run), 'utf8')) as Evaluation;
    return value.version === 1 && Array.isArray(value.metrics) ? value : null;
  } catch {
    return null;
  }
}

export function writeEvaluation(run: string, evaluation: Evaluation): void {
  writeAtomically(runFiles.evaluation(run), `${JSON.stringify(evaluation, null, 1)}\n`);
}
