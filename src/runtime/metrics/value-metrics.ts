import type { MetricNameOf } from '../../compiler/index.ts';
import { deviation, isDefined, mean, type Value } from './value.ts';

/** A number as it is and as a head predicts it, in the unit of its attribute. */
export interface Estimate {
  readonly truth: number;
  readonly predicted: number;
}

const noNumber = { reason: 'a prediction is no number' };

/** How each metric of values is computed over images or patients. */
export const valueMeasures: Readonly<
  Record<MetricNameOf<'value'>, (estimates: readonly Estimate[]) => Value>
> = {
  mae: (estimates) => mean(errorsOf(estimates).map(Math.abs)),
  rmse: (estimates) => {
    const square = mean(errorsOf(estimates).map((error) => error ** 2));
    return isDefined(square) ? Math.sqrt(square) : square;
  },
  r2: (estimates) => {
    const centre = mean(estimates.map(({ truth }) => truth));
    if (!isDefined(centre)) return centre;
    const total = estimates.reduce((sum, { truth }) => sum + (truth - centre) ** 2, 0);
    if (total === 0) return { reason: 'all true values are equal' };
    return 1 - errorsOf(estimates).reduce((sum, error) => sum + error ** 2, 0) / total;
  },
  limits_of_agreement: (estimates) => {
    const spread = deviation(errorsOf(estimates));
    return isDefined(spread) ? 1.96 * spread : spread;
  },
};

/** The same; undefined where a prediction is no number. */
export function measureValues(name: MetricNameOf<'value'>, estimates: readonly Estimate[]): Value {
  return estimates.some(({ predicted }) => !Number.isFinite(predicted))
    ? noNumber
    : valueMeasures[name](estimates);
}

function errorsOf(estimates: readonly Estimate[]): readonly number[] {
  return estimates.map(({ truth, predicted }) => predicted - truth);
}

/** The means of some estimates: of the images of a patient, the patient's. */
export function meanEstimate(estimates: readonly Estimate[]): Estimate {
  const over = (side: keyof Estimate) =>
    estimates.reduce((sum, estimate) => sum + estimate[side], 0) / estimates.length;
  return { truth: over('truth'), predicted: over('predicted') };
}
