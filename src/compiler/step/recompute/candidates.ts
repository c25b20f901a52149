import { elements } from '../../ir/shape.ts';
import { type Again, type Cuts, isLate, withCut } from './again.ts';
import type { Heavy } from './heavy.ts';

/** A value of the way forward that need not be kept over the moment when values take most. */
export interface Candidate {
  /** The value and where it is cut, for those who remember. */
  readonly key: string;
  /** The cuts with those that it takes: of the value, and of what of its operands would no longer be there. */
  readonly cuts: Cuts;
  /** Bytes saved per unit of work. */
  readonly worth: number;
}

/** A value that takes a small share of the memory of one that reads it is kept for it, not recomputed. */
const smallShare = 1 / 32;

/** What can be computed anew so as not to be kept at a moment; the best first. */
export function candidatesAt(heavy: Heavy, cuts: Cuts, again: Again, moment: number): readonly Candidate[] {
  const { values, work } = heavy;
  const { before, after, last } = readsAround(again, moment);
  const bytes = (id: number) => 4 * elements(values[id]!.shape);
  const candidates: Candidate[] = [];
  for (const [place, next] of after.entries()) {
    const id = again.sources[place]!;
    if (next === undefined || isLate(values[id]!)) continue;
    const reader = again.values[next];
    // An output, or a reader on the way forward, gets what was computed first; readers of one time get the same.
    if (reader === undefined || !isLate(reader) || again.times[before[place]!]! >= again.times[next]!)
      continue;
    const time = again.times[next]!;
    const taken = new Set<number>();
    const take = (one: number): void => {
      taken.add(one);
      for (const operand of values[one]!.operands) {
        if (taken.has(operand) || bytes(operand) <= smallShare * bytes(one)) continue;
        const there = again.placeOf(operand, time);
        if (there !== undefined && last[there]! < next) take(operand);
      }
    };
    take(id);
    candidates.push({
      key: `${id} ${time}`,
      cuts: [...taken].reduce((all, one) => withCut(all, one, time), cuts),
      worth: bytes(id) / [...taken].reduce((sum, one) => sum + work[one]!, 0),
    });
  }
  return candidates.sort((one, other) => other.worth - one.worth);
}

/**
 * By place: who read, or made, the value last up to a moment, and who reads it first and last afterwards, the number of
 * all values for outputs; undefined for what is not kept over the moment, which then reads or makes it.
 */
function readsAround({ values, outputs }: Again, moment: number) {
  const before = values.map(({ id }) => id);
  const after: (number | undefined)[] = values.map(() => undefined);
  const last = values.map(({ id }) => id);
  const read = (id: number, reader: number) => {
    last[id] = Math.max(last[id]!, reader);
    if (reader <= moment) before[id] = Math.max(before[id]!, reader);
    else if (id < moment) after[id] = Math.min(after[id] ?? reader, reader);
  };
  for (const value of values) for (const id of value.operands) read(id, value.id);
  for (const { value } of outputs) read(value, values.length);
  for (const id of after.keys()) if (before[id] === moment) after[id] = undefined;
  return { before, after, last };
}
