import type { HeadPlan, LossTerm } from '../../../plan/run-plan.ts';
import { choice, flag, number, numbers } from '../constants.ts';
import { key, type Table } from '../table.ts';

type HeadKind = HeadPlan['kind'];
export type LossName = Exclude<LossTerm['loss'], 'declared'>;

interface Loss {
  readonly doc: string;
  readonly heads: readonly HeadKind[];
  readonly options: Table;
}

const weights = (whom: string) =>
  key<readonly number[] | null>(
    numbers({ minimum: 0 }),
    `How much each ${whom} counts; all alike where left out`,
    {
      default: null,
    },
  );

const ratios = {
  smooth: key(number({ minimum: 0 }), 'Added to numerator and denominator', { default: 1e-6 }),
  reduction: key(choice('image', 'batch'), 'Whether the sums run over each image or over the batch', {
    default: 'image' as const,
  }),
  background: key(
    flag(),
    'Whether the background of a softmax counts as a structure; Isensee et al. 2021 leave it out, as it is nearly always right',
    { default: true },
  ),
};

const overlap = { ...ratios, weights: weights('class that counts, the background of a softmax first,') };

const errors = {
  alpha: key(number({ minimum: 0 }), 'How much a pixel counts that is wrongly marked', { default: 0.3 }),
  beta: key(number({ minimum: 0 }), 'How much a pixel counts that is missed', { default: 0.7 }),
};

const certainty = {
  smoothing: key(
    number({ minimum: 0, below: 1 }),
    'Share of every truth that is spread evenly over all answers; Szegedy et al. 2016 (arXiv 1512.00567)',
    { default: 0 },
  ),
};

/** Every loss of the language. */
export const losses: Readonly<Record<LossName, Loss>> = {
  jaccard: { doc: 'Jaccard distance, equation 3', heads: ['mask'], options: overlap },
  dice: { doc: 'Dice loss 1 − 2I / (|Y| + |Ŷ|)', heads: ['mask'], options: overlap },
  bce: { doc: 'Binary cross entropy, equation 5', heads: ['mask', 'label'], options: certainty },
  cross_entropy: {
    doc: 'Categorical cross entropy, equation 4',
    heads: ['mask', 'label'],
    options: { ...certainty, weights: weights('class') },
  },
  focal: {
    doc: 'Focal loss, Lin et al. 2017',
    heads: ['mask', 'label'],
    options: {
      gamma: key(number({ minimum: 0 }), 'How much easy examples are played down', { default: 2 }),
      alpha: key(number({ minimum: 0, maximum: 1 }), 'Weight of the positive class', { default: 0.25 }),
    },
  },
  categorical_focal: {
    doc: 'Focal loss of classes that exclude each other, Lin et al. 2017',
    heads: ['mask', 'label'],
    options: {
      gamma: key(number({ minimum: 0 }), 'How much easy examples are played down', { default: 2 }),
      weights: weights('class'),
    },
  },
  tversky: {
    doc: 'Tversky loss 1 − I / (I + α·wrong + β·missed), Salehi et al. 2017 (arXiv 1706.05721)',
    heads: ['mask'],
    options: { ...errors, ...ratios },
  },
  focal_tversky: {
    doc: 'Tversky loss to the power 1 / γ, Abraham and Khan 2019 (arXiv 1810.07842)',
    heads: ['mask'],
    options: {
      ...errors,
      gamma: key(number({ above: 0 }), 'Above 1 structures that are nearly right count more, below 1 less', {
        default: 4 / 3,
        written: '4 / 3',
      }),
      ...ratios,
    },
  },
  boundary: {
    doc: 'Boundary loss, Kervadec et al. 2019 (arXiv 1812.07032): the mean of p times the signed distance to the border of the truth, in pixels; beside a loss of overlap',
    heads: ['mask'],
    options: {},
  },
  mse: {
    doc: 'Mean squared error of values in scales of their attribute',
    heads: ['value'],
    options: {},
  },
  mae: {
    doc: 'Mean absolute error of values in scales of their attribute',
    heads: ['value'],
    options: {},
  },
  huber: {
    doc: 'Half the square of a difference up to `delta`, beyond it a line; Huber 1964',
    heads: ['value'],
    options: {
      delta: key(number({ above: 0 }), 'From which difference on it is a line, in scales of the attribute', {
        default: 1,
      }),
    },
  },
};

/** The losses that suit a kind of head. */
export function lossesOf(kind: string): readonly string[] {
  return Object.entries(losses)
    .filter(([, entry]) => entry.heads.some((candidate) => candidate === kind))
    .map(([name]) => name);
}
