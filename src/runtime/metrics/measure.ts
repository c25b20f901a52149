import {
  type DataPlan,
  type HeadPlan,
  labelSpace,
  outcomes,
  type RunPlan,
  valueAttribute,
} from '../../compiler/index.ts';
import type { Truth } from '../data/batches/truths.ts';
import { encodeMask, structureChannel } from '../data/dataset/encode.ts';
import type { Grid } from '../images/grid.ts';
import type { Judgement } from './label-metrics.ts';
import type { Overlap } from './masks/mask-metrics.ts';
import { largest, predictedRegion } from './masks/predicted-region.ts';
import { surfaceDistances } from './masks/surface.ts';
import type { Estimate } from './value-metrics.ts';

/** What is kept of one held-out image: small, and enough for every metric. */
export interface Measurement {
  readonly id: string;
  readonly patient: string;
  /** The fold that held the image out, from 1 on. */
  readonly fold: number;
  /** By mask head, one entry per structure of the data. */
  readonly masks: Readonly<Record<string, readonly Overlap[]>>;
  /** By label head; its indices are into {@link outcomes}. */
  readonly labels: Readonly<Record<string, Judgement>>;
  /** By label head of which several classes may be true: of each class whether it is, 0, or is not, 1. */
  readonly answers?: Readonly<Record<string, readonly Judgement[]>>;
  /** By value head, in the unit of its attribute. */
  readonly values?: Readonly<Record<string, Estimate>>;
}

/**
 * Compares one image's prediction with the truth. `maps` are the mask heads' probabilities `[height, width, channels]`
 * on the original grid, `vectors` the label heads' probabilities `[channels]` and the value heads'
 * values `[1]`. Heads whose truth the data does not
 * hold are left out.
 */
export function measureImage(
  plan: RunPlan,
  truth: Truth,
  maps: Readonly<Record<string, Grid>>,
  vectors: Readonly<Record<string, ArrayLike<number>>>,
): Measurement {
  const masks: Record<string, readonly Overlap[]> = {};
  const labels: Record<string, Judgement> = {};
  const answers: Record<string, readonly Judgement[]> = {};
  const values: Record<string, Estimate> = {};
  for (const head of plan.heads) {
    const map = maps[head.name];
    const vector = vectors[head.name];
    if (head.kind === 'mask' && map !== undefined && truth.mask !== null) {
      masks[head.name] = compareMask(head, plan, truth, truth.mask, map);
    }
    if (head.kind === 'mask' || vector === undefined) continue;
    const known = head.attribute === undefined ? truth.class : (truth.attributes?.[head.attribute] ?? null);
    if (known === null) continue;
    if (head.kind === 'value') {
      const { scale } = valueAttribute(head, plan.data);
      values[head.name] = { truth: known as number, predicted: vector[0]! * scale };
    } else if (head.encoding === 'multilabel') {
      answers[head.name] = judgeEach(head, plan, known as readonly string[], vector);
    } else labels[head.name] = judge(head, plan.data, known as string, vector, plan.evaluate.threshold);
  }
  return {
    ...{ id: truth.id, patient: truth.patient, fold: truth.fold, masks, labels },
    ...(Object.keys(answers).length > 0 && { answers }),
    ...(Object.keys(values).length > 0 && { values }),
  };
}

function compareMask(
  head: HeadPlan,
  plan: RunPlan,
  { spacing }: Truth,
  mask: Grid,
  map: Grid,
): readonly Overlap[] {
  const regions = regionsOf(head, plan, mask, map);
  return regions.map(({ channel, truth, predicted }) => {
    let [inTruth, inPrediction, inBoth, squaredError] = [0, 0, 0, 0];
    for (let pixel = 0; pixel < truth.length; pixel += 1) {
      const y = truth[pixel]!;
      const p = map.values[pixel * map.channels + channel]!;
      inTruth += y;
      inPrediction += predicted[pixel]!;
      inBoth += y & predicted[pixel]!;
      squaredError += (p - y) ** 2;
    }
    const px = surfaceDistances(truth, predicted, mask, [1, 1]);
    const mm =
      spacing === null
        ? null
        : surfaceDistances(truth, predicted, mask, spacing, plan.evaluate.tolerance ?? null);
    return {
      pixels: truth.length,
      truth: inTruth,
      predicted: inPrediction,
      both: inBoth,
      squaredError,
      surface: { px, mm },
    };
  });
}

/** One structure of an image, as the truth has it and as the head answers: 0 or 1 per pixel. */
interface Region {
  /** Of the head's values. */
  readonly channel: number;
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
}

/** Every structure that a mask head speaks of, on the original grid. */
export function regionsOf(head: HeadPlan, plan: RunPlan, mask: Grid, map: Grid): readonly Region[] {
  const { structures } = plan.data;
  const values = encodeMask(mask, head.encoding, structures);
  if (values.length !== map.values.length) {
    throw new Error(
      `head ${head.name} answers ${map.values.length} values where the truth has ${values.length}`,
    );
  }
  const { channels } = map;
  const pixels = mask.height * mask.width;
  const known = head.encoding === 'binary' ? structures.slice(0, 1) : structures;
  return known.map((_, structure) => {
    const channel = structureChannel(head.encoding, structure);
    return {
      channel,
      truth: Uint8Array.from({ length: pixels }, (_, pixel) => values[pixel * channels + channel]!),
      predicted: predictedRegion(map, head, structure, plan.evaluate),
    };
  });
}

function judge(
  head: HeadPlan,
  data: DataPlan,
  className: string,
  vector: ArrayLike<number>,
  threshold: number,
): Judgement {
  const { names, positive } = outcomes(head, data);
  if (head.encoding === 'binary') {
    const score = vector[0]!;
    const isPositive = className === labelSpace(head, data).positive;
    return { truth: isPositive ? 0 : 1, predicted: score >= threshold ? 0 : 1, score };
  }
  const truth = names.indexOf(className);
  // Where no class is positive the score is of the true one.
  const score = vector[positive < 0 ? truth : positive]!;
  if (names.length === 2 && positive >= 0)
    return { truth, predicted: score >= threshold ? positive : 1 - positive, score };
  return { truth, predicted: largest(vector, 0, names.length), score };
}

/** Whether each class is true: of several that may be, every one by itself. */
function judgeEach(
  head: HeadPlan,
  { data, evaluate }: Pick<RunPlan, 'data' | 'evaluate'>,
  known: readonly string[],
  vector: ArrayLike<number>,
): readonly Judgement[] {
  return labelSpace(head, data).classes.map(({ name }, index) => {
    const score = vector[index]!;
    return { truth: known.includes(name) ? 0 : 1, predicted: score >= evaluate.threshold ? 0 : 1, score };
  });
}
