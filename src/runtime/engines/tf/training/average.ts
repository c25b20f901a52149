import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../../../storage/safetensors.ts';
import type { Trained } from './optimizers.ts';

/** A moving average of weights, which predicts in their place. */
export interface Average {
  /** Takes in the weights after step `steps`: `average ← d · average + (1 − d) · weight`. */
  update(steps: number): void;
  /** Puts the averages in the place of the weights; the function returned puts the weights back. */
  take(): () => void;
  /** By `<weight>/average`. */
  slots(): Tensors;
  /** Throws when the values are of another network. */
  restore(slots: Tensors): void;
  dispose(): void;
}

/**
 * The average starts at the first weights. Its decay grows to the one given as `(1 + steps) / (10 + steps)` does, as in
 * TensorFlow's `ExponentialMovingAverage`, so that the first weights are soon forgotten.
 */
export function createAverage(decay: number, trained: readonly Trained[]): Average {
  const values = trained.map(({ read }) => tf.tidy(() => tf.keep(tf.clone(read()))));
  const replace = (index: number, value: tf.Tensor) => {
    values[index]!.dispose();
    values[index] = tf.keep(value);
  };
  return {
    update(steps) {
      const kept = Math.min(decay, (1 + steps) / (10 + steps));
      tf.tidy(() => {
        for (const [index, { read }] of trained.entries()) {
          replace(index, tf.add(tf.mul(values[index]!, kept), tf.mul(read(), 1 - kept)));
        }
      });
    },
    take() {
      const own = trained.map(({ read }) => tf.tidy(() => tf.keep(tf.clone(read()))));
      for (const [index, { write }] of trained.entries()) write(values[index]!);
      return () => {
        for (const [index, { write }] of trained.entries()) write(own[index]!);
        tf.dispose(own);
      };
    },
    slots: () =>
      new Map(
        trained.map(({ name }, index) => {
          const value = values[index]!;
          return [`${name}/average`, { shape: value.shape, values: value.dataSync<'float32'>() }];
        }),
      ),
    restore(slots) {
      for (const [index, { name }] of trained.entries()) {
        const given = slots.get(`${name}/average`);
        if (given?.values.length !== values[index]!.size) throw new Error(`no values for ${name}/average`);
        replace(index, tf.tensor(given.values.slice(), values[index]!.shape));
      }
    },
    dispose: () => tf.dispose(values),
  };
}
