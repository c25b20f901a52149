import { type Shape, sameShape } from '../../ir/shape.ts';
import { StepBuilder } from '../builder.ts';
import type { StepProgram, Value } from '../program.ts';
import { copyValue, readerCounts } from './rewrite.ts';

/**
 * Sums of maps with factors per channel take as few passes over the maps as possible: what additions, multiplications and
 * affines say one after the other becomes `Σ mapᵢ · factorᵢ + shift`, where it is fewer. It is how batch norm's gradient
 * takes three passes where its derivation has five. A ReLU that alone reads an affine becomes part of it.
 */
export function fuseChannels(program: StepProgram): StepProgram {
  const sums = combinedValues(program);
  const readers = readerCounts(program);
  const b = new StepBuilder(program.name);
  const renamed: number[] = [];
  const as = (id: number) => renamed[id]!;
  for (const value of program.values) {
    const sum = sums.get(value.id);
    const id = b.at(value.origin, () => {
      if (sum === 'absorbed') return -1;
      if (sum !== undefined) return emit(b, sum, value.shape, as);
      const x = b.values[as(value.operands[0]!)];
      const alone = value.op === 'relu' && readers[value.operands[0]!] === 1;
      if (alone && x?.op === 'affine' && x.attributes.rectify === null) {
        return b.apply('affine', x.operands, { rectify: value.attributes.slope });
      }
      return copyValue(b, value, value.operands.map(as));
    });
    renamed.push(id);
  }
  for (const { role, value } of program.outputs) b.output(role, as(value));
  return b.build();
}

/** A product of values of one number per channel, ids of the program, with a sign. */
interface Factor {
  readonly rows: readonly number[];
  readonly negative: boolean;
}

/** `Σ map · factor + Σ shift`, by ids of the program. */
interface Combination {
  /** Each map once. */
  readonly terms: Map<number, Factor[]>;
  readonly shifts: Factor[];
}

const one: Factor = { rows: [], negative: false };

/** The values that are rewritten as combinations, and those that become part of one. */
function combinedValues(program: StepProgram): ReadonlyMap<number, Combination | 'absorbed'> {
  const readers = readerCounts(program);
  const reader = new Map<number, Value>();
  for (const value of program.values) for (const id of value.operands) reader.set(id, value);
  const isPart = (value: Value) =>
    isLinear(program, value) &&
    readers[value.id] === 1 &&
    reader.has(value.id) &&
    isLinear(program, reader.get(value.id)!) &&
    sameShape(value.shape, reader.get(value.id)!.shape);
  const result = new Map<number, Combination | 'absorbed'>();
  for (const root of program.values) {
    if (!isLinear(program, root) || isPart(root)) continue;
    const parts: number[] = [];
    const combination: Combination = { terms: new Map(), shifts: [] };
    const visit = (id: number, factor: Factor): void => {
      const value = program.values[id]!;
      if (id !== root.id) {
        if (!isPart(value)) {
          combination.terms.set(id, [...(combination.terms.get(id) ?? []), factor]);
          return;
        }
        parts.push(id);
      }
      expandInto(program, value, factor, visit, combination.shifts);
    };
    visit(root.id, one);
    if (passes(combination) >= parts.length + 1) continue;
    result.set(root.id, combination);
    for (const id of parts) result.set(id, 'absorbed');
  }
  return result;
}

/** The passes over maps that a combination takes: a product per factor, the sums, and the shift where no product takes it along. */
function passes({ terms, shifts }: Combination): number {
  const scaled = [...terms.values()].filter((factors) => !isOne(factors)).length;
  return scaled + Math.max(0, terms.size - 1) + (shifts.length > 0 && scaled === 0 ? 1 : 0);
}

function isOne(factors: readonly Factor[]): boolean {
  return factors.length === 1 && factors[0]!.rows.length === 0 && !factors[0]!.negative;
}

/** One value per channel, of all images or of each, or one in all, beside a map of the given shape. */
function isRow(shape: Shape, map: Shape): boolean {
  if (sameShape(shape, map)) return false;
  const ofImages = map.length === 4 && sameShape(shape, [map[0]!, 1, 1, map[3]!]);
  return ofImages || shape.slice(0, -1).every((size) => size === 1);
}

function isLinear({ values }: StepProgram, value: Value): boolean {
  const { shape } = value;
  if (shape.length < 2 || shape.slice(0, -1).every((size) => size === 1)) return false;
  const of = value.operands.map((id) => values[id]!.shape);
  const full = of.filter((operand) => sameShape(operand, shape)).length;
  const rows = of.filter((operand) => isRow(operand, shape)).length;
  switch (value.op) {
    case 'add':
    case 'subtract':
      return full + rows === 2 && full > 0;
    case 'multiply':
      return full === 1 && rows === 1;
    case 'negate':
      return true;
    case 'affine':
      return value.attributes.rectify === null;
    default:
      return false;
  }
}

/** Visits the maps of a linear value with their factors, and adds its rows to the shifts. */
function expandInto(
  { values }: StepProgram,
  { op, operands, shape }: Value,
  factor: Factor,
  visit: (id: number, factor: Factor) => void,
  shifts: Factor[],
): void {
  const [x, y, z] = operands as [number, number, number];
  const opposite = { ...factor, negative: !factor.negative };
  const times = (row: number) => ({ ...factor, rows: [...factor.rows, row] });
  const term = (id: number, by: Factor) => {
    if (isRow(values[id]!.shape, shape)) shifts.push({ ...by, rows: [...by.rows, id] });
    else visit(id, by);
  };
  if (op === 'negate') visit(x, opposite);
  else if (op === 'affine') {
    visit(x, times(y));
    term(z, factor);
  } else if (op === 'multiply') {
    const [map, row] = isRow(values[x]!.shape, shape) ? [y, x] : [x, y];
    visit(map, times(row));
  } else {
    term(x, factor);
    term(y, op === 'subtract' ? opposite : factor);
  }
}

/** Builds a combination; its last product takes the shift along. */
function emit(
  b: StepBuilder,
  { terms, shifts }: Combination,
  shape: Shape,
  as: (id: number) => number,
): number {
  const product = ({ rows, negative }: Factor): number => {
    const ids = rows.map(as);
    const value = ids.length === 0 ? b.scalar(1) : ids.reduce((left, right) => b.multiply(left, right));
    return negative ? b.negate(value) : value;
  };
  const sum = (factors: readonly Factor[]) =>
    factors.map(product).reduce((left, right) => b.add(left, right));
  const asRow = (value: number, row: Shape) =>
    sameShape(b.shape(value), row) ? value : b.broadcast(value, row);
  const scaled = [...terms].filter(([, factors]) => !isOne(factors));
  const last = shifts.length > 0 ? scaled.at(-1)?.[0] : undefined;
  const parts = [...terms].map(([map, factors]) => {
    if (isOne(factors)) return as(map);
    if (map !== last) return b.multiply(as(map), sum(factors));
    const rows = [sum(factors), sum(shifts)];
    const images = Math.max(...rows.map((row) => (b.shape(row).length === 4 ? b.shape(row)[0]! : 1)));
    const row = shape.map((size, axis) => (axis === shape.length - 1 ? size : axis === 0 ? images : 1));
    return b.apply('affine', [as(map), ...rows.map((one) => asRow(one, row))], { rectify: null });
  });
  const total = parts.reduce((left, right) => b.add(left, right));
  return shifts.length > 0 && last === undefined ? b.add(total, sum(shifts)) : total;
}
