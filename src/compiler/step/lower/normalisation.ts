import type { StepBuilder } from '../builder.ts';
import type { Lowered } from './scope.ts';

/** Normalises by the batch in training, and moves the statistics as Keras 2.2.4 does; by the statistics in inference. */
export function batchNorm({ node, scope, builder: b, operands: [x] }: Lowered<'batch_norm'>): number {
  const [beta, mean, variance] = node.weights.slice(-3) as [string, string, string];
  // There may be no factor of its own.
  const gamma = node.weights.length === 4 ? node.weights[0] : undefined;
  const { epsilon, momentum } = node.attributes;
  const shape = b.shape(x!);
  const axes = shape.slice(1).map((_, axis) => axis);
  const row = [...axes.map(() => 1), shape.at(-1)!];
  const asRow = (weight: string) => b.reshape(scope.weight(weight), row);
  const factor = () => (gamma === undefined ? b.constant(row, [1]) : asRow(gamma));
  if (scope.mode.kind === 'inference') {
    return scaled(b, x!, { mean: asRow(mean), variance: asRow(variance) }, [factor(), asRow(beta)], epsilon);
  }
  const now = momentsOf(b, x!, axes);
  const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
  const move = (weight: string, value: number) =>
    scope.move(weight, b.reshape(value, [shape.at(-1)!]), momentum);
  move(mean, now.mean);
  move(variance, b.scale(now.variance, count / (count - (1 + epsilon))));
  return scaled(b, x!, now, [factor(), asRow(beta)], epsilon);
}

/** Normalises every group of neighbouring channels of every image by itself. */
export function groupNorm(
  { node, scope, builder: b, operands: [x] }: Lowered<'group_norm'> | Lowered<'instance_norm'>,
  groups: number,
  epsilon: number,
): number {
  const channels = b.shape(x!)[3]!;
  const [gamma, beta] = node.weights.map((name) => b.reshape(scope.weight(name), [1, 1, 1, channels]));
  return scaled(b, x!, ofGroups(b, momentsOf(b, x!, [1, 2]), groups), [gamma!, beta!], epsilon);
}

/** Normalises the channels of every pixel, or of a vector. */
export function layerNorm({ node, scope, builder: b, operands: [x] }: Lowered<'layer_norm'>): number {
  const shape = b.shape(x!);
  const row = shape.map((size, axis) => (axis === shape.length - 1 ? size : 1));
  const [gamma, beta] = node.weights.map((name) => b.reshape(scope.weight(name), row));
  const { mean, variance } = momentsOf(b, x!, [shape.length - 1]);
  const spread = b.sqrt(b.add(variance, b.scalar(node.attributes.epsilon)));
  return b.add(b.multiply(b.divide(b.subtract(x!, mean), spread), gamma!), beta!);
}

/**
 * The moments of groups of neighbouring channels, for each of them, from those of the channels `[batch, 1, 1, channels]`: the
 * variance of a group is the mean of its channels' variances and of the squares of what their means are off.
 */
function ofGroups(b: StepBuilder, ofChannels: Moments, groups: number): Moments {
  const shape = b.shape(ofChannels.mean) as readonly [number, number, number, number];
  if (groups === shape[3]) return ofChannels;
  const parted = [shape[0], 1, groups, shape[3] / groups];
  const [means, variances] = [ofChannels.mean, ofChannels.variance].map((row) => b.reshape(row, parted));
  const mean = b.mean(means!, [3]);
  const variance = b.add(b.mean(variances!, [3]), b.apply('variance', [means!, mean], { axes: [3] }));
  const spread = (row: number) => b.reshape(b.broadcast(row, parted), shape);
  return { mean: spread(mean), variance: spread(variance) };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(b: StepBuilder, x: number, axes: readonly number[]): Moments {
  const mean = b.mean(x, axes);
  return { mean, variance: b.apply('variance', [x, mean], { axes }) };
}

/** `gamma · (x − mean) / √(variance + epsilon) + beta` as one factor and one summand per channel, or per image and channel. */
function scaled(
  b: StepBuilder,
  x: number,
  { mean, variance }: Moments,
  [gamma, beta]: readonly [number, number],
  epsilon: number,
): number {
  const scale = b.divide(gamma, b.sqrt(b.add(variance, b.scalar(epsilon))));
  return b.apply('affine', [x, scale, b.subtract(beta, b.multiply(mean, scale))], { rectify: null });
}
