import { elements, sameShape } from '../../ir/shape.ts';
import type { StepBuilder } from '../builder.ts';
import { primitive } from '../primitives.ts';
import type { StepProgram, Value } from '../program.ts';
import { copyValue, rewriteValues } from './rewrite.ts';

/**
 * Common subexpressions are computed once, what depends on constants alone is computed now, what changes nothing
 * vanishes, and repeating along an axis is left to the reader where it does so by itself.
 */
export function simplify(program: StepProgram): StepProgram {
  const computed = new Map<string, number>();
  return rewriteValues(program, (b, value, operands) => {
    const simple = simpler(b, value, operands) ?? folded(b, value, operands);
    if (simple !== undefined) return simple;
    if (value.op === 'input') return copyValue(b, value, operands);
    const spread = unrepeated(b, value, operands);
    const key = JSON.stringify([value.op, commutes(value) ? [...spread].sort() : spread, value.attributes]);
    const before = computed.get(key);
    if (before !== undefined) return before;
    const id = copyValue(b, value, spread);
    computed.set(key, id);
    return id;
  });
}

function commutes({ op }: Value): boolean {
  return op === 'add' || op === 'multiply';
}

/** An operand, or another value, that equals the result. */
function simpler(b: StepBuilder, value: Value, operands: readonly number[]): number | undefined {
  const [x, y] = operands;
  const keeps = (id: number) => sameShape(b.shape(id), value.shape);
  switch (value.op) {
    case 'add':
      if (isConstant(b, y!, 0) && keeps(x!)) return x;
      if (isConstant(b, x!, 0) && keeps(y!)) return y;
      return undefined;
    case 'subtract':
      return isConstant(b, y!, 0) && keeps(x!) ? x : undefined;
    case 'multiply':
      if (isConstant(b, y!, 1) && keeps(x!)) return x;
      if (isConstant(b, x!, 1) && keeps(y!)) return y;
      return undefined;
    case 'divide':
      return isConstant(b, y!, 1) && keeps(x!) ? x : undefined;
    case 'negate': {
      const operand = b.values[x!]!;
      return operand.op === 'negate' ? operand.operands[0] : undefined;
    }
    case 'reshape': {
      const operand = b.values[x!]!;
      if (keeps(x!)) return x;
      return operand.op === 'reshape' ? b.reshape(operand.operands[0]!, value.shape) : undefined;
    }
    case 'broadcast':
    case 'reduce_sum':
    case 'reduce_mean':
      return keeps(x!) ? x : undefined;
    case 'concat':
      return operands.length === 1 ? x : undefined;
    case 'depth_to_space':
    case 'space_to_depth':
      return value.attributes.factor === 1 ? x : undefined;
    default:
      return undefined;
  }
}

/** The constant that the result is, when all operands are constants and the result is small. */
function folded(b: StepBuilder, value: Value, operands: readonly number[]): number | undefined {
  if (operands.length === 0 || elements(value.shape) > 4096) return undefined;
  const given = operands.map((id) => b.values[id]!);
  if (!given.every(({ op }) => op === 'constant')) return undefined;
  const tensors = given.map(({ op, attributes, shape }) => primitive(op).evaluate([], attributes, shape));
  const { data } = primitive(value.op).evaluate(tensors, value.attributes, value.shape);
  if (!data.every(Number.isFinite)) return undefined;
  const same = data.every((number) => number === data[0]);
  return b.constant(value.shape, same ? [data[0]!] : [...data]);
}

/** Operands of what meets value by value, without repetitions that another operand's shape makes needless. */
function unrepeated(b: StepBuilder, value: Value, operands: readonly number[]): readonly number[] {
  const repeats = ['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'].includes(value.op);
  if (!repeats) return operands;
  const from = operands.map((id) => {
    const operand = b.values[id]!;
    return operand.op === 'broadcast' ? operand.operands[0]! : id;
  });
  const [left, right] = operands as [number, number];
  if (from[0] !== left && sameShape(b.shape(right), value.shape)) return [from[0]!, right];
  if (from[1] !== right && sameShape(b.shape(left), value.shape)) return [left, from[1]!];
  return operands;
}

function isConstant(b: StepBuilder, id: number, number: number): boolean {
  const value = b.values[id]!;
  return value.op === 'constant' && value.attributes.values.every((given) => given === number);
}
