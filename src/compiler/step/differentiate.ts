import type { StepBuilder } from './builder.ts';
import type { Differentiated } from './primitives/entry.ts';
import { primitive } from './primitives.ts';
import type { PrimitiveName } from './program.ts';

/**
 * Reverse-mode differentiation: builds the gradients of a scalar in the given values, from the gradient rules of the
 * table of primitives. Null where the scalar does not depend on a value. Gradients of a value that is read several
 * times are added in the order in which they arise, the last reader's first.
 */
export function differentiate(
  builder: StepBuilder,
  scalar: number,
  wanted: readonly number[],
): readonly (number | null)[] {
  const values = builder.values.slice();
  const needed = values.map(() => false);
  for (const id of wanted) needed[id] = true;
  for (const value of values) {
    if (value.operands.some((id) => needed[id]))
      needed[value.id] = primitive(value.op).gradient !== undefined;
  }
  const gradients = new Map<number, number>([[scalar, builder.scalar(1)]]);
  const found = new Map<number, number>();
  for (const value of values.toReversed()) {
    const dy = gradients.get(value.id);
    if (dy === undefined || !needed[value.id]) continue;
    found.set(value.id, dy);
    gradients.delete(value.id);
    const { operands, attributes, id: result } = value;
    builder.at({ path: value.origin.path, phase: 'backward' }, () => {
      const call = { operands, attributes, result, dy } as Differentiated<PrimitiveName>;
      for (const [index, build] of (primitive(value.op).gradient?.(builder, call) ?? []).entries()) {
        const operand = operands[index]!;
        if (build === null || !needed[operand]) continue;
        const before = gradients.get(operand);
        const gradient = build();
        gradients.set(operand, before === undefined ? gradient : builder.add(before, gradient));
      }
    });
  }
  return wanted.map((id) => found.get(id) ?? null);
}
