import { partsOfMetric } from '../../src/compiler/index.ts';
import {
  type DatasetFacts,
  detectableArea,
  detectableMean,
  fewestDiscordant,
} from '../../src/runtime/index.ts';
import type { Study } from './study.ts';

/** What a study cannot show by its size alone. */
interface SmallestDifference {
  readonly metric: string;
  readonly difference: number;
  readonly unit: string;
  /** How it was worked out, and what was assumed. */
  readonly rule: string;
}

/** Of differences of Dice or Jaccard between two networks: the paper's spread of 7.5 points, half of it shared. */
const assumedSpread = 0.075;

/**
 * The smallest differences that a study can find significant, for the metrics that it reports: between any two of its
 * members, corrected for the number of pairs.
 */
export function smallestDifferences(study: Study, facts: DatasetFacts): readonly SmallestDifference[] {
  const comparisons = Math.max(1, (study.members.length * (study.members.length - 1)) / 2);
  const { plan } = study.members[0]!;
  const positives = facts.classes[plan.data.positive] ?? 0;
  const negatives = Object.values(facts.classes).reduce((sum, images) => sum + images, 0) - positives;
  const share = plan.evaluate.folds.kind === 'holdout' ? plan.evaluate.folds.fraction : 1;
  const metrics = [...new Set(study.reports.flatMap(({ metrics }) => metrics))];
  return metrics.flatMap((metric) => {
    const { metric: name, head } = partsOfMetric(metric);
    // Only of diagnoses is it known how many images there are of each class.
    if (plan.heads.some((known) => known.name === head && known.attribute !== undefined)) return [];
    const common = { metric, unit: '1' };
    switch (name) {
      case 'dsc':
      case 'jaccard': {
        const patients = Math.max(2, Math.round(facts.patients * share));
        const difference = detectableMean(assumedSpread, patients, comparisons);
        return [
          {
            ...common,
            difference,
            rule: `80 % power over ${patients} patients, spread of differences 0.075 assumed`,
          },
        ];
      }
      case 'auc': {
        const [one, other] = [Math.round(positives * share), Math.round(negatives * share)];
        if (one === 0 || other === 0) return [];
        const rule = `80 % power with ${one} positive and ${other} negative images, an area near 0.95 assumed`;
        return [{ ...common, difference: detectableArea(one, other, comparisons), rule }];
      }
      case 'accuracy':
      case 'sensitivity':
      case 'specificity': {
        const images = { accuracy: facts.images, sensitivity: positives, specificity: negatives }[name];
        const counted = Math.round(images * share);
        const minImages = fewestDiscordant(comparisons);
        if (counted === 0) return [];
        const rule = `${minImages} of ${counted} images answered better and none worse`;
        return [{ ...common, difference: minImages / counted, rule }];
      }
      default:
        return [];
    }
  });
}
