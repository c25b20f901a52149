import type { TrainSettings } from '../../run-plan.ts';
import type { StepBuilder } from '../builder.ts';
import { lowerOptimizer, optimizerSlots } from './optimizer.ts';
import { averageSlot, clipFactor, movedAverage } from './restraint.ts';

/** A weight that is trained; values by id. */
interface Trained {
  readonly weight: string;
  readonly id: number;
  /** Null where the loss does not depend on it. */
  readonly gradient: number | null;
}

/** The settings that say how weights change. */
type Settings = Pick<TrainSettings, 'optimizer'> &
  Partial<Pick<TrainSettings, 'clip' | 'weight_decay' | 'average'>>;

/**
 * Outputs `finite` and the next values of weights, running values and averages. All gradients are shortened together,
 * kernels lose their share, the optimizer changes what has a gradient, and averages follow the weights, in this order.
 */
export function outputUpdate(b: StepBuilder, trained: readonly Trained[], settings: Settings): void {
  const { optimizer, clip, weight_decay: decay = 0, average } = settings;
  const gradients = trained.flatMap(({ gradient }) => gradient ?? []);
  if (gradients.length > 0) b.output({ kind: 'finite' }, b.apply('all_finite', gradients, {}));
  const rate = b.input({ kind: 'rate' }, []);
  const factor = clip == null || gradients.length === 0 ? null : clipFactor(b, gradients, clip);
  const kept = decay > 0 ? b.input({ kind: 'decay' }, []) : null;
  const past = average == null ? null : b.input({ kind: 'average' }, []);
  const roles = optimizerSlots(optimizer);
  for (const { weight, id, gradient } of trained) {
    const shape = b.shape(id);
    // Biases and the weights of norms, which have one axis, do not decay.
    let next = kept !== null && shape.length > 1 ? b.multiply(id, kept) : id;
    if (gradient !== null) {
      const slope = factor === null ? gradient : b.multiply(gradient, factor);
      const slots = roles.map((slot) => b.input({ kind: 'slot', weight, slot }, shape));
      const changed = lowerOptimizer(b, optimizer, { weight: next, gradient: slope, slots }, rate);
      next = changed.weight;
      for (const [index, slot] of roles.entries())
        b.output({ kind: 'slot', weight, slot }, changed.slots[index]!);
    }
    if (next !== id) b.output({ kind: 'weight', weight }, next);
    if (past === null) continue;
    const before = b.input({ kind: 'slot', weight, slot: averageSlot }, shape);
    b.output({ kind: 'slot', weight, slot: averageSlot }, movedAverage(b, before, next, past));
  }
}
