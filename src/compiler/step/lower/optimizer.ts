import type { TrainSettings } from '../../plan/run-plan.ts';
import type { StepBuilder } from '../builder.ts';

type Settings = TrainSettings['optimizer'];
type SettingsOf<K extends Settings['kind']> = Extract<Settings, { readonly kind: K }>;

/** A weight with its gradient and its running values; all of one shape. */
interface State {
  readonly weight: number;
  readonly gradient: number;
  readonly slots: readonly number[];
}

/** The weight and its running values after the step. */
interface Next {
  readonly weight: number;
  readonly slots: readonly number[];
}

interface Rule<S> {
  /** The roles of the running values, which start at 0. */
  readonly slots: (settings: S) => readonly string[];
  /** `rate` is {@link stepRate} of the learning rate. */
  readonly next: (b: StepBuilder, settings: S, state: State, rate: number) => Next;
  /** What the learning rate becomes at a step, counted from 1. */
  readonly rate?: (settings: S, learningRate: number, step: number) => number;
}

/** The optimizers as Keras 2.2.4 defines them. */
const rules: { readonly [K in Settings['kind']]: Rule<SettingsOf<K>> } = {
  // a ← ρa + (1 − ρ)g²; p ← p − lr·g / (√a + ε).
  rmsprop: {
    slots: () => ['mean_square'],
    next: (b, { rho, epsilon }, { weight, gradient, slots: [past] }, rate) => {
      const meanSquare = moved(b, past!, b.multiply(gradient, gradient), rho);
      const root = b.add(b.sqrt(meanSquare), b.scalar(epsilon));
      return {
        weight: b.subtract(weight, b.divide(b.multiply(gradient, rate), root)),
        slots: [meanSquare],
      };
    },
  },
  adam: {
    slots: () => ['mean', 'mean_square'],
    rate: ({ beta1, beta2 }, learningRate, step) =>
      (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step),
    next: (b, { beta1, beta2, epsilon }, { weight, gradient, slots: [pastMean, pastSquare] }, rate) => {
      const mean = moved(b, pastMean!, gradient, beta1);
      const meanSquare = moved(b, pastSquare!, b.multiply(gradient, gradient), beta2);
      const root = b.add(b.sqrt(meanSquare), b.scalar(epsilon));
      return {
        weight: b.subtract(weight, b.divide(b.multiply(mean, rate), root)),
        slots: [mean, meanSquare],
      };
    },
  },
  sgd: {
    slots: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
    // v ← μv − lr·g; p ← p + v, and with Nesterov's momentum p ← p + μv − lr·g.
    next: (b, { momentum, nesterov = false }, { weight, gradient, slots: [past] }, rate) => {
      const change = b.multiply(gradient, rate);
      if (past === undefined) return { weight: b.subtract(weight, change), slots: [] };
      const velocity = b.subtract(b.scale(past, momentum), change);
      const step = nesterov ? b.subtract(b.scale(velocity, momentum), change) : velocity;
      return { weight: b.add(weight, step), slots: [velocity] };
    },
  },
};

/** The roles of what an optimizer remembers of every weight. */
export function optimizerSlots(settings: Settings): readonly string[] {
  return (rules[settings.kind] as Rule<Settings>).slots(settings);
}

/** One weight's change. */
export function lowerOptimizer(b: StepBuilder, settings: Settings, state: State, rate: number): Next {
  return (rules[settings.kind] as Rule<Settings>).next(b, settings, state, rate);
}

/** What a training program is given as `rate`: the learning rate times what the step, counted from 1, makes of it. */
export function stepRate(settings: Settings, learningRate: number, step: number): number {
  return (rules[settings.kind] as Rule<Settings>).rate?.(settings, learningRate, step) ?? learningRate;
}

/** `share · past + (1 − share) · now`. */
function moved(b: StepBuilder, past: number, now: number, share: number): number {
  return b.add(b.scale(past, share), b.scale(now, 1 - share));
}
