import { existsSync } from 'node:fs';
import { Bag } from '../../../compiler/index.ts';
import type { Evaluation } from '../../metrics/evaluate.ts';
import { nowhere } from '../../storage/problems.ts';
import { readSealed, writeSealed } from '../../storage/seal.ts';
import { runFiles } from '../record/folder.ts';
import { foreignReason } from './belonging.ts';

const notByStructure = { structure: null, empty: null };

/**
 * The evaluation that a run directory holds; null when there is none, or with `brokenEvaluation` when it is damaged or another
 * run's: it can be made again.
 */
export function readEvaluation(run: string, bag = new Bag()): Evaluation | null {
  const path = runFiles.evaluation(run);
  if (!existsSync(path)) return null;
  const found = readSealed(path);
  const value = typeof found === 'string' ? null : (found.value as Evaluation | null);
  let reason = typeof found === 'string' ? found : 'it is not what was written';
  if (typeof found !== 'string' && value?.version === 1 && Array.isArray(value.metrics)) {
    const foreign = (value.weights ?? []).map(({ fold, epoch, of }) => foreignReason(run, fold, epoch, of));
    const first = foreign.find((one) => one !== null);
    if (first !== undefined) reason = first!;
    // Those of older versions have neither a seal nor weights, nor numbers by structure.
    else if (found.sealed || value.weights === undefined) {
      const metrics = value.metrics.map((metric) => ({ ...notByStructure, ...metric }));
      return { ...value, metrics };
    }
  }
  bag.report('brokenEvaluation', {
    at: nowhere(path),
    arguments: { path, reason },
    help: [{ message: `make it again: \`cmrc evaluate ${run}\`` }],
  });
  return null;
}

/** Writes the evaluation of a run; that of an older epoch goes to a file of its own beside. */
export function writeEvaluation(run: string, evaluation: Evaluation, epoch: number | null = null): string {
  const path = epoch === null ? runFiles.evaluation(run) : runFiles.olderEvaluation(run, epoch);
  writeSealed(path, evaluation, 1);
  return path;
}
