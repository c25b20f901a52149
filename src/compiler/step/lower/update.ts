import type { Shape } from '../../ir/shape.ts';
import type { TrainSettings } from '../../plan/run-plan.ts';
import type { StepBuilder } from '../builder.ts';
import type { OutputRole } from '../program.ts';
import { accumulatedSlot, rateFactor } from '../trained.ts';
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
  Partial<Pick<TrainSettings, 'clip' | 'weight_decay' | 'average' | 'accumulate' | 'rates'>>;

/** Weights that change together: a kernel, or all vectors as one row. */
interface Group {
  readonly weights: readonly string[];
  readonly shapes: readonly Shape[];
  readonly id: number;
  readonly gradient: number | null;
  /** What the learning rate is multiplied by. */
  readonly factor: number;
}

/**
 * Outputs `finite` and the next values of weights, running values and averages. All gradients are shortened together,
 * kernels lose their share, the optimizer changes what has a gradient, and averages follow the weights, in this order.
 */
export function outputUpdate(b: StepBuilder, trained: readonly Trained[], settings: Settings): void {
  const { optimizer, clip, weight_decay: decay = 0, average, accumulate = 1, rates } = settings;
  const plain = groupsOf(b, trained, rates);
  const groups = accumulate > 1 ? summed(b, plain) : plain;
  const gradients = groups.flatMap(({ gradient }) => gradient ?? []);
  if (gradients.length > 0) b.output({ kind: 'finite' }, b.apply('all_finite', gradients, {}));
  const rate = b.input({ kind: 'rate' }, []);
  const factor = clip == null || gradients.length === 0 ? null : clipFactor(b, gradients, clip);
  const kept = decay > 0 ? b.input({ kind: 'decay' }, []) : null;
  const past = average == null ? null : b.input({ kind: 'average' }, []);
  const roles = optimizerSlots(optimizer);
  for (const group of groups) {
    const { id, gradient, factor: pace } = group;
    const slotOf = (slot: string) => slotInput(b, group, slot);
    const output = (value: number, role: (weight: string) => OutputRole) =>
      outputParts(b, group, value, role);
    // Biases and the weights of norms, which have one axis, do not decay.
    let next = kept !== null && b.shape(id).length > 1 ? b.multiply(id, keptAt(b, kept, pace)) : id;
    if (gradient !== null) {
      const slope = factor === null ? gradient : b.multiply(gradient, factor);
      const state = { weight: next, gradient: slope, slots: roles.map(slotOf) };
      const changed = lowerOptimizer(b, optimizer, state, pace === 1 ? rate : b.scale(rate, pace));
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

/** Outputs `finite` and the sums of gradients with this batch's among them. */
export function outputAccumulation(b: StepBuilder, trained: readonly Trained[]): void {
  const groups = summed(b, groupsOf(b, trained, {}));
  const gradients = groups.flatMap(({ gradient }) => gradient ?? []);
  if (gradients.length > 0) b.output({ kind: 'finite' }, b.apply('all_finite', gradients, {}));
  for (const group of groups) {
    if (group.gradient === null) continue;
    outputParts(b, group, group.gradient, (weight) => ({ kind: 'slot', weight, slot: accumulatedSlot }));
  }
}

/** Groups whose gradients are the sums of `carried` times those before and of `share` times their own. */
function summed(b: StepBuilder, groups: readonly Group[]): readonly Group[] {
  const share = b.input({ kind: 'share' }, []);
  const carried = b.input({ kind: 'carried' }, []);
  return groups.map((group) => {
    if (group.gradient === null) return group;
    const before = b.multiply(slotInput(b, group, accumulatedSlot), carried);
    return { ...group, gradient: b.add(before, b.multiply(group.gradient, share)) };
  });
}

function slotInput(b: StepBuilder, { weights, shapes }: Group, slot: string): number {
  return joined(
    b,
    weights.map((weight, index) => b.input({ kind: 'slot', weight, slot }, shapes[index]!)),
  );
}

function outputParts(
  b: StepBuilder,
  { weights, shapes }: Group,
  value: number,
  role: (weight: string) => OutputRole,
): void {
  for (const [index, part] of parted(b, value, shapes).entries()) b.output(role(weights[index]!), part);
}

/** What is kept of a weight that loses `pace` times as much as others. */
function keptAt(b: StepBuilder, kept: number, pace: number): number {
  return pace === 1 ? kept : b.subtract(b.scalar(1), b.scale(b.subtract(b.scalar(1), kept), pace));
}

/** Rows of vectors come first: engines that compute from the last result backwards then leave them to the end. */
function groupsOf(
  b: StepBuilder,
  trained: readonly Trained[],
  rates: TrainSettings['rates'],
): readonly Group[] {
  const isVector = ({ id, gradient }: Trained) => b.shape(id).length === 1 && gradient !== null;
  const paceOf = ({ weight }: Trained) => rateFactor(weight, rates);
  const paces = [...new Set(trained.map(paceOf))];
  const sets = paces
    .map((pace) => trained.filter((one) => isVector(one) && paceOf(one) === pace))
    .filter((vectors) => vectors.length > 1);
  const alone = trained.filter((one) => !sets.flat().includes(one)).map((one) => [one]);
  return [...sets, ...alone].map((members) => ({
    factor: paceOf(members[0]!),
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
