import { elements, type Shape } from '../../ir/shape.ts';
import type { StepBuilder } from '../builder.ts';

/** Vectors one after the other as one row, for what happens to all of them alike; a single value stays what it is. */
export function joined(b: StepBuilder, values: readonly number[]): number {
  return values.length === 1 ? values[0]! : b.concat(values, 0);
}

/** What {@link joined} made one of, each in its own shape. */
export function parted(b: StepBuilder, row: number, shapes: readonly Shape[]): readonly number[] {
  if (shapes.length === 1) return [row];
  let begin = 0;
  return shapes.map((shape) => {
    const part = b.slice(row, [begin], shape);
    begin += elements(shape);
    return part;
  });
}
