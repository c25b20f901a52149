import { type Tensor, zeros } from '../../interpret/tensor.ts';
import { elements, type Shape } from '../../ir/shape.ts';
import { walk } from './broadcasting.ts';
import { demand, type Primitive } from './entry.ts';

export const reshape: Primitive<'reshape'> = {
  summary: 'The same values in row-major order under another shape.',
  operands: 1,
  shape([x], { shape }) {
    demand(elements(x!) === elements(shape), () => `[${x}] has not as many values as [${shape}]`);
    return shape;
  },
  evaluate: ([x], _, shape) => ({ shape, data: x!.data }),
  gradient: (b, { operands: [x], dy }) => [() => b.reshape(dy, b.shape(x!))],
};

export const transpose: Primitive<'transpose'> = {
  summary: 'The axes in another order: axis i of the result is axis `permutation[i]` of the operand.',
  operands: 1,
  shape([x], { permutation }) {
    demand(
      permutation.length === x!.length && x!.every((_, axis) => permutation.includes(axis)),
      () => `${permutation} does not permute [${x}]`,
    );
    return permutation.map((axis) => x![axis]!);
  },
  evaluate([x], { permutation }, shape) {
    const steps = plainStrides(x!.shape);
    return gather(
      x!,
      shape,
      permutation.map((axis) => steps[axis]!),
    );
  },
  gradient: (b, { attributes: { permutation }, dy }) => [
    () =>
      b.transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
};

export const concat: Primitive<'concat'> = {
  summary: 'The operands one after the other along an axis.',
  operands: 'many',
  shape(operands, { axis }) {
    const first = operands[0]!;
    for (const shape of operands) {
      demand(
        shape.length === first.length &&
          shape.every((size, other) => other === axis || size === first[other]),
        () => `[${shape}] does not join [${first}] along axis ${axis}`,
      );
    }
    return first.map((size, other) =>
      other === axis ? operands.reduce((sum, s) => sum + s[axis]!, 0) : size,
    );
  },
  evaluate(operands, { axis }, shape) {
    const result = zeros(shape);
    let at = 0;
    for (const operand of operands) {
      place(
        operand,
        result,
        shape.map((_, other) => (other === axis ? at : 0)),
      );
      at += operand.shape[axis]!;
    }
    return result;
  },
  gradient(b, { operands, attributes: { axis }, dy }) {
    let at = 0;
    return operands.map((operand) => {
      const size = b.shape(operand);
      const begin = size.map((_, other) => (other === axis ? at : 0));
      at += size[axis]!;
      return () => b.slice(dy, begin, size);
    });
  },
};

export const slice: Primitive<'slice'> = {
  summary: 'A part of a value: `size` values along each axis from `begin` on.',
  operands: 1,
  shape([x], { begin, size }) {
    demand(
      begin.length === x!.length &&
        size.length === x!.length &&
        x!.every((n, a) => begin[a]! + size[a]! <= n),
      () => `[${size}] from [${begin}] is not within [${x}]`,
    );
    return size;
  },
  evaluate([x], { begin }, shape) {
    const steps = plainStrides(x!.shape);
    const first = begin.reduce((sum, at, axis) => sum + at * steps[axis]!, 0);
    return gather({ shape: x!.shape, data: x!.data.subarray(first) }, shape, steps);
  },
  gradient: (b, { operands: [x], attributes: { begin, size }, dy }) => [
    () =>
      b.pad(
        dy,
        begin,
        b.shape(x!).map((n, axis) => n - begin[axis]! - size[axis]!),
      ),
  ],
};

export const pad: Primitive<'pad'> = {
  summary: 'The value with zeros before and after it along each axis.',
  operands: 1,
  shape([x], { before, after }) {
    demand(
      before.length === x!.length && after.length === x!.length,
      () => `${before}, ${after} around [${x}]`,
    );
    return x!.map((size, axis) => size + before[axis]! + after[axis]!);
  },
  evaluate([x], { before }, shape) {
    const result = zeros(shape);
    place(x!, result, before);
    return result;
  },
  gradient: (b, { operands: [x], attributes: { before }, dy }) => [() => b.slice(dy, before, b.shape(x!))],
};

/** `out[h·f + i, w·f + j, k] = in[h, w, (i·f + j)·K + k]`. */
export const depth_to_space: Primitive<'depth_to_space'> = {
  summary:
    'Channels moved into space: part `(i · factor + j)` of the channels becomes pixel `(i, j)` of a square.',
  operands: 1,
  shape([x], { factor }) {
    demand(x!.length === 4 && x![3]! % (factor * factor) === 0, () => `[${x}] by ${factor}`);
    return [x![0]!, x![1]! * factor, x![2]! * factor, x![3]! / (factor * factor)];
  },
  evaluate([x], { factor }, shape) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    return squared(x!, [batch, height, width, factor, factor, channels / (factor * factor)], shape);
  },
  gradient: (b, { attributes: { factor }, dy }) => [() => b.spaceToDepth(dy, factor)],
};

export const space_to_depth: Primitive<'space_to_depth'> = {
  summary: 'The inverse of depth_to_space: the pixels of every square become channels.',
  operands: 1,
  shape([x], { factor }) {
    demand(x!.length === 4 && x![1]! % factor === 0 && x![2]! % factor === 0, () => `[${x}] by ${factor}`);
    return [x![0]!, x![1]! / factor, x![2]! / factor, x![3]! * factor * factor];
  },
  evaluate([x], { factor }, shape) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    return squared(x!, [batch, height / factor, factor, width / factor, factor, channels], shape);
  },
  gradient: (b, { attributes: { factor }, dy }) => [() => b.depthToSpace(dy, factor)],
};

/** A map cut into six axes, whose places and squares change over. */
function squared({ data }: Tensor, cut: Shape, shape: Shape): Tensor {
  return { shape, data: permuted({ shape: cut, data }, [0, 1, 3, 2, 4, 5]).data };
}

/** Row-major strides, axes of one value included. */
function plainStrides(shape: Shape): readonly number[] {
  return shape.map((_, axis) => elements(shape.slice(axis + 1)));
}

function gather({ data }: Tensor, shape: Shape, steps: readonly number[]): Tensor {
  const result = zeros(shape);
  walk(shape, steps, (index, at) => {
    result.data[index] = data[at]!;
  });
  return result;
}

function permuted(x: Tensor, permutation: readonly number[]): Tensor {
  const steps = plainStrides(x.shape);
  return gather(
    x,
    permutation.map((axis) => x.shape[axis]!),
    permutation.map((axis) => steps[axis]!),
  );
}

/** Writes a value into a larger one, its first value at `begin`. */
function place(part: Tensor, whole: Tensor, begin: Shape): void {
  const steps = plainStrides(whole.shape);
  const first = begin.reduce((sum, at, axis) => sum + at * steps[axis]!, 0);
  walk(part.shape, steps, (index, at) => {
    whole.data[first + at] = part.data[index]!;
  });
}
