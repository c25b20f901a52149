import type { Weight } from '../ir/graph.ts';
import type { TrainSettings } from '../plan/run-plan.ts';
import { optimizerSlots } from './lower/optimizer.ts';
import { averageSlot } from './lower/restraint.ts';

/** The role of the sum of gradients since the last change of the weights among the running values of a weight. */
export const accumulatedSlot = 'accumulated';

/** The roles of everything that is remembered of a weight that is trained. */
export function trainedSlots({
  optimizer,
  average,
  accumulate = 1,
}: Pick<TrainSettings, 'optimizer'> &
  Partial<Pick<TrainSettings, 'average' | 'accumulate'>>): readonly string[] {
  return [
    ...optimizerSlots(optimizer),
    ...(average == null ? [] : [averageSlot]),
    ...(accumulate > 1 ? [accumulatedSlot] : []),
  ];
}

/** The weights that training changes: those of frozen parts of the network stay as they are. */
export function trainedWeights<W extends Pick<Weight, 'name' | 'trainable'>>(
  weights: Iterable<W>,
  { freeze = [] }: Pick<TrainSettings, 'freeze'>,
): readonly W[] {
  return [...weights].filter(
    ({ name, trainable }) => trainable && !freeze.some((part) => isWithin(name, part)),
  );
}

/** What the learning rate of a weight is multiplied by: the factor of the innermost part that has one. */
export function rateFactor(weight: string, rates: TrainSettings['rates'] = {}): number {
  const parts = Object.keys(rates).filter((part) => isWithin(weight, part));
  const innermost = parts.sort((one, other) => other.length - one.length)[0];
  return innermost === undefined ? 1 : rates[innermost]!;
}

/** Whether a weight is of a part of the network, such as `encoder` or `encoder/f1`. */
export function isWithin(weight: string, part: string): boolean {
  return weight === part || weight.startsWith(`${part}/`);
}
