import { StepBuilder } from '../builder.ts';
import type { PrimitiveName, StepProgram, Value, ValueOf } from '../program.ts';

/** Builds a value anew, and returns the id that stands for it; `operands` are ids of the new program. */
export type Rewrite = (builder: StepBuilder, value: Value, operands: readonly number[]) => number;

/** Builds a program anew value by value; outputs follow. */
export function rewriteValues(program: StepProgram, rewrite: Rewrite): StepProgram {
  const builder = new StepBuilder(program.name);
  const renamed: number[] = [];
  for (const value of program.values) {
    const operands = value.operands.map((id) => renamed[id]!);
    renamed.push(builder.at(value.origin, () => rewrite(builder, value, operands)));
  }
  for (const { role, value } of program.outputs) builder.output(role, renamed[value]!);
  return builder.build();
}

/** The same value over other operands. */
export function copyValue(builder: StepBuilder, value: Value, operands: readonly number[]): number {
  const { op, attributes } = value as ValueOf<PrimitiveName>;
  return builder.apply(op, operands, attributes);
}

/** How often each value is read, outputs included. */
export function readerCounts({ values, outputs }: StepProgram): readonly number[] {
  const counts = values.map(() => 0);
  for (const { operands } of values) for (const id of operands) counts[id]!++;
  for (const { value } of outputs) counts[value]!++;
  return counts;
}
