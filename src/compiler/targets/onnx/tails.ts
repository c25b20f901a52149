import { type Shape, sameShape } from '../../ir/shape.ts';
import { readerCounts } from '../../step/passes/rewrite.ts';
import type { PrimitiveName, StepProgram, Value } from '../../step/program.ts';

/**
 * What follows a map in a program and its operator may do by itself: `relu(map + row + other map)`, each part of it
 * optional, the ReLU leaky or not. Only a convolution takes a row, and only what takes the sum takes the ReLU.
 */
export interface Tail {
  /** The value that it begins with. */
  readonly of: number;
  /** A sum between that and the end, which nobody else reads. */
  readonly through: number | null;
  /** The value of another map that is added. */
  readonly map?: number;
  /** The value that holds a number per channel that is added. */
  readonly row?: number;
  /** The slope of the ReLU at the end; null without one. */
  readonly rectify: number | null;
}

/** What may add a map to its result by itself, where that lies in blocks. */
const adding: ReadonlySet<PrimitiveName> = new Set(['conv2d', 'conv2d_input_gradient', 'affine', 'multiply']);

/** The tails of a program by the values that they end with. What they begin with is read by nothing else. */
export function tailsOf(program: StepProgram): ReadonlyMap<number, Tail> {
  const readers = readerCounts(program);
  const alone = ({ id }: Value) => readers[id] === 1;
  const found = new Map<number, Tail>();
  const taken = new Set<number>();
  for (const value of program.values) {
    const operands = value.operands.map((id) => program.values[id]!);
    const tail =
      value.op === 'add'
        ? sumTail(value, operands, alone)
        : value.op === 'relu'
          ? reluTail(value.attributes.slope, operands[0]!)
          : null;
    if (tail === null || taken.has(tail.of)) continue;
    found.set(value.id, tail);
    taken.add(tail.of);
  }
  return found;

  /** A ReLU goes on where a sum ends, or begins behind a convolution. */
  function reluTail(rectify: number, operand: Value): Tail | null {
    if (!alone(operand)) return null;
    const sum = found.get(operand.id);
    if (sum === undefined) {
      return operand.op === 'conv2d' ? { of: operand.id, through: null, rectify } : null;
    }
    if (program.values[sum.of]!.op !== 'conv2d') return null;
    found.delete(operand.id);
    taken.delete(sum.of);
    return { ...sum, through: operand.id, rectify };
  }
}

function sumTail(
  { shape }: Value,
  operands: readonly Value[],
  alone: (value: Value) => boolean,
): Tail | null {
  const [x, y] = operands as [Value, Value];
  if (shape.length !== 4 || x === y) return null;
  const maps = operands.filter((operand) => sameShape(operand.shape, shape));
  const late = maps
    .toSorted((a, b) => b.id - a.id)
    .find((map) => alone(map) && (maps.length === 2 ? adding.has(map.op) : map.op === 'conv2d'));
  if (late === undefined) return null;
  const other = late === x ? y : x;
  if (maps.length === 2) return { of: late.id, through: null, map: other.id, rectify: null };
  return isRow(other.shape, shape) ? { of: late.id, through: null, row: other.id, rectify: null } : null;
}

/** Whether values of a shape are one for each channel of maps. */
export function isRow(shape: Shape, map: Shape): boolean {
  return sameShape(shape, [1, 1, 1, map[3]!]);
}

/** Whether they are one for each channel of every image. */
export function isRowOfImages(shape: Shape, map: Shape): boolean {
  return sameShape(shape, [map[0]!, 1, 1, map[3]!]);
}
