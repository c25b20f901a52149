import * as tf from '@tensorflow/tfjs-core';
import * as assert from 'uvu/assert';
import { initialWeights } from '../../../src/compiler/interpret/initial-weights.ts';
import { interpret } from '../../../src/compiler/interpret/interpret.ts';
import { normal, randomStream } from '../../../src/compiler/interpret/random.ts';
import { type Tensor, tensor } from '../../../src/compiler/interpret/tensor.ts';
import type { Graph } from '../../../src/compiler/ir/graph.ts';
import { elements } from '../../../src/compiler/ir/shape.ts';
import { emitPlan } from '../../../src/compiler/targets/tfjs/emit.ts';
import { openBackend } from '../../../src/runtime/engines/choice/backend.ts';
import { buildModel, disposeModel, type Model } from '../../../src/runtime/engines/tf/model/build.ts';
import { differentiate } from '../../../src/runtime/engines/tf/training/gradients.ts';
import type { Network } from '../../support/network.ts';

/** The backends that every machine has. */
export const testBackends = ['cpu', 'wasm'] as const;

export async function use(name: string): Promise<void> {
  const { backend } = await openBackend({ name, threads: 2 });
  assert.ok(backend, `${name} starts`);
}

/** Normal random numbers of a shape, the same for the same key. */
export function randomValues(key: string, shape: readonly number[]): Tensor {
  const random = randomStream(key);
  return tensor(
    shape,
    Float32Array.from({ length: elements(shape) }, () => normal(random)),
  );
}

/** Weights as a run starts with, but none of them 0 or 1 everywhere. */
export function randomWeights(graph: Graph): Map<string, Float64Array> {
  const start = initialWeights(graph.weights.values(), 1);
  return new Map(
    [...start].map(([name, values]) => {
      const noise = randomValues(name, [values.length]).data;
      const positive = name.endsWith('variance');
      const changed = values.map((value, index) =>
        positive ? value + 0.3 * noise[index]! ** 2 : value + 0.1 * noise[index]!,
      );
      return [name, Float64Array.from(Float32Array.from(changed))];
    }),
  );
}

function modelOf(graph: Graph, weights: ReadonlyMap<string, Float64Array>): Model {
  // The heads apart: those of single operations need not be probabilities, which a graph demands.
  const plan = emitPlan({ ...graph, heads: [] });
  return buildModel({ ...plan, heads: graph.heads }, weights, 1);
}

/** The largest difference of two lists, relative to the largest magnitude in the second. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(actual.length, expected.length, 'as many values');
  let difference = 0;
  let magnitude = 1e-12;
  for (let index = 0; index < expected.length; index++) {
    const off = Math.abs(actual[index]! - expected[index]!);
    difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(difference, off);
    magnitude = Math.max(magnitude, Math.abs(expected[index]!));
  }
  return difference / magnitude;
}

export interface Check {
  readonly training?: boolean;
  readonly batch?: number;
  readonly tolerance?: number;
  /** False where only the value counts. */
  readonly gradient?: boolean;
}

/**
 * Holds the model of a graph whose head is a given node against the interpreter: the value; and, along random directions of
 * image and weights, the gradient of Σ c·out for random c, against central differences in double precision.
 */
export function checkAgainstDefinition(network: Network, node: number, check: Check = {}): void {
  const heads = [{ name: 'out', kind: 'mask', node, span: { file: 'test', start: 0, end: 0 } }] as const;
  const graph: Graph = { ...network.build(), heads };
  const { training = false, batch = 2, tolerance = 1e-4, gradient: differentiated = true } = check;
  const before = tf.memory().numTensors;
  const weights = randomWeights(graph);
  const image = randomValues('image', [batch, ...graph.nodes[0]!.shape]);
  const mode = training
    ? ({ kind: 'training', random: Math.random } as const)
    : ({ kind: 'inference' } as const);
  const run = (x: Tensor, w: ReadonlyMap<string, Float64Array>) =>
    interpret(graph, w, x, mode).heads.get('out')!;
  const expected = run(image, weights);
  const factors = randomValues('factors', expected.shape);
  const objective = (x: Tensor, w: ReadonlyMap<string, Float64Array>) =>
    run(x, w).data.reduce((sum, value, index) => sum + value * factors.data[index]!, 0);

  const model = modelOf(graph, weights);
  const start = tf.tensor(Float32Array.from(image.data), [...image.shape]);
  const x = tf.variable(start);
  const c = tf.tensor(Float32Array.from(factors.data), [...factors.shape]);
  const trained = [...model.weights].filter(([, variable]) => variable.trainable);
  const variables = [x, ...trained.map(([, variable]) => variable.read() as tf.Variable)];
  const { result, gradients } = differentiate(
    () => {
      const [value] = model.run(x, { training }) as [tf.Tensor];
      return { value, loss: tf.sum(tf.mul(value, c)) };
    },
    differentiated ? variables : [],
  );
  const off = distance(result.value.dataSync(), expected.data);
  assert.ok(off < tolerance, `forward differs by ${off}`);

  const differentiable = differentiated ? [null, ...trained.map(([key]) => key)] : [];
  for (const [index, name] of differentiable.entries()) {
    const size = name === null ? image.data.length : weights.get(name)!.length;
    const direction = randomValues(`direction ${name}`, [size]).data;
    const step = 1e-6;
    const moved = (sign: number) => {
      const along = (values: Float64Array) => values.map((value, i) => value + sign * step * direction[i]!);
      if (name === null) return objective({ ...image, data: along(image.data) }, weights);
      return objective(image, new Map(weights).set(name, along(weights.get(name)!)));
    };
    const numeric = (moved(1) - moved(-1)) / (2 * step);
    const gradient = gradients[index];
    assert.ok(gradient, `${name ?? 'the image'} has a gradient`);
    const values = gradient.dataSync<'float32'>();
    const analytic = values.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    // Some gradients are 0, as that of a key's bias, which a softmax does not see: what is left is rounding.
    const scale = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) + 1e-2;
    const relative = Math.abs(analytic - numeric) / scale;
    assert.ok(
      relative < 10 * tolerance,
      `${name ?? 'image'}: gradient ${analytic}, differences ${numeric}, relative ${relative}`,
    );
  }
  tf.dispose([result.value, result.loss, start, x, c, ...gradients.filter((gradient) => gradient !== null)]);
  disposeModel(model);
  assert.is(tf.memory().numTensors, before, 'no tensor is left behind');
}
