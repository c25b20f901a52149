import { primitive } from './primitives.ts';
import type { Phase, StepProgram, Value } from './program.ts';

/** Multiply-adds of a program in kernels and matrices, batch included. */
export interface StepCost {
  readonly total: number;
  readonly byPhase: Readonly<Record<Phase, number>>;
}

export function stepCost(program: StepProgram): StepCost {
  const byPhase: Record<Phase, number> = { forward: 0, loss: 0, recompute: 0, backward: 0, update: 0 };
  for (const value of program.values) byPhase[value.origin.phase] += valueCost(program, value);
  return { total: Object.values(byPhase).reduce((sum, count) => sum + count, 0), byPhase };
}

/** Multiply-adds of one value. */
export function valueCost(
  { values }: Pick<StepProgram, 'values'>,
  { op, operands, attributes, shape }: Value,
): number {
  const rule = primitive(op).multiplyAdds;
  return (
    rule?.(
      operands.map((id) => values[id]!.shape),
      attributes,
      shape,
    ) ?? 0
  );
}
