import { sameShape } from '../ir/shape.ts';
import { primitive } from './primitives.ts';
import type { StepProgram } from './program.ts';

/**
 * The law of a step's program: operands come before their uses, shapes are what the table of primitives says, inputs and
 * outputs have names of their own, outputs name values. Throws at the first breach, which is always a bug of ours.
 */
export function verifyStep(program: StepProgram): void {
  const inputs = new Set<string>();
  for (const [index, value] of program.values.entries()) {
    const hold = (condition: boolean, breach: string) => {
      if (!condition) throw new Error(`program \`${program.name}\`, %${index} ${value.op}: ${breach}`);
    };
    const { operands: count, shape } = primitive(value.op);
    hold(value.id === index, `its id is ${value.id}`);
    hold(
      count === 'many' ? value.operands.length > 0 : value.operands.length === count,
      `it has ${value.operands.length} operands`,
    );
    hold(
      value.operands.every((id) => Number.isInteger(id) && id >= 0 && id < index),
      'an operand does not come before it',
    );
    const inferred = shape(
      value.operands.map((id) => program.values[id]!.shape),
      value.attributes,
    );
    hold(sameShape(inferred, value.shape), `its shape is [${value.shape}], not [${inferred}]`);
    hold(
      value.shape.every((size) => Number.isInteger(size) && size > 0),
      `its shape is [${value.shape}]`,
    );
    if (value.op !== 'input') continue;
    hold(!inputs.has(value.attributes.name), `there is another input ${value.attributes.name}`);
    inputs.add(value.attributes.name);
  }
  const outputs = new Set<string>();
  for (const { name, value } of program.outputs) {
    if (program.values[value] === undefined)
      throw new Error(`program \`${program.name}\`: ${name} names no value`);
    if (outputs.has(name)) throw new Error(`program \`${program.name}\`: there are two outputs ${name}`);
    outputs.add(name);
  }
}
