import type { Bag } from '../../compiler/index.ts';
import { type Evaluation, evaluatePredictions } from '../metrics/evaluate.ts';
import type { Measurement } from '../metrics/measure.ts';
import { predictionsOf } from '../train/loop.ts';
import { readLastCheckpoint } from './checkpoint.ts';
import { writeEvaluation } from './evaluation.ts';
import { prepare } from './prepare.ts';
import { systemProblem } from './problems.ts';
import type { Run } from './store.ts';

/**
 * Predicts the held-out images of every fold with the fold's last weights, measures them, and writes `evaluation.json`.
 * Null, with the reason in the bag, when a fold has no weights or the data is gone.
 */
export async function evaluate(run: Run, bag: Bag, backend: string | null): Promise<Evaluation | null> {
  const prepared = await prepare(run, bag, backend);
  if (prepared === null) return null;
  const { plan } = prepared;
  const trainer = await prepared.trainer();
  const measurements: Measurement[] = [];
  try {
    for (const fold of run.record.folds) {
      const checkpoint = readLastCheckpoint(run.folder, fold, bag, { required: true });
      if (checkpoint === null) return null;
      await trainer.restore(checkpoint);
      const data = prepared.fold(fold);
      try {
        for await (const batch of data.heldOut()) {
          // Measured batch by batch: a prediction is large, a measurement small.
          const { heads } = await trainer.predict(batch);
          measurements.push(...data.measure(predictionsOf(batch, heads)));
        }
      } finally {
        await data.dispose();
      }
    }
    const evaluation = evaluatePredictions(plan, measurements);
    writeEvaluation(run.folder, evaluation);
    return evaluation;
  } catch (error) {
    bag.add(systemProblem(error, run.folder));
    return null;
  } finally {
    await trainer.dispose();
  }
}
