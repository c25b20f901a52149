import type { Tensor } from '../../interpret/tensor.ts';
import type { Shape } from '../../ir/shape.ts';
import type { PrimitiveBuilder } from '../primitive-builder.ts';
import type { PrimitiveAttributes, PrimitiveName } from '../program.ts';

/** An application of a primitive that is being differentiated; values by id. */
export interface Differentiated<P extends PrimitiveName> {
  readonly operands: readonly number[];
  readonly attributes: PrimitiveAttributes[P];
  readonly result: number;
  /** The gradient of the result, in its shape. */
  readonly dy: number;
}

/** Builds the gradient of one operand, in its shape; only called when something needs it. Null where there is none. */
export type OperandGradient = (() => number) | null;

/** Everything there is to know about one primitive. */
export interface Primitive<P extends PrimitiveName = PrimitiveName> {
  /** One sentence: what it computes. */
  readonly summary: string;
  /** How many values it reads; `many` means one or more. */
  readonly operands: 0 | 1 | 2 | 3 | 'many';
  /** The shape of the result; throws a {@link ShapeMistake}, which is always a bug of ours. */
  readonly shape: (operands: readonly Shape[], attributes: PrimitiveAttributes[P]) => Shape;
  /** The meaning, in double precision. */
  readonly evaluate: (
    operands: readonly Tensor[],
    attributes: PrimitiveAttributes[P],
    shape: Shape,
  ) => Tensor;
  /** From the gradient of the result to those of the operands. Absent for primitives that nothing is learned through. */
  readonly gradient?: (builder: PrimitiveBuilder, call: Differentiated<P>) => readonly OperandGradient[];
  /** Multiplications followed by an addition, batch included; 0 where left out. */
  readonly multiplyAdds?: (
    operands: readonly Shape[],
    attributes: PrimitiveAttributes[P],
    shape: Shape,
  ) => number;
}

/** A primitive was given operands that do not suit it. */
export class ShapeMistake extends Error {}

/** Throws when a condition of a shape rule does not hold. */
export function demand(condition: boolean, mistake: () => string): void {
  if (!condition) throw new ShapeMistake(mistake());
}
