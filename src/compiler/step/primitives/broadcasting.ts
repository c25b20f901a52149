import { type Tensor, zeros } from '../../interpret/tensor.ts';
import { elements, type Shape, sameShape } from '../../ir/shape.ts';

/** How far apart neighbours along each axis lie in row-major order; 0 along axes of one value. */
export function strides(shape: Shape): readonly number[] {
  const result = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = shape[axis] === 1 ? 0 : step;
    step *= shape[axis]!;
  }
  return result;
}

/** Calls `visit` for every position of a shape in row-major order, with the place that given strides lead to. */
export function walk(
  shape: Shape,
  steps: readonly number[],
  visit: (index: number, place: number) => void,
): void {
  const count = elements(shape);
  const position = new Array<number>(shape.length).fill(0);
  let place = 0;
  for (let index = 0; index < count; index++) {
    visit(index, place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += steps[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      place -= position[axis]! * steps[axis]!;
      position[axis] = 0;
    }
  }
}

/** Repeats a tensor along its axes of one value; a scalar to any shape. */
export function expand(operand: Tensor, shape: Shape): Tensor {
  if (sameShape(operand.shape, shape)) return operand;
  const result = zeros(shape);
  if (operand.data.length === 1) {
    result.data.fill(operand.data[0]!);
    return result;
  }
  walk(shape, strides(operand.shape), (index, place) => {
    result.data[index] = operand.data[place]!;
  });
  return result;
}
