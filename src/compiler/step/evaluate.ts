import type { Tensor } from '../interpret/tensor.ts';
import { formatShape, sameShape } from '../ir/shape.ts';
import { primitive } from './primitives.ts';
import type { StepProgram } from './program.ts';

/**
 * Computes a step's program from its definition, in double precision, slowly: what every target must reproduce.
 * Inputs and results by name. Values are let go of after their last use.
 */
export function evaluateStep(
  program: StepProgram,
  inputs: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  const last = lastUses(program);
  const values: (Tensor | undefined)[] = [];
  for (const value of program.values) {
    if (value.op === 'input') {
      const given = inputs.get(value.attributes.name);
      if (given === undefined) throw new Error(`nothing was given for the input ${value.attributes.name}`);
      if (!sameShape(given.shape, value.shape)) {
        throw new Error(
          `${value.attributes.name} is ${formatShape(given.shape)}, not ${formatShape(value.shape)}`,
        );
      }
      values.push(given);
      continue;
    }
    const operands = value.operands.map((id) => values[id]!);
    values.push(primitive(value.op).evaluate(operands, value.attributes, value.shape));
    for (const id of value.operands) if (last[id] === value.id) values[id] = undefined;
  }
  return new Map(program.outputs.map(({ name, value }) => [name, values[value]!]));
}

/** The id of the value that reads each value last; the program's length for outputs, its own id where nothing reads it. */
export function lastUses({ values, outputs }: Pick<StepProgram, 'values' | 'outputs'>): readonly number[] {
  const last = values.map(({ id }) => id);
  for (const value of values) for (const id of value.operands) last[id] = value.id;
  for (const { value } of outputs) last[value] = values.length;
  return last;
}
