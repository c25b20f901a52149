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
  const [batch, height, width, channels] = b.shape(x!) as [number, number, number, number];
  const parted = b.reshape(x!, [batch, height * width, groups, channels / groups]);
  const { mean, variance } = momentsOf(b, parted, [1, 3]);
  const deviation = b.sqrt(b.add(variance, b.scalar(epsilon)));
  const even = b.divide(b.subtract(parted, mean), deviation);
  const [gamma, beta] = node.weights.map((name) => b.reshape(scope.weight(name), [1, 1, 1, channels]));
  return b.apply('affine', [b.reshape(even, [batch, height, width, channels]), gamma!, beta!], {
    rectify: false,
  });
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(b: StepBuilder, x: number, axes: readonly number[]): Moments {
  const mean = b.mean(x, axes);
  return { mean, variance: b.apply('variance', [x, mean], { axes }) };
}

/** `gamma · (x − mean) / √(variance + epsilon) + beta` as one factor and one summand per channel. */
function scaled(
  b: StepBuilder,
  x: number,
  { mean, variance }: Moments,
  [gamma, beta]: readonly [number, number],
  epsilon: number,
): number {
  const scale = b.divide(gamma, b.sqrt(b.add(variance, b.scalar(epsilon))));
  return b.apply('affine', [x, scale, b.subtract(beta, b.multiply(mean, scale))], { rectify: false });
}
