import { formulaOf } from '../../plan/loss/built-in.ts';
import type { LossTerm } from '../../plan/run-plan.ts';
import type { StepBuilder } from '../builder.ts';
import { lowerFormula } from './loss-formula.ts';

/** Values and truth of one head: `[batch, height, width, channels]` or `[batch, channels]`. */
interface Answer {
  readonly truth: number;
  readonly predicted: number;
  /** What the head's sigmoid or softmax was given; null where it ends with neither. */
  readonly logits: number | null;
  /** The signed distances to the border of the truth, where a loss reads them. */
  readonly distance?: number | undefined;
}

type OverlapTerm = Extract<LossTerm, { readonly loss: 'jaccard' | 'dice' }>;

/** The loss of a batch: the weighted sum of its terms, and per head the sum of its terms without weights; scalars. */
export interface LoweredLoss {
  readonly loss: number;
  readonly heads: ReadonlyMap<string, number>;
}

/**
 * Equation 6 as primitives; its gradient follows from theirs.
 * @param variances by head the logarithms, `[1]`, of the variances that weigh heads by their uncertainty
 */
export function lowerLoss(
  b: StepBuilder,
  terms: readonly LossTerm[],
  answers: ReadonlyMap<string, Answer>,
  variances: ReadonlyMap<string, number> = new Map(),
): LoweredLoss {
  let loss: number | undefined;
  const heads = new Map<string, number>();
  for (const term of terms) {
    const value = lowerTerm(b, term, answers.get(term.head)!);
    const variance = variances.get(term.head);
    const fixed = b.scale(value, term.weight);
    const weighted =
      variance === undefined
        ? fixed
        : b.multiply(fixed, b.reshape(b.apply('exp', [b.negate(variance)], {}), []));
    loss = loss === undefined ? weighted : b.add(loss, weighted);
    const before = heads.get(term.head);
    heads.set(term.head, before === undefined ? value : b.add(before, value));
  }
  for (const variance of variances.values()) {
    const half = b.reshape(b.scale(variance, 0.5), []);
    loss = loss === undefined ? half : b.add(loss, half);
  }
  return { loss: loss ?? b.scalar(0), heads };
}

/**
 * One term without its weight. Cross entropies are made of logits: a probability that rounds to 0 or 1 would have no
 * logarithm, and no gradient to come back by.
 */
function lowerTerm(b: StepBuilder, term: LossTerm, { truth, predicted, logits, distance }: Answer): number {
  const y = asMap(b, truth);
  const p = asMap(b, predicted);
  const z = () => {
    if (logits === null) throw new Error(`${term.loss} of a head that ends with no sigmoid or softmax`);
    return asMap(b, logits);
  };
  const formula = formulaOf(term);
  if (formula !== undefined) {
    return lowerFormula(b, formula, {
      head: () => p,
      truth: () => y,
      logits: z,
      distance: () => {
        if (distance === undefined) throw new Error(`nothing gives ${term.loss} distances`);
        return asMap(b, distance);
      },
    });
  }
  switch (term.loss) {
    case 'jaccard': {
      const { both, either } = overlap(b, y, p, term);
      return meanDistance(b, both, b.subtract(either, both), term.smooth);
    }
    case 'dice': {
      const { both, either } = overlap(b, y, p, term);
      return meanDistance(b, b.scale(both, 2), either, term.smooth);
    }
    case 'bce': {
      // −y log p − (1 − y) log(1 − p), where log p is log(1 − p) + z.
      const smooth = smoothed(b, y, term.smoothing, 2);
      return mean(b, b.subtract(softplus(b, z()), b.multiply(smooth, z())));
    }
    case 'cross_entropy': {
      const channels = b.shape(p)[3]!;
      const smooth = smoothed(b, y, term.smoothing, channels);
      return b.scale(mean(b, b.multiply(smooth, b.apply('log_softmax', [z()], {}))), -channels);
    }
    case 'focal': {
      const yes = b.negate(softplus(b, b.negate(z())));
      const no = b.negate(softplus(b, z()));
      const power = (logarithm: number) => b.apply('exp', [b.scale(logarithm, term.gamma)], {});
      const hits = b.multiply(b.multiply(b.scale(y, term.alpha), power(no)), yes);
      const misses = b.multiply(b.multiply(b.scale(less(b, y), 1 - term.alpha), power(yes)), no);
      return b.negate(mean(b, b.add(hits, misses)));
    }
    case 'mse': {
      const difference = b.subtract(p, y);
      return mean(b, b.multiply(difference, difference));
    }
    case 'mae':
      return mean(b, absolute(b, b.subtract(p, y)));
    case 'huber': {
      // With c the smaller of |d| and delta: c (|d| − c / 2).
      const size = absolute(b, b.subtract(p, y));
      const inside = b.subtract(size, b.relu(b.subtract(size, b.scalar(term.delta))));
      return mean(b, b.multiply(inside, b.subtract(size, b.scale(inside, 0.5))));
    }
    default:
      throw new Error(`the loss ${term.loss} has neither a rule nor a formula`);
  }
}

/** Σyŷ and Σy + Σŷ for every channel of every image, or of the batch; `[batch or 1, 1, 1, channels]`. */
function overlap(b: StepBuilder, y: number, p: number, { reduction, background = true }: OverlapTerm) {
  const over = (sums: number) => {
    const summed = reduction === 'image' ? sums : b.sum(sums, [0]);
    const [batch, height, width, channels] = b.shape(summed) as [number, number, number, number];
    return background ? summed : b.slice(summed, [0, 0, 0, 1], [batch, height, width, channels - 1]);
  };
  return {
    both: over(b.productSum(y, p, [1, 2])),
    either: over(b.add(b.sum(y, [1, 2]), b.sum(p, [1, 2]))),
  };
}

/** The mean of `1 − (part + smooth) / (whole + smooth)`. */
function meanDistance(b: StepBuilder, part: number, whole: number, smooth: number): number {
  const ratio = b.divide(b.add(part, b.scalar(smooth)), b.add(whole, b.scalar(smooth)));
  return mean(b, less(b, ratio));
}

/** `log(1 + exp(z))`: −log(1 − p) of the logit of p. */
function softplus(b: StepBuilder, z: number): number {
  return b.apply('softplus', [z], {});
}

/** `|x|`, with a gradient of 0 at 0. */
function absolute(b: StepBuilder, x: number): number {
  return b.add(b.relu(x), b.relu(b.negate(x)));
}

/** A truth, a share of which is spread evenly over all answers. */
function smoothed(b: StepBuilder, y: number, share = 0, answers: number): number {
  return share === 0 ? y : b.add(b.scale(y, 1 - share), b.scalar(share / answers));
}

/** `1 − x`. */
function less(b: StepBuilder, x: number): number {
  return b.subtract(b.scalar(1), x);
}

/** Over all values, image by image and channel by channel first, which is more exact than at once; a scalar. */
function mean(b: StepBuilder, values: number): number {
  return b.reshape(b.mean(b.mean(values, [1, 2]), [0, 3]), []);
}

function asMap(b: StepBuilder, values: number): number {
  const shape = b.shape(values);
  return shape.length === 4 ? values : b.reshape(values, [shape[0]!, 1, 1, shape[1]!]);
}
