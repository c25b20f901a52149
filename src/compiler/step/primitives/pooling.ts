import { type Tensor, zeros } from '../../interpret/tensor.ts';
import type { Shape } from '../../ir/shape.ts';
import type { PoolWindow } from '../program.ts';
import { demand, type Primitive } from './entry.ts';

export const max_pool: Primitive<'max_pool'> = {
  summary: 'The largest value of every window.',
  operands: 1,
  shape: ([x], window) => pooled(x!, window),
  evaluate([x], window, shape) {
    const y = zeros(shape);
    forEachWindow(x!.shape, shape, window, (to, places) => {
      y.data[to] = x!.data[largest(x!, places)]!;
    });
    return y;
  },
  gradient: (b, { operands: [x], attributes, result, dy }) => [
    () => b.maxPoolGradient(x!, result, dy, attributes),
  ],
};

export const max_pool_gradient: Primitive<'max_pool_gradient'> = {
  summary:
    'From the operand, the result and `dy` of a max_pool to the operand’s gradient: the first of the largest values of a window, row by row, gets all of it.',
  operands: 3,
  shape([x, y, dy], window) {
    demand(`${pooled(x!, window)}` === `${y}` && `${y}` === `${dy}`, () => `[${y}], [${dy}] of [${x}]`);
    return x!;
  },
  evaluate([x, y, dy], window, shape) {
    const dx = zeros(shape);
    forEachWindow(x!.shape, y!.shape, window, (to, places) => {
      dx.data[largest(x!, places)]! += dy!.data[to]!;
    });
    return dx;
  },
  gradient(b, { operands: [x, y], attributes, dy: d }) {
    const { size, stride, padding } = attributes;
    return [
      null,
      null,
      // Where windows meet nowhere, a window holds one value that was chosen: what stands there is the window's sum.
      () => {
        const apart = stride[0] >= size[0] && stride[1] >= size[1] && `${padding}` === '0,0,0,0';
        if (!apart) throw new Error('what overlapping windows choose has no gradient of its own');
        const chosen = b.maxPoolGradient(x!, y!, b.constant(b.shape(y!), [1]), attributes);
        return b.scale(b.avgPool(b.multiply(d, chosen), attributes), size[0] * size[1]);
      },
    ];
  },
};

export const avg_pool: Primitive<'avg_pool'> = {
  summary: 'The mean of every window; padding does not count.',
  operands: 1,
  shape: ([x], window) => pooled(x!, window),
  evaluate([x], window, shape) {
    const y = zeros(shape);
    forEachWindow(x!.shape, shape, window, (to, places) => {
      for (const place of places) y.data[to]! += x!.data[place]! / places.length;
    });
    return y;
  },
  gradient: (b, { operands: [x], attributes, dy }) => [
    () => b.avgPoolGradient(dy, { ...attributes, operand: [b.shape(x!)[1]!, b.shape(x!)[2]!] }),
  ],
};

export const avg_pool_gradient: Primitive<'avg_pool_gradient'> = {
  summary: 'From `dy` of an avg_pool to the gradient of its operand, a map of size `operand`: equal shares.',
  operands: 1,
  shape([dy], { operand, ...window }) {
    const x = [dy![0]!, ...operand, dy![3]!];
    demand(`${pooled(x, window)}` === `${dy}`, () => `[${dy}] of [${x}]`);
    return x;
  },
  evaluate([dy], window, shape) {
    const dx = zeros(shape);
    forEachWindow(shape, dy!.shape, window, (to, places) => {
      for (const place of places) dx.data[place]! += dy!.data[to]! / places.length;
    });
    return dx;
  },
  gradient: (b, { attributes: { operand: _, ...window }, dy }) => [() => b.avgPool(dy, window)],
};

function pooled(x: Shape, { size, stride, padding }: PoolWindow): Shape {
  demand(x.length === 4, () => `[${x}] is no map`);
  const along = (axis: 0 | 1) => {
    const room = x[axis + 1]! + padding[axis][0] + padding[axis][1] - size[axis];
    demand(room >= 0, () => `a window of ${size} does not fit [${x}]`);
    return Math.floor(room / stride[axis]) + 1;
  };
  return [x[0]!, along(0), along(1), x[3]!];
}

/** Visits every value of the result with the places of its window's values inside the map, row by row. */
function forEachWindow(
  [batch, height, width, channels]: Shape,
  [, rows, columns]: Shape,
  { size, stride, padding }: PoolWindow,
  visit: (to: number, places: readonly number[]) => void,
): void {
  for (let n = 0; n < batch!; n++) {
    for (let i = 0; i < rows!; i++) {
      for (let j = 0; j < columns!; j++) {
        const pixels: number[] = [];
        for (let a = 0; a < size[0]; a++) {
          const y = i * stride[0] + a - padding[0][0];
          if (y < 0 || y >= height!) continue;
          for (let b = 0; b < size[1]; b++) {
            const x = j * stride[1] + b - padding[1][0];
            if (x >= 0 && x < width!) pixels.push(((n * height! + y) * width! + x) * channels!);
          }
        }
        const to = ((n * rows! + i) * columns! + j) * channels!;
        for (let c = 0; c < channels!; c++)
          visit(
            to + c,
            pixels.map((pixel) => pixel + c),
          );
      }
    }
  }
}

function largest({ data }: Tensor, places: readonly number[]): number {
  let best = places[0]!;
  for (const place of places) if (data[place]! > data[best]!) best = place;
  return best;
}
