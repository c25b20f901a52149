import * as tf from '@tensorflow/tfjs-core';
import { stream } from '../../random/random.ts';
import { composed } from '../tf/composed/composed.ts';
import { axesOf, type Sliding } from '../tf/operations/window.ts';
import { type Primitives, primitives } from '../tf/primitives.ts';

type Run = (own: Primitives) => readonly tf.Tensor[];

/** Windows that training uses: plain, atrous, with a stride, and without padding. */
const slidings: readonly Sliding[] = [
  { kernel: [3, 3], rate: [1, 1], stride: [1, 1], padding: 'same' },
  { kernel: [3, 3], rate: [3, 3], stride: [1, 1], padding: 'same' },
  { kernel: [3, 3], rate: [1, 1], stride: [2, 2], padding: 'same' },
  { kernel: [2, 3], rate: [2, 1], stride: [1, 2], padding: 'valid' },
];
const pools: readonly Sliding[] = [
  { kernel: [2, 2], rate: [1, 1], stride: [2, 2], padding: 'valid' },
  { kernel: [3, 3], rate: [1, 1], stride: [2, 2], padding: 'same' },
];

const size = [12, 10] as const;
const map = (key: string, channels = 4) => random(key, [2, ...size, channels]);
const vector = (key: string) => tf.add(1, tf.mul(0.3, random(key, [4])));
const norm = { epsilon: 1e-3, rectify: true } as const;

/** Of every primitive, what to run. The list is complete because its type is. */
const trials: { readonly [P in keyof Primitives]: Run } = {
  slide: (own) => slidings.map((one) => own.slide(map('x'), kernelOf(one), axesOf(size, one))),
  slideFinished: (own) =>
    slidings.map((one) =>
      own.slideFinished(map('x'), kernelOf(one), axesOf(size, one), {
        bias: random('bias', [5]),
        rectify: true,
      }),
    ),
  spread: (own) =>
    slidings.map((one) => own.spread(answerOf('dy', one, 5), kernelOf(one), axesOf(size, one))),
  correlate: (own) =>
    slidings.map((one) => own.correlate(map('x'), answerOf('dy', one, 5), axesOf(size, one))),
  normaliseBatch: (own) =>
    listed(own.normaliseBatch(map('x'), { gamma: vector('gamma'), beta: vector('beta') }, norm)),
  normalise: (own) => [own.normalise(map('x'), moved(), norm)],
  gradeNorm: (own) => {
    const weights = { gamma: vector('gamma'), beta: vector('beta') };
    const { mean, variance } = own.normaliseBatch(map('x'), weights, norm);
    return listed(own.gradeNorm(map('x'), map('dy'), { ...weights, mean, variance }, norm));
  },
  maxPool: (own) => pools.map((one) => own.maxPool(map('x'), axesOf(size, one))),
  gradeMaxPool: (own) =>
    pools.map((one) => own.gradeMaxPool(map('x'), answerOf('dy', one, 4), axesOf(size, one))),
  depthToSpace: (own) => [own.depthToSpace(map('x'), 2)],
  spaceToDepth: (own) => [own.spaceToDepth(map('x'), 2)],
  concatenate: (own) => [own.concatenate([map('x'), map('y', 3)])],
  split: (own) => own.split(map('x'), [1, 3]),
  sum: (own) => [own.sum([map('x'), map('y'), map('z')])],
  gradeRelu: (own) => [own.gradeRelu(map('x'), map('dy'))],
  rmsprop: (own) => {
    const shapes = [[3, 5], [4], [3, 5], [7]];
    const states = shapes.map((shape, index) => ({
      weight: random(`weight ${index}`, shape),
      meanSquare: tf.abs(random(`square ${index}`, shape)),
    }));
    const gradients = shapes.map((shape, index) => random(`gradient ${index}`, shape));
    const pace = { lr: 0.1, rho: 0.9, epsilon: 1e-7 };
    return own.rmsprop(states, gradients, pace).flatMap(({ weight, meanSquare }) => [weight, meanSquare]);
  },
  areFinite: (own) => {
    const broken = [Number.NaN, Number.POSITIVE_INFINITY].map((value) => tf.tensor1d([1, value, 2]));
    const lists = [[], [map('x'), vector('y')], ...broken.map((one) => [map('x'), one])];
    return lists.map((list) => tf.scalar(own.areFinite(list) ? 1 : 0));
  },
};

/**
 * Holds every primitive of the open engine against the compositions on plain JavaScript.
 * @param tolerance of the largest difference, relative to the largest value
 * @returns what is wrong, a sentence each
 */
export async function checkPrimitives(tolerance: number): Promise<readonly string[]> {
  const engine = tf.getBackend();
  const own = primitives();
  await tf.setBackend('cpu');
  const expected = valuesOf(composed);
  await tf.setBackend(engine);
  const actual = valuesOf(own);
  return Object.entries(expected).flatMap(([name, values]) => {
    const given = actual[name]!;
    if (typeof given === 'string') return [`${name}: ${given}`];
    if (typeof values === 'string') throw new Error(`${name} on plain JavaScript: ${values}`);
    const off = Math.max(...values.map((one, index) => distance(given[index]!, one)));
    return off <= tolerance ? [] : [`${name} differs by ${off.toExponential(1)}`];
  });
}

/** Runs every primitive again and again: how many tensors and bytes of memory stay behind. */
export function checkMemory(rounds: number): { readonly tensors: number; readonly bytes: number } {
  const own = primitives();
  const round = () => tf.tidy(() => void Object.values(trials).flatMap((run) => run(own)));
  for (let warm = 0; warm < rounds; warm++) round();
  const before = { tensors: tf.memory().numTensors, bytes: process.memoryUsage().rss };
  for (let count = 0; count < rounds; count++) round();
  return {
    tensors: tf.memory().numTensors - before.tensors,
    bytes: process.memoryUsage().rss - before.bytes,
  };
}

/** By primitive the values it gives, or what it threw. */
function valuesOf(own: Primitives): Readonly<Record<string, readonly Float32Array[] | string>> {
  const entries = Object.entries(trials).map(([name, run]) => {
    let values: readonly Float32Array[] | string = [];
    tf.tidy(() => {
      try {
        values = run(own).map((tensor) => tensor.dataSync<'float32'>().slice());
      } catch (error) {
        values = (error as Error).message.split('\n')[0]!;
      }
    });
    return [name, values] as const;
  });
  return Object.fromEntries(entries);
}

function distance(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let off = 0;
  let most = 1e-12;
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs(actual[index]! - value);
    off = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(off, difference);
    most = Math.max(most, Math.abs(value));
  }
  return off / most;
}

function kernelOf({ kernel }: Sliding): tf.Tensor {
  return random('kernel', [...kernel, 4, 5]);
}

function answerOf(key: string, sliding: Sliding, channels: number): tf.Tensor {
  const [rows, columns] = axesOf(size, sliding);
  return random(key, [2, rows.output, columns.output, channels]);
}

function moved() {
  return {
    gamma: vector('gamma'),
    beta: vector('beta'),
    mean: random('mean', [4]),
    variance: vector('variance'),
  };
}

function listed(record: Readonly<Record<string, tf.Tensor>>): readonly tf.Tensor[] {
  return Object.keys(record)
    .sort()
    .map((key) => record[key]!);
}

/** Numbers from −1 to 1, the same for the same key. */
function random(key: string, shape: readonly number[]): tf.Tensor {
  const numbers = stream(1, 'self-test', key);
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    Float32Array.from({ length }, () => 2 * numbers.uniform() - 1),
    [...shape],
  );
}
