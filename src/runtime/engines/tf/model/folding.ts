import * as tf from '@tensorflow/tfjs-core';
import type { LayerPlanOf, LayersPlan } from '../../../../compiler/index.ts';
import { axesOf } from '../operations/window.ts';
import { primitives } from '../primitives.ts';
import type { PlanLayer } from './layer.ts';

/** A convolution whose results only a batch norm reads: in inference both are one convolution. */
export interface Foldable {
  readonly convolution: LayerPlanOf<'conv'>;
  readonly norm: LayerPlanOf<'batch_norm'>;
  /** The nodes that apply them. */
  readonly from: number;
  readonly to: number;
}

export function foldables({ layers, nodes, heads }: LayersPlan): readonly Foldable[] {
  const named = new Map(layers.map((layer) => [layer.name, layer]));
  const layerOf = (id: number) => named.get(nodes[id]!.layer ?? '');
  const isSingle = (name: string) => nodes.filter(({ layer }) => layer === name).length === 1;
  return nodes.flatMap(({ inputs }, to) => {
    const norm = layerOf(to);
    const from = inputs[0]!;
    if (norm?.op !== 'batch_norm' || !isSingle(norm.name)) return [];
    const convolution = layerOf(from);
    if (convolution?.op !== 'conv' || convolution.attributes.groups > 1) return [];
    const readers = nodes.filter((node) => node.inputs.includes(from)).length;
    if (readers > 1 || !isSingle(convolution.name) || heads.some(({ node }) => node === from)) return [];
    return [{ convolution, norm, from, to }];
  });
}

/** Convolution, batch norm by moving statistics and a ReLU as one: `y = relu(slide(x, kernel · s) + beta − mean · s)`, `s = gamma / √(variance + ε)`. */
export class FoldedConvolution {
  readonly #plan: Foldable;
  readonly #layers: readonly PlanLayer[];
  readonly #rectify: boolean;
  /** Folded once per set of weights, which these name: a weight that changes gets other data. */
  #source: readonly object[] = [];
  #kernel: tf.Tensor;
  #bias: tf.Tensor;

  constructor(plan: Foldable, layers: readonly [PlanLayer, PlanLayer], rectify: boolean) {
    this.#plan = plan;
    this.#layers = layers;
    this.#rectify = rectify;
    this.#kernel = tf.zeros([1]);
    this.#bias = tf.zeros([1]);
  }

  apply(x: tf.Tensor): tf.Tensor {
    const weights = this.#layers.flatMap(({ variables }) => [...variables.values()].map((it) => it.read()));
    const source = weights.map(({ dataId }) => dataId);
    if (source.some((id, index) => id !== this.#source[index])) {
      this.#fold(weights);
      this.#source = source;
    }
    const axes = axesOf([x.shape[1]!, x.shape[2]!], this.#plan.convolution.attributes);
    return primitives().slideFinished(x, this.#kernel, axes, { bias: this.#bias, rectify: this.#rectify });
  }

  dispose(): void {
    tf.dispose([this.#kernel, this.#bias]);
  }

  #fold(weights: readonly tf.Tensor[]): void {
    const { convolution, norm } = this.#plan;
    const [kernel, own] = weights as [tf.Tensor, tf.Tensor];
    const [gamma, beta, mean, variance] = weights.slice(-4) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    this.dispose();
    tf.tidy(() => {
      const scale = tf.div(gamma, tf.sqrt(tf.add(variance, norm.attributes.epsilon)));
      const centre = convolution.attributes.bias ? tf.sub(own, mean) : tf.neg(mean);
      this.#kernel = tf.keep(tf.mul(kernel, scale));
      this.#bias = tf.keep(tf.add(beta, tf.mul(centre, scale)));
    });
  }
}
