import { alignColumns } from '../ir/print.ts';
import { formatShape } from '../ir/shape.ts';
import { valueCost } from './cost.ts';
import type { StepProgram, Value } from './program.ts';

/** The program as text: one line per value with its operands, attributes, shape, millions of multiply-adds, phase and path. */
export function printStep(program: StepProgram): string {
  const rows = program.values.map((value) => [
    `%${value.id}`,
    printCall(value),
    value.shape.length === 0 ? 'scalar' : formatShape(value.shape),
    printCost(valueCost(program, value)),
    value.origin.phase,
    value.origin.path,
  ]);
  const outputs = program.outputs.map(({ name, value }) => [name, `%${value}`]);
  return [
    `program ${program.name}`,
    ...alignColumns([['', '', '', 'MMAC'], ...rows], [3]).map((row) => `  ${row}`),
    ...alignColumns(outputs).map((row) => `  output ${row}`),
    '',
  ].join('\n');
}

function printCost(multiplyAdds: number): string {
  return multiplyAdds === 0 ? '' : (multiplyAdds / 1e6).toFixed(multiplyAdds < 1e5 ? 3 : 1);
}

function printCall(value: Value): string {
  if (value.op === 'input') return `input ${value.attributes.name}`;
  if (value.op === 'constant') return `constant ${printNumbers(value.attributes.values)}`;
  const attributes = Object.entries(value.attributes).map(
    ([name, given]) => `${name}=${printAttribute(given)}`,
  );
  return [value.op, printOperands(value.operands), ...attributes].join(' ');
}

function printOperands(operands: readonly number[]): string {
  const shown = operands.slice(0, 8).map((id) => `%${id}`);
  return operands.length > 8 ? `${shown.join(' ')} … (${operands.length})` : shown.join(' ');
}

function printNumbers(values: readonly number[]): string {
  const shown = values.slice(0, 4).map((value) => String(Number(value.toPrecision(6))));
  return values.length > 4 ? `${shown.join(',')},… (${values.length})` : shown.join(',');
}

/** `[3,3]`, `[[1,1],[2,2]]`, `true`. */
function printAttribute(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(printAttribute).join(',')}]` : String(value);
}
