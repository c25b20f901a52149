import type { DataPlan, HeadPlan, RunPlan } from '../../compiler/index.ts';
import type { Truth } from '../data/batches/truths.ts';
import { encodeMask, structureChannel } from '../data/dataset/encode.ts';
import type { Grid } from '../images/grid.ts';
import type { Judgement } from './label-metrics.ts';
import { keepLargestComponent } from './masks/components.ts';
import type { Overlap } from './masks/mask-metrics.ts';
import { surfaceDistances } from './masks/surface.ts';

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
}

/** The answers that a label head can give: a single sigmoid knows the positive class and all others. */
export function outcomes(
  head: HeadPlan,
  data: DataPlan,
): { readonly names: readonly string[]; readonly positive: number } {
  const names = data.classes.map(({ name }) => name);
  if (head.encoding !== 'binary') return { names, positive: names.indexOf(data.positive) };
  const others = names.filter((name) => name !== data.positive);
  return { names: [data.positive, others.join(' or ')], positive: 0 };
}

/**
 * Compares one image's prediction with the truth. `maps` are the mask heads' probabilities `[height, width, channels]`
 * on the original grid, `vectors` the label heads' probabilities `[channels]`. Heads whose truth the data does not
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
  for (const head of plan.heads) {
    const map = maps[head.name];
    const vector = vectors[head.name];
    if (head.kind === 'mask' && map !== undefined && truth.mask !== null) {
      masks[head.name] = compareMask(head, plan, truth, truth.mask, map);
    }
    if (head.kind === 'label' && vector !== undefined && truth.class !== null) {
      labels[head.name] = judge(head, plan.data, truth.class, vector, plan.evaluate.threshold);
    }
  }
  return { id: truth.id, patient: truth.patient, fold: truth.fold, masks, labels };
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
  const { threshold, components } = plan.evaluate;
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
    const chosen = (pixel: number) =>
      head.encoding === 'categorical'
        ? largest(map.values, pixel * channels, channels) === channel
        : map.values[pixel * channels + channel]! >= threshold;
    const predicted = Uint8Array.from({ length: pixels }, (_, pixel) => (chosen(pixel) ? 1 : 0));
    if (components === 'largest') keepLargestComponent(predicted, mask.height, mask.width);
    return {
      channel,
      truth: Uint8Array.from({ length: pixels }, (_, pixel) => values[pixel * channels + channel]!),
      predicted,
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
    return { truth: className === data.positive ? 0 : 1, predicted: score >= threshold ? 0 : 1, score };
  }
  const score = vector[positive]!;
  const truth = names.indexOf(className);
  if (names.length === 2) return { truth, predicted: score >= threshold ? positive : 1 - positive, score };
  return { truth, predicted: largest(vector, 0, names.length), score };
}

/** The index of the first largest of `count` values from `start` on. */
function largest(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index += 1) {
    if (values[start + index]! > values[start + best]!) best = index;
  }
  return best;
}
