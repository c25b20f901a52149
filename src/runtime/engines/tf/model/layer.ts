import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import type { LayerPlan } from '../../../../compiler/index.ts';

/** How a model is being run. Reaches every layer as the keyword arguments of `apply`. */
export interface Mode {
  readonly training: boolean;
  /** Counts training steps from 1; names the numbers that dropout draws. */
  readonly step?: number;
  /** Replaces the momentum of moving statistics, to recompute them as plain averages. */
  readonly momentum?: number;
}

/** What a layer's definition works with: its inputs, its weights in the order of the plan, and the mode. */
export interface Call {
  readonly inputs: readonly tf.Tensor[];
  readonly weights: readonly tf.Tensor[];
  readonly mode: Mode;
  /** Changes a weight that is not trained. */
  assign(position: number, value: tf.Tensor): void;
}

/** What a layer of our own computes. */
export type Definition = (call: Call) => tf.Tensor;

/** A layer that TensorFlow.js lacks or has with another meaning. The output's shape comes from the plan. */
export class PlanLayer extends layers.layers.Layer {
  /** @nocollapse */
  static className = 'CmrnetLayer';
  /** By the weights' full names. */
  readonly variables = new Map<string, layers.LayerVariable>();
  readonly #plan: LayerPlan;
  readonly #shape: readonly number[];
  readonly #define: Definition;

  constructor(plan: LayerPlan, shape: readonly number[], define: Definition) {
    super({ name: plan.name });
    this.#plan = plan;
    this.#shape = shape;
    this.#define = define;
  }

  override build(): void {
    for (const weight of this.#plan.weights) {
      const role = weight.name.slice(weight.name.lastIndexOf('/') + 1);
      const zeros = layers.initializers.zeros();
      const variable = this.addWeight(role, [...weight.shape], 'float32', zeros, undefined, weight.trainable);
      this.variables.set(weight.name, variable);
    }
    this.built = true;
  }

  override computeOutputShape(): layers.Shape {
    return [null, ...this.#shape];
  }

  override call(given: tf.Tensor | tf.Tensor[], kwargs: Partial<Mode> | undefined): tf.Tensor {
    const variables = [...this.variables.values()];
    return tf.tidy(() =>
      this.#define({
        inputs: Array.isArray(given) ? given : [given],
        weights: variables.map((variable) => variable.read()),
        mode: { ...kwargs, training: kwargs?.training ?? false },
        assign: (position, value) => variables[position]!.write(value),
      }),
    );
  }

  override getConfig() {
    return { ...super.getConfig(), plan: this.#plan as never };
  }

  override getClassName(): string {
    return PlanLayer.className;
  }
}
