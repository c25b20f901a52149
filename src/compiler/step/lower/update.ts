import type { Shape } from '../../ir/shape.ts';
import type { TrainSettings } from '../../plan/run-plan.ts';
import type { StepBuilder } from '../builder.ts';
import type { OutputRole } from '../program.ts';
import { lowerOptimizer, optimizerSlots } from './optimizer.ts';
import { averageSlot, clipFactor, movedAverage } from './restraint.ts';
import { joined, parted } from './row.ts';

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

/** Weights that change together: a kernel, or all vectors as one row. */
interface Group {
  readonly weights: readonly string[];
  readonly shapes: readonly Shape[];
  readonly id: number;
  readonly gradient: number | null;
}

/**
 * Outputs `finite` and the next values of weights, running values and averages. All gradients are shortened together,
 * kernels lose their share, the optimizer changes what has a gradient, and averages follow the weights, in this order.
 */
export function outputUpdate(b: StepBuilder, trained: readonly Trained[], settings: Settings): void {
  const { optimizer, clip, weight_decay: decay = 0, average } = settings;
  const groups = groupsOf(b, trained);
  const gradients = groups.flatMap(({ gradient }) => gradient ?? []);
  if (gradients.length > 0) b.output({ kind: 'finite' }, b.apply('all_finite', gradients, {}));
  const rate = b.input({ kind: 'rate' }, []);
  const factor = clip == null || gradients.length === 0 ? null : clipFactor(b, gradients, clip);
  const kept = decay > 0 ? b.input({ kind: 'decay' }, []) : null;
  const past = average == null ? null : b.input({ kind: 'average' }, []);
  const roles = optimizerSlots(optimizer);
  for (const { weights, shapes, id, gradient } of groups) {
    const slotOf = (slot: string) =>
      joined(
        b,
        weights.map((weight, index) => b.input({ kind: 'slot', weight, slot }, shapes[index]!)),
      );
    const output = (value: number, role: (weight: string) => OutputRole) => {
      for (const [index, part] of parted(b, value, shapes).entries()) b.output(role(weights[index]!), part);
    };
    // Biases and the weights of norms, which have one axis, do not decay.
    let next = kept !== null && b.shape(id).length > 1 ? b.multiply(id, kept) : id;
    if (gradient !== null) {
      const slope = factor === null ? gradient : b.multiply(gradient, factor);
      const state = { weight: next, gradient: slope, slots: roles.map(slotOf) };
      const changed = lowerOptimizer(b, optimizer, state, rate);
      next = changed.weight;
      for (const [index, slot] of roles.entries())
        output(changed.slots[index]!, (weight) => ({ kind: 'slot', weight, slot }));
    }
    if (next !== id) output(next, (weight) => ({ kind: 'weight', weight }));
    if (past === null) continue;
    const average = movedAverage(b, slotOf(averageSlot), next, past);
    output(average, (weight) => ({ kind: 'slot', weight, slot: averageSlot }));
  }
}

/** The row of vectors comes first: engines that compute from the last result backwards then leave it to the end. */
function groupsOf(b: StepBuilder, trained: readonly Trained[]): readonly Group[] {
  const isVector = ({ id, gradient }: Trained) => b.shape(id).length === 1 && gradient !== null;
  const vectors = trained.filter(isVector);
  const sets = vectors.length < 2 ? [] : [vectors];
  const alone = trained.filter((one) => !sets.flat().includes(one)).map((one) => [one]);
  return [...sets, ...alone].map((members) => ({
    weights: members.map(({ weight }) => weight),
    shapes: members.map(({ id }) => b.shape(id)),
    id: joined(
      b,
      members.map(({ id }) => id),
    ),
    gradient:
      members[0]!.gradient === null
        ? null
        : joined(
            b,
            members.map(({ gradient }) => gradient!),
          ),
  }));
}
