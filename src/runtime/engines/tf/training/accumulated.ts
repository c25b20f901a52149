import * as tf from '@tensorflow/tfjs-core';
import { accumulatedSlot } from '../../../../compiler/index.ts';
import type { Tensors } from '../../../storage/safetensors.ts';
import type { Accumulation } from '../../trainer.ts';
import type { Trained } from './optimizers.ts';

/** Gradients of several batches as one: sums that are kept between steps. */
export interface Accumulated {
  /** The sums with a batch's share of its gradients among them; kept until the next call. Null where there is none. */
  add(gradients: readonly (tf.Tensor | null)[], at: Accumulation): readonly (tf.Tensor | null)[];
  /** By `<weight>/accumulated`. */
  slots(): Tensors;
  /** Throws when the values are of another network. */
  restore(slots: Tensors): void;
  dispose(): void;
}

export function createAccumulated(trained: readonly Trained[]): Accumulated {
  const sums = trained.map(({ read }) => tf.tidy(() => tf.keep(tf.zerosLike(read()))));
  const replace = (index: number, value: tf.Tensor) => {
    sums[index]!.dispose();
    sums[index] = tf.keep(value);
  };
  return {
    add(gradients, { share, first }) {
      tf.tidy(() => {
        for (const [index, gradient] of gradients.entries()) {
          if (gradient === null) continue;
          const own = tf.mul(gradient, share);
          replace(index, first ? own : tf.add(sums[index]!, own));
        }
      });
      return gradients.map((gradient, index) => (gradient === null ? null : sums[index]!));
    },
    slots: () =>
      new Map(
        trained.map(({ name }, index) => {
          const value = sums[index]!;
          return [`${name}/${accumulatedSlot}`, { shape: value.shape, values: value.dataSync<'float32'>() }];
        }),
      ),
    restore(slots) {
      for (const [index, { name }] of trained.entries()) {
        const given = slots.get(`${name}/${accumulatedSlot}`);
        if (given?.values.length !== sums[index]!.size) throw new Error(`no sum of gradients for ${name}`);
        replace(index, tf.tensor(given.values.slice(), sums[index]!.shape));
      }
    },
    dispose: () => tf.dispose(sums),
  };
}
