import * as tf from '@tensorflow/tfjs-core';
import type { RmspropPace, RmspropState } from '../primitives.ts';
import { execute, executeAll, type KernelAttributes, real } from './execute.ts';
import { concatenate, split } from './maps.ts';

/**
 * Keras' RMSprop by TensorFlow's kernel of Adam, one pass over each weight: TensorFlow's own RMSprop has epsilon inside
 * the root, but Adam with beta1 = 0, beta2 = rho and no correction (both powers 0) is
 * `a ← a + (g² − a)(1 − ρ); p ← p − lr·g / (√a + ε)`. All weights of one axis go as one, since small kernels cost their
 * calls.
 */
export function rmsprop(
  states: readonly RmspropState[],
  gradients: readonly tf.Tensor[],
  pace: RmspropPace,
): readonly RmspropState[] {
  const rate = constantsOf(pace);
  const next: RmspropState[] = [];
  const vectors = states.flatMap(({ weight }, index) => (weight.rank === 1 ? [index] : []));
  for (const [index, state] of states.entries()) {
    if (state.weight.rank !== 1) next[index] = descend(state, gradients[index]!, rate);
  }
  if (vectors.length > 0) {
    const join = (pick: (index: number) => tf.Tensor) => concatenate(vectors.map(pick));
    const joined = {
      weight: join((index) => states[index]!.weight),
      meanSquare: join((index) => states[index]!.meanSquare),
    };
    const { weight, meanSquare } = descend(
      joined,
      join((index) => gradients[index]!),
      rate,
    );
    const sizes = vectors.map((index) => states[index]!.weight.size);
    const weights = split(weight, sizes);
    const squares = split(meanSquare, sizes);
    for (const [place, index] of vectors.entries()) {
      next[index] = { weight: weights[place]!, meanSquare: squares[place]! };
    }
  }
  return next;
}

/** What the kernel takes between the weight and its gradient: powers, rate, betas and epsilon. */
function constantsOf({ lr, rho, epsilon }: RmspropPace): readonly tf.Tensor[] {
  return [0, 0, lr, 0, rho, epsilon].map((value) => tf.scalar(value));
}

function descend(
  { weight, meanSquare }: RmspropState,
  gradient: tf.Tensor,
  rate: readonly tf.Tensor[],
): RmspropState {
  const places = placesFor(weight.shape);
  assign(places.weight, weight);
  assign(places.meanSquare, meanSquare);
  const handles = [places.weight, places.mean, places.meanSquare];
  executeAll(
    'ResourceApplyAdam',
    [...handles, ...rate, gradient],
    { T: real, use_locking: false, use_nesterov: false },
    0,
  );
  const read = (place: tf.Tensor) => execute('ReadVariableOp', [place], variable);
  return { weight: read(places.weight), meanSquare: read(places.meanSquare) };
}

/** Variables of TensorFlow's own, which alone its optimizers change. */
interface Places {
  readonly weight: tf.Tensor;
  /** The mean of gradients, which forgets everything each time. */
  readonly mean: tf.Tensor;
  readonly meanSquare: tf.Tensor;
}

/** Weights of one shape take turns in the same variables; what was read from them stays as it is. */
const placesByKey = new Map<string, Places>();

function placesFor(shape: readonly number[]): Places {
  const key = shape.join('x');
  const before = placesByKey.get(key);
  if (before !== undefined) return before;
  const create = (role: string) =>
    tf.keep(
      execute('VarHandleOp', [], {
        dtype: real,
        shape: { shape },
        container: '',
        shared_name: `cmrnet ${role} ${key}`,
      }),
    );
  const places = { weight: create('weight'), mean: create('mean'), meanSquare: create('mean square') };
  assign(places.mean, tf.zeros([...shape]));
  placesByKey.set(key, places);
  return places;
}

function assign(place: tf.Tensor, value: tf.Tensor): void {
  executeAll('AssignVariableOp', [place, value], variable, 0);
}

const variable: KernelAttributes = { dtype: real };
