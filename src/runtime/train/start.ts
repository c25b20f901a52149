import {
  averageSlot,
  graphOfPlan,
  initialWeights,
  priorKernels,
  priorLogits,
  priorWeights,
  type RunPlan,
  trainedSlots,
  trainedWeights,
  varianceWeights,
} from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import type { Checkpoint } from '../runs/results/checkpoint.ts';
import type { Start } from '../runs/results/start.ts';

/**
 * The class prior of training images as logits by head, of values their mean, in scales of their attribute. With `sampling = balanced` every class is as frequent as the others,
 * as it is in training.
 * @param images all of them once, as they are without augmentation
 */
export async function measurePriors(
  { heads, train }: Pick<RunPlan, 'heads' | 'train'>,
  images: AsyncIterable<Pick<Batch, 'targets'>>,
): Promise<Start['headLogits']> {
  const measured = heads.filter(({ trained }) => trained);
  const sums = new Map(
    measured.map(({ name, channels }) => [name, { counts: new Array<number>(channels).fill(0), total: 0 }]),
  );
  for await (const { targets } of images) {
    for (const [name, sum] of sums) {
      const truth = targets[name];
      if (truth === undefined) continue;
      const channels = sum.counts.length;
      for (const [index, value] of truth.entries()) sum.counts[index % channels]! += value;
      sum.total += truth.length / channels;
    }
  }
  return Object.fromEntries(
    measured.flatMap(({ name, kind, encoding, attribute, channels }) => {
      const { counts, total } = sums.get(name)!;
      if (total === 0) return [];
      if (kind === 'value') return [[name, [counts[0]! / total]]];
      if (kind === 'label' && attribute === undefined && train.sampling === 'balanced') {
        const classes = encoding === 'binary' ? 2 : channels;
        return [[name, priorLogits(encoding, new Array<number>(channels).fill(total / classes), total)]];
      }
      return [[name, priorLogits(encoding, counts, total)]];
    }),
  );
}

/**
 * All that training starts with, as a checkpoint of no epoch would hold it. The same on every engine.
 * @param given weights that are not drawn, by name
 */
export function startState(
  { network, loss, train }: Pick<RunPlan, 'network' | 'loss' | 'train'>,
  { draw, headLogits }: Start,
  given: ReadonlyMap<string, Float32Array> = new Map(),
): Omit<Checkpoint, 'epoch'> {
  const graph = graphOfPlan(network);
  const weights = [...graph.weights.values(), ...varianceWeights(loss, train.weighting).values()];
  const values = new Map<string, ArrayLike<number>>(initialWeights(weights, seedOfDraw(train.seed, draw)));
  const heads = Object.keys(headLogits);
  const prior = [...priorWeights(graph, headLogits), ...priorKernels(graph, heads, values)];
  for (const [name, own] of [...prior, ...given]) values.set(name, own);
  const roles = trainedSlots(train);
  const slots = trainedWeights(weights, train).flatMap(({ name, shape }) =>
    roles.map((role) => {
      const own = values.get(name)!;
      const first = role === averageSlot ? Float32Array.from(own) : new Float32Array(own.length);
      return [`${name}/${role}`, { shape: [...shape], values: first }] as const;
    }),
  );
  return {
    weights: new Map(
      weights.map(({ name, shape }) => [
        name,
        { shape: [...shape], values: Float32Array.from(values.get(name)!) },
      ]),
    ),
    optimizer: new Map(slots),
    state: { steps: 0 },
  };
}

/** The seed of the weights: the run's own, and one far from those that people choose for each further draw. */
function seedOfDraw(seed: number, draw: number): number {
  return seed + draw * 1_000_003;
}
