import type { StepProgram } from '../program.ts';
import { copyValue, rewriteValues } from './rewrite.ts';

/** Drops the values, inputs included, that no output needs. */
export function deadValues(program: StepProgram): StepProgram {
  const needed = program.values.map(() => false);
  for (const { value } of program.outputs) needed[value] = true;
  for (const value of program.values.toReversed()) {
    if (needed[value.id]) for (const id of value.operands) needed[id] = true;
  }
  if (needed.every(Boolean)) return program;
  return rewriteValues(program, (b, value, operands) =>
    needed[value.id] ? copyValue(b, value, operands) : -1,
  );
}
