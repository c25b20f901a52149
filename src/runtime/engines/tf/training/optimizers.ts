import * as tf from '@tensorflow/tfjs-core';
import type { TrainSettings } from '../../../../compiler/index.ts';
import { groupBy } from '../../../random/group.ts';
import type { Tensors } from '../../../storage/safetensors.ts';
import { primitives } from '../primitives.ts';

/** What is trained: a weight and how to change it. */
export interface Trained {
  readonly name: string;
  /** What the learning rate is multiplied by; 1 where left out. */
  readonly pace?: number;
  read(): tf.Tensor;
  write(value: tf.Tensor): void;
}

/** Changes weights by their gradients, with running values that belong in a checkpoint. */
export interface Optimizer {
  /** One step at a learning rate. `gradients` in the order of the weights; null leaves a weight as it is. */
  update(gradients: readonly (tf.Tensor | null)[], learningRate: number): void;
  /** The running values, by `<weight>/<role>`. */
  slots(): Tensors;
  /** The steps taken. */
  readonly steps: number;
  /** Goes on from values that {@link slots} and {@link steps} gave. Throws when they are of another network. */
  restore(slots: Tensors, steps: number): void;
  dispose(): void;
}

type Settings = TrainSettings['optimizer'];
type SettingsOf<K extends Settings['kind']> = Extract<Settings, { readonly kind: K }>;

/** One optimizer's rule: from weights, their gradients and their running values to their next values. */
interface Rule<S> {
  /** The roles of the running values, which start at 0. */
  readonly slots: (settings: S) => readonly string[];
  readonly next: (settings: S, states: readonly State[], step: number) => readonly Next[];
}

/** A weight with its gradient and its running values. */
interface State extends Next {
  readonly gradient: tf.Tensor;
}

interface Next {
  readonly weight: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
}

/** The optimizers as Keras 2.2.4 defines them. */
const rules: { readonly [K in Settings['kind']]: Rule<SettingsOf<K>> } = {
  // a ← ρa + (1 − ρ)g²; p ← p − lr·g / (√a + ε). TensorFlow.js has ε inside the root, which makes first steps of
  // small gradients up to 760 times shorter.
  rmsprop: {
    slots: () => ['mean_square'],
    next: (settings, states) => {
      const before = states.map(({ weight, slots: [meanSquare] }) => ({ weight, meanSquare: meanSquare! }));
      const gradients = states.map(({ gradient }) => gradient);
      return primitives()
        .rmsprop(before, gradients, settings)
        .map(({ weight, meanSquare }) => ({ weight, slots: [meanSquare] }));
    },
  },
  adam: {
    slots: () => ['mean', 'mean_square'],
    next: ({ lr, beta1, beta2, epsilon }, states, step) => {
      const rate = (lr * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
      return states.map(({ weight, gradient, slots: [pastMean, pastSquare] }) => {
        const mean = tf.add(tf.mul(pastMean!, beta1), tf.mul(gradient, 1 - beta1));
        const meanSquare = tf.add(tf.mul(pastSquare!, beta2), tf.mul(tf.mul(gradient, gradient), 1 - beta2));
        const change = tf.div(tf.mul(mean, rate), tf.add(tf.sqrt(meanSquare), epsilon));
        return { weight: tf.sub(weight, change), slots: [mean, meanSquare] };
      });
    },
  },
  sgd: {
    slots: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
    next: ({ lr, momentum, nesterov = false }, states) =>
      states.map(({ weight, gradient, slots: [past] }) => {
        const change = tf.mul(gradient, -lr);
        if (past === undefined) return { weight: tf.add(weight, change), slots: [] };
        const velocity = tf.add(tf.mul(past, momentum), change);
        const step = nesterov ? tf.add(tf.mul(velocity, momentum), change) : velocity;
        return { weight: tf.add(weight, step), slots: [velocity] };
      }),
  },
};

/** The optimizer that the settings name, for the given weights. Every step brings its own learning rate. */
export function createOptimizer(settings: Settings, trained: readonly Trained[]): Optimizer {
  const rule = rules[settings.kind] as Rule<Settings>;
  const roles = rule.slots(settings);
  const values: tf.Tensor[][] = trained.map((weight) =>
    roles.map(() => tf.tidy(() => tf.keep(tf.zerosLike(weight.read())))),
  );
  let steps = 0;
  return {
    update(gradients, learningRate) {
      steps += 1;
      const present = [...gradients.keys()].filter((index) => gradients[index] != null);
      const byPace = groupBy(present, (index) => trained[index]!.pace ?? 1);
      tf.tidy(() => {
        for (const [pace, changed] of byPace) {
          const states = changed.map((index) => ({
            weight: trained[index]!.read(),
            gradient: gradients[index]!,
            slots: values[index]!,
          }));
          const next = rule.next({ ...settings, lr: pace * learningRate }, states, steps);
          for (const [at, { weight, slots }] of next.entries()) {
            const index = changed[at]!;
            trained[index]!.write(weight);
            tf.dispose(values[index]!);
            values[index] = slots.map((slot) => tf.keep(slot));
          }
        }
      });
    },
    slots: () =>
      new Map(
        trained.flatMap(({ name }, index) =>
          roles.map((role, slot) => {
            const value = values[index]![slot]!;
            return [`${name}/${role}`, { shape: value.shape, values: value.dataSync<'float32'>() }] as const;
          }),
        ),
      ),
    get steps() {
      return steps;
    },
    restore(slots, taken) {
      steps = taken;
      for (const [index, { name }] of trained.entries()) {
        for (const [slot, role] of roles.entries()) {
          const given = slots.get(`${name}/${role}`);
          const before = values[index]![slot]!;
          if (given?.values.length !== before.size) throw new Error(`no values for ${name}/${role}`);
          values[index]![slot] = tf.keep(tf.tensor(given.values.slice(), before.shape));
          before.dispose();
        }
      }
    },
    dispose: () => tf.dispose(values.flat()),
  };
}
