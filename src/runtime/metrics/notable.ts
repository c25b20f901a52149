import { type RunPlan, structuresOf } from '../../compiler/index.ts';
import { maskMeasures } from './masks/mask-metrics.ts';
import type { StoredCase } from './stored.ts';
import { isDefined } from './value.ts';

/** The mean Dice of an image over its structures; null where it was not measured. */
export function diceOf({ masks }: Pick<StoredCase, 'masks'>, head: string): number | null {
  const values = (masks[head] ?? []).map((overlap) => maskMeasures.dsc(overlap, 'px')).filter(isDefined);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The Dice of an image by structure, where the head tells several apart; none where it was not measured. */
export function diceByStructure(
  { masks }: Pick<StoredCase, 'masks'>,
  { heads, data }: Pick<RunPlan, 'heads' | 'data'>,
  headName: string,
): Readonly<Record<string, number | null>> {
  const head = heads.find(({ name }) => name === headName);
  const overlaps = masks[headName];
  if (head === undefined || overlaps === undefined) return {};
  return Object.fromEntries(
    structuresOf(head, data).map((structure, index) => {
      const value = overlaps[index] === undefined ? null : maskMeasures.dsc(overlaps[index], 'px');
      return [structure, value !== null && isDefined(value) ? value : null];
    }),
  );
}

/** Where the best, the median and the worst value are; fewer where there are fewer values. */
export function notable(values: readonly (number | null)[]): readonly number[] {
  const order = values
    .flatMap((value, index) => (value === null ? [] : [{ value, index }]))
    .sort((left, right) => right.value - left.value || left.index - right.index)
    .map(({ index }) => index);
  const places = [0, Math.floor((order.length - 1) / 2), order.length - 1];
  return [...new Set(places.map((place) => order[place]).filter((index) => index !== undefined))];
}
