import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import {
  type FusedForms,
  type LayerPlan,
  type LayerPlanOf,
  type LayersPlan,
  makesProbabilities,
  type NodePlan,
  type OperationName,
} from '../../../../compiler/index.ts';
import { openedEngine } from '../primitives.ts';
import { lowerings, type Surroundings } from './definitions.ts';
import { FoldedConvolution, foldables } from './folding.ts';
import { type Definition, type Mode, PlanLayer } from './layer.ts';

/** A network as TensorFlow.js runs it. */
export interface Model {
  /** One output per head, in the order of the plan's heads. */
  readonly network: layers.LayersModel;
  /** All weights by name, in the order of the plan. */
  readonly weights: ReadonlyMap<string, layers.LayerVariable>;
  /**
   * Applies the layers in the order of the plan, which decides how the statistics of a shared layer move, and lets go
   * of every map after its last reader. Inference folds batch norms into convolutions. `network` computes the same values
   * in an order of its own.
   * @returns the heads' values
   */
  run(images: tf.Tensor, mode: Mode): tf.Tensor[];
  /** {@link run} with what the sigmoid or softmax at the end of each head was given. */
  answer(images: tf.Tensor, mode: Mode): HeadValue[];
  /** The value of every node, in their order. Of nodes that were made one with another the value of both together. */
  all(images: tf.Tensor, mode: Mode): tf.Tensor[];
  /** What inference does at once. */
  readonly folded: readonly FoldedConvolution[];
}

/** What a head says. */
export interface HeadValue {
  readonly predicted: tf.Tensor;
  /** Null where the head ends with neither sigmoid nor softmax. */
  readonly logits: tf.Tensor | null;
}

/** Values of weights by name, in row-major order. */
export type WeightValues = ReadonlyMap<string, ArrayLike<number>>;

/**
 * Lowers a plan to a `tf.LayersModel` with the given weights, with those layers made one that the open engine fuses. A
 * layer that several nodes name is applied several times.
 * @param fused layers to make one; those that the open engine fuses where it is left out
 */
export function buildModel(
  plan: LayersPlan,
  values: WeightValues,
  seed: number,
  fused: FusedForms = openedEngine().fused,
): Model {
  const rectified = fused.normRelu ? rectifiedLayers(plan) : apart;
  const made = new Map(
    plan.layers
      .filter(({ name }) => !rectified.absorbed.has(name))
      .map((layer) => [
        layer.name,
        lower(layer, { seed, shape: shapeOf(plan, layer.name), rectified: rectified.layers.has(layer.name) }),
      ]),
  );
  const input = layers.input({ shape: [...plan.input.shape], name: plan.input.name });
  const steps = plan.nodes.map(({ layer, inputs }): Step<layers.layers.Layer> => {
    if (layer === null) return { kind: 'input' };
    if (rectified.absorbed.has(layer)) return { kind: 'same', as: inputs[0]! };
    return { kind: 'layer', layer: made.get(layer)!, inputs };
  });
  const symbols: layers.SymbolicTensor[] = [];
  for (const step of steps) {
    if (step.kind === 'input') symbols.push(input);
    else if (step.kind === 'same') symbols.push(symbols[step.as]!);
    else
      symbols.push(step.layer.apply(single(step.inputs.map((id) => symbols[id]!))) as layers.SymbolicTensor);
  }
  const heads = plan.heads.map(({ node }) => node);
  const network = layers.model({
    name: plan.network,
    inputs: input,
    outputs: heads.map((node) => symbols[node]!),
  });
  const weights = new Map(
    [...made.values()].flatMap((layer) => (layer instanceof PlanLayer ? [...layer.variables] : [])),
  );
  const folded = (fused.convNorm ? foldables(plan) : []).map((foldable) => {
    const parts = [made.get(foldable.convolution.name), made.get(foldable.norm.name)];
    const rectify = rectified.layers.has(foldable.norm.name);
    return {
      foldable,
      convolution: new FoldedConvolution(foldable, parts as [PlanLayer, PlanLayer], rectify),
    };
  });
  const short: Step[] = [...steps];
  for (const { foldable, convolution } of folded) {
    const { inputs } = plan.nodes[foldable.from]!;
    short[foldable.from] = { kind: 'layer', layer: convolution, inputs };
    short[foldable.to] = { kind: 'same', as: foldable.from };
  }
  const logits = logitsNodes(plan);
  const both = [...heads, ...logits.filter((node) => node !== null)];
  const runners = { run: runnersOf(steps, short, heads), answer: runnersOf(steps, short, both) };
  const model: Model = {
    network,
    weights,
    run: runners.run,
    answer(images, mode) {
      const values = runners.answer(images, mode);
      const rest = values.slice(heads.length);
      return logits.map((node, head) => ({
        predicted: values[head]!,
        logits: node === null ? null : rest.shift()!,
      }));
    },
    all: runner(
      steps,
      steps.map((_, node) => node),
    ),
    folded: folded.map(({ convolution }) => convolution),
  };
  setWeights(model, values);
  return model;
}

/** How a node of the plan gets its value. */
type Step<L = Applied> =
  | { readonly kind: 'input' }
  | { readonly kind: 'same'; readonly as: number }
  | { readonly kind: 'layer'; readonly layer: L; readonly inputs: readonly number[] };

