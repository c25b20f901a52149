import type { RunPlan } from '../../compiler/index.ts';
import type { FoldSource } from '../data/batches/source.ts';
import type { Truth } from '../data/batches/truths.ts';
import { isFitProblem, planFit, unfit } from '../images/fit.ts';
import type { Grid } from '../images/grid.ts';
import { evaluatePredictions, metricValues } from './evaluate.ts';
import { type Measurement, measureImage } from './measure.ts';
import type { Gathering, Prediction } from './prediction.ts';
import { type StoredCase, storeImage } from './stored.ts';

/** Compares predictions of a fold's held-out images with the truth on the original grid. */
export interface Judge {
  measure(predictions: readonly Prediction[]): readonly Measurement[];
  /** The same, with what is kept of each image on disk. */
  store(predictions: readonly Prediction[]): readonly StoredCase[];
  /** Begins gathering the metrics of the plan, of this fold's predictions alone. */
  gather(): Gathering;
}

/** The judge of a fold. Throws for predictions of images that the fold does not hold out. */
export function judgeOf(plan: RunPlan, source: Pick<FoldSource, 'truth'>): Judge {
  const judgedBy =
    <T extends Measurement>(judge: (...image: Parameters<typeof measureImage>) => T) =>
    (predictions: readonly Prediction[]): readonly T[] =>
      predictions.map((prediction) => {
        const truth = source.truth(prediction.id);
        return judge(plan, truth, originalMaps(plan, prediction, truth), prediction.heads);
      });
  const measure = judgedBy(measureImage);
  return {
    measure,
    store: judgedBy(storeImage),
    gather() {
      const measurements: Measurement[] = [];
      return {
        add: (predictions) => void measurements.push(...measure(predictions)),
        metrics: () => metricValues(evaluatePredictions(plan, measurements)),
      };
    },
  };
}

/** The mask heads' probabilities, brought back from the network's size to the image's own. */
function originalMaps(
  plan: RunPlan,
  { heads }: Prediction,
  { mask, spacing }: Truth,
): Readonly<Record<string, Grid>> {
  if (mask === null) return {};
  const fitting = planFit(plan.data.fit, mask, spacing);
  if (isFitProblem(fitting)) throw new Error('a mask cannot be fitted that was fitted before');
  const maps: Record<string, Grid> = {};
  for (const { name, kind } of plan.heads) {
    const values = heads[name];
    if (kind !== 'mask' || values === undefined) continue;
    const channels = values.length / (fitting.to.height * fitting.to.width);
    maps[name] = unfit(fitting, { ...fitting.to, channels, values }, 'bilinear');
  }
  return maps;
}
