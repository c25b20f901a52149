import { StepBuilder } from '../builder.ts';
import type { PrimitiveName, StepProgram, Value, ValueOf } from '../program.ts';

/**
 * Where values of the way forward are computed anew: by a value's id the ids, in order, of values of the way back. From
 * each of these on, readers get a fresh one, computed right before the first of them.
 */
export type Cuts = ReadonlyMap<number, readonly number[]>;

/** A program in which values are computed as often as cuts say. */
export interface Again extends Pick<StepProgram, 'values' | 'outputs'> {
  /** By place: which value of the program it is. */
  readonly sources: readonly number[];
  /** By place: which value of the program was being computed then, for which it may be computed anew. */
  readonly times: readonly number[];
  /** Where the value stands that readers at a time get; undefined where none has asked for it so late. */
  placeOf(id: number, time: number): number | undefined;
}

/** Whether a value is part of the way back, so that it reads what was computed anew. */
export function isLate({ origin: { phase } }: Value): boolean {
  return phase === 'recompute' || phase === 'backward' || phase === 'update';
}

/** Cuts and one more, in order. */
export function withCut(cuts: Cuts, id: number, time: number): Cuts {
  const times = [...(cuts.get(id) ?? []), time].sort((one, other) => one - other);
  return new Map(cuts).set(id, times);
}

/** Cuts without one of them. */
export function withoutCut(cuts: Cuts, id: number, time: number): Cuts {
  return new Map(cuts).set(
    id,
    cuts.get(id)!.filter((one) => one !== time),
  );
}

/** Lays out the program with its cuts. Operands that are cut, too, are computed before. Results are the same, bit for bit. */
export function computeAgain(program: Pick<StepProgram, 'values' | 'outputs'>, cuts: Cuts): Again {
  const values: Value[] = [];
  const sources: number[] = [];
  const times: number[] = [];
  /** By value the places of each time that it was computed, the first included. */
  const places: (number | undefined)[][] = program.values.map(() => []);
  const versionAt = (id: number, time: number) => cuts.get(id)?.findLastIndex((cut) => cut <= time) ?? -1;
  const push = (value: Value, operands: readonly number[], time: number, origin = value.origin): number => {
    const id = values.length;
    values.push({ ...value, id, operands, origin } as Value);
    sources.push(value.id);
    times.push(time);
    return id;
  };
  const read = (id: number, time: number): number => {
    const version = versionAt(id, time) + 1;
    const existing = places[id]![version];
    if (existing !== undefined) return existing;
    const value = program.values[id]!;
    const operands = value.operands.map((one) => read(one, time));
    const place = push(value, operands, time, { path: value.origin.path, phase: 'recompute' });
    places[id]![version] = place;
    return place;
  };
  for (const value of program.values) {
    const time = isLate(value) ? value.id : 0;
    const operands = value.operands.map((id) => read(id, time));
    places[value.id]![0] = push(value, operands, time);
  }
  return {
    values,
    sources,
    times,
    outputs: program.outputs.map((output) => ({ ...output, value: places[output.value]![0]! })),
    placeOf: (id, time) => places[id]![versionAt(id, time) + 1],
  };
}

/** Builds what {@link computeAgain} has laid out. */
export function built(name: string, { values, outputs }: Again): StepProgram {
  const builder = new StepBuilder(name);
  for (const { op, operands, attributes, origin } of values as readonly ValueOf<PrimitiveName>[]) {
    builder.at(origin, () => builder.apply(op, operands, attributes));
  }
  for (const { role, value } of outputs) builder.output(role, value);
  return builder.build();
}
