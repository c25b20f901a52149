import { sameShape } from '../../ir/shape.ts';
import { readerCounts } from '../../step/passes/rewrite.ts';
import type { PrimitiveName, StepProgram } from '../../step/program.ts';

/** What may add a map to its result by itself, where that lies in blocks. */
const adding: ReadonlySet<PrimitiveName> = new Set(['conv2d', 'conv2d_input_gradient', 'affine', 'multiply']);

/**
 * The values that only an addition of two maps reads and that may add the other one to themselves, one for each
 * addition: they are lowered when the other one is there.
 */
export function heldBack(program: StepProgram): ReadonlySet<number> {
  const readers = readerCounts(program);
  const found = new Set<number>();
  for (const { op, operands, shape } of program.values) {
    if (op !== 'add' || shape.length !== 4 || operands[0] === operands[1]) continue;
    const maps = operands.map((id) => program.values[id]!);
    if (!maps.every((map) => sameShape(map.shape, shape))) continue;
    const late = maps
      .toSorted((a, b) => b.id - a.id)
      .find((map) => readers[map.id] === 1 && adding.has(map.op));
    if (late !== undefined) found.add(late.id);
  }
  return found;
}