/** A layer, or several as one. */
interface Applied {
  apply(inputs: tf.Tensor | tf.Tensor[], mode: { [name: string]: unknown }): unknown;
}

/** By head the node that its sigmoid or softmax reads. */
function logitsNodes({ nodes, layers: all, heads }: LayersPlan): readonly (number | null)[] {
  return heads.map(({ node }) => {
    const { layer, inputs } = nodes[node]!;
    const op = all.find(({ name }) => name === layer)?.op;
    return makesProbabilities(op) ? inputs[0]! : null;
  });
}

/** One way of running for training and one for inference. */
function runnersOf(train: readonly Step[], infer: readonly Step[], wanted: readonly number[]): Model['run'] {
  const [training, inference] = [runner(train, wanted), runner(infer, wanted)];
  return (images, mode) => (mode.training ? training : inference)(images, mode);
}

/** Gives the values of the nodes wanted. */
function runner(steps: readonly Step[], wanted: readonly number[]): Model['run'] {
  const origin = (id: number): number => {
    const step = steps[id]!;
    return step.kind === 'same' ? origin(step.as) : id;
  };
  const kept = new Set(wanted.map(origin));
  const lastReader = new Map<number, number>();
  for (const [id, step] of steps.entries()) {
    if (step.kind === 'layer') for (const input of step.inputs) lastReader.set(origin(input), id);
  }
  const free = steps.map((_, id) =>
    [...lastReader].filter(([read, reader]) => reader === id && !kept.has(read)).map(([read]) => read),
  );
  return (images, mode) =>
    tf.tidy(() => {
      const values: tf.Tensor[] = [];
      for (const [id, step] of steps.entries()) {
        if (step.kind === 'input') values.push(tf.clone(images));
        else if (step.kind === 'same') values.push(values[step.as]!);
        else {
          const inputs = step.inputs.map((input) => values[input]!);
          values.push(step.layer.apply(single(inputs), { ...mode }) as tf.Tensor);
        }
        for (const read of free[id]!) values[read]!.dispose();
      }
      return wanted.map((node) => values[node]!);
    });
}

/** A layer takes one input as it is and several as a list. */
function single<T>(inputs: T[]): T | T[] {
  return inputs.length === 1 ? inputs[0]! : inputs;
}

/** Sets all weights. Throws when one is missing or has another size. */
export function setWeights({ weights }: Model, values: WeightValues): void {
  for (const [name, variable] of weights) {
    const given = values.get(name);
    if (given === undefined) throw new Error(`no values for the weight ${name}`);
    const value = tf.tensor(Float32Array.from(given), variable.shape as number[]);
    variable.write(value);
    value.dispose();
  }
}

/** Frees the weights. A layer that is applied several times would not be freed by its network's own `dispose`. */
export function disposeModel({ weights, folded }: Model): void {
  for (const variable of weights.values()) variable.dispose();
  for (const convolution of folded) convolution.dispose();
}

function lower(plan: LayerPlan, surroundings: Surroundings): layers.layers.Layer {
  const lowering = lowerings[plan.op] as (
    layer: LayerPlanOf<OperationName>,
    surroundings: Surroundings,
  ) => Definition | layers.layers.Layer;
  const lowered = lowering(plan as LayerPlanOf<OperationName>, surroundings);
  return typeof lowered === 'function' ? new PlanLayer(plan, surroundings.shape, lowered) : lowered;
}

function shapeOf(plan: LayersPlan, layer: string): readonly number[] {
  return nodesOf(plan, layer)[0]!.node.shape;
}

/** Every ReLU a layer of its own. */
const apart: ReturnType<typeof rectifiedLayers> = { layers: new Set(), absorbed: new Set() };

function nodesOf(
  plan: LayersPlan,
  layer: string,
): readonly { readonly id: number; readonly node: NodePlan }[] {
  return plan.nodes.flatMap((node, id) => (node.layer === layer ? [{ id, node }] : []));
}

/**
 * Normalising layers whose every result is read by one ReLU and nothing else compute that ReLU themselves: one pass
 * and one map less to keep.
 */
function rectifiedLayers(plan: LayersPlan): {
  readonly layers: ReadonlySet<string>;
  /** The ReLU layers that vanish. */
  readonly absorbed: ReadonlySet<string>;
} {
  const ops = new Map(plan.layers.map(({ name, op }) => [name, op]));
  const heads = new Set(plan.heads.map(({ node }) => node));
  const readers = plan.nodes.map((_, id) => plan.nodes.filter(({ inputs }) => inputs.includes(id)));
  const absorbing = plan.layers.filter(({ name, op }) => {
    if (op !== 'batch_norm' && op !== 'group_norm' && op !== 'instance_norm') return false;
    return nodesOf(plan, name).every(({ id }) => {
      const [reader, ...others] = readers[id]!;
      const relu = reader?.layer;
      // A ReLU that is applied in several places stays a layer: it may also follow something else.
      return (
        others.length === 0 &&
        relu != null &&
        ops.get(relu) === 'relu' &&
        nodesOf(plan, relu).length === 1 &&
        !heads.has(id)
      );
    });
  });
  const absorbed = absorbing.flatMap(({ name }) =>
    nodesOf(plan, name).map(({ id }) => readers[id]![0]!.layer!),
  );
  return { layers: new Set(absorbing.map(({ name }) => name)), absorbed: new Set(absorbed) };
}
