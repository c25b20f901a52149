import { type Tensor, zeros } from '../../interpret/tensor.ts';
import { erf as errorFunction } from '../../ir/error-function.ts';
import { type Shape, sameShape } from '../../ir/shape.ts';
import type { PrimitiveBuilder } from '../primitive-builder.ts';
import type { PrimitiveName } from '../program.ts';
import { expand } from './broadcasting.ts';
import { demand, type Primitive } from './entry.ts';

/**
 * The shape of operands that meet value by value: all of one rank, where an axis of one value is repeated to the length
 * of the others' axis; a scalar `[]` goes with everything.
 */
export function joinShapes(shapes: readonly Shape[]): Shape {
  if (shapes.length === 2 && sameShape(shapes[0]!, shapes[1]!)) return shapes[0]!;
  const rank = Math.max(...shapes.map(({ length }) => length));
  const full = shapes.filter(({ length }) => length > 0);
  demand(
    full.every(({ length }) => length === rank),
    () => `ranks differ: ${listed(shapes)}`,
  );
  return Array.from({ length: rank }, (_, axis) => {
    const size = Math.max(...full.map((shape) => shape[axis]!));
    demand(
      full.every((shape) => shape[axis] === size || shape[axis] === 1),
      () => `axis ${axis} differs: ${listed(shapes)}`,
    );
    return size;
  });
}

function listed(shapes: readonly Shape[]): string {
  return shapes.map((shape) => `[${shape}]`).join(' and ');
}

/** Sums a gradient over the axes along which an operand was repeated. */
export function unbroadcast(b: PrimitiveBuilder, gradient: number, shape: Shape): number {
  const from = b.shape(gradient);
  if (shape.length === 0 && from.length > 0) {
    return b.reshape(
      b.sum(
        gradient,
        from.map((_, axis) => axis),
      ),
      [],
    );
  }
  const axes = from.flatMap((size, axis) => (size !== shape[axis] ? [axis] : []));
  return axes.length === 0 ? gradient : b.sum(gradient, axes);
}

type Binary = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';
type Unary =
  | 'negate'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'sigmoid'
  | 'softplus'
  | 'erf'
  | 'stop_gradient'
  | 'relu'
  | 'positive';

/** Gradients of both operands in the shape of the result. */
type BinaryGradient = (
  b: PrimitiveBuilder,
  x: number,
  y: number,
  dy: number,
  result: number,
) => readonly [() => number, () => number];

function binary<P extends Binary>(
  summary: string,
  compute: (left: number, right: number) => number,
  gradient: BinaryGradient,
): Primitive<P> {
  return {
    summary,
    operands: 2,
    shape: (shapes) => joinShapes(shapes),
    evaluate: ([left, right], _, shape) => {
      const [l, r] = [expand(left!, shape), expand(right!, shape)];
      return { shape, data: l.data.map((value, index) => compute(value, r.data[index]!)) };
    },
    gradient: (b, { operands: [x, y], dy, result }) => {
      const [dx, dz] = gradient(b, x!, y!, dy, result);
      return [() => unbroadcast(b, dx(), b.shape(x!)), () => unbroadcast(b, dz(), b.shape(y!))];
    },
  };
}

export const add = binary<'add'>(
  'The sum.',
  (l, r) => l + r,
  (_, _x, _y, dy) => [() => dy, () => dy],
);

export const subtract = binary<'subtract'>(
  'The difference.',
  (l, r) => l - r,
  (b, _x, _y, dy) => [() => dy, () => b.negate(dy)],
);

export const multiply = binary<'multiply'>(
  'The product.',
  (l, r) => l * r,
  (b, x, y, dy) => [() => b.multiply(dy, y), () => b.multiply(dy, x)],
);

export const divide = binary<'divide'>(
  'The quotient.',
  (l, r) => l / r,
  (b, _x, y, dy, result) => [() => b.divide(dy, y), () => b.negate(b.divide(b.multiply(dy, result), y))],
);

/** Equal values count as the first's. */
export const maximum = binary<'maximum'>('The larger value.', Math.max, (b, x, y, dy) => {
  const second = () => b.positive(b.subtract(y, x));
  return [() => b.multiply(dy, b.subtract(b.scalar(1), second())), () => b.multiply(dy, second())];
});

/** Equal values count as the first's. */
export const minimum = binary<'minimum'>('The smaller value.', Math.min, (b, x, y, dy) => {
  const second = () => b.positive(b.subtract(x, y));
  return [() => b.multiply(dy, b.subtract(b.scalar(1), second())), () => b.multiply(dy, second())];
});

function unary<P extends Unary>(
  summary: string,
  compute: (value: number, attributes: AttributesOf<P>) => number,
  gradient?: (
    b: PrimitiveBuilder,
    call: { x: number; y: number; dy: number; attributes: AttributesOf<P> },
  ) => number,
): Primitive<P> {
  return {
    summary,
    operands: 1,
    shape: ([shape]) => shape!,
    evaluate: ([x], attributes) => ({
      shape: x!.shape,
      data: x!.data.map((value) => compute(value, attributes)),
    }),
    ...(gradient && {
      gradient: (b, { operands: [x], attributes, result, dy }) => [
        () => gradient(b, { x: x!, y: result, dy, attributes }),
      ],
    }),
  };
}

type AttributesOf<P extends PrimitiveName> = Parameters<Primitive<P>['evaluate']>[1];

export const negate = unary<'negate'>(
  'Minus the value.',
  (x) => -x,
  (b, { dy }) => b.negate(dy),
);
export const exp = unary<'exp'>('The exponential.', Math.exp, (b, { y, dy }) => b.multiply(dy, y));
export const log = unary<'log'>('The natural logarithm.', Math.log, (b, { x, dy }) => b.divide(dy, x));
export const sqrt = unary<'sqrt'>('The root.', Math.sqrt, (b, { y, dy }) =>
  b.divide(b.multiply(dy, b.scalar(0.5)), y),
);
export const sigmoid = unary<'sigmoid'>(
  '`1 / (1 + exp(−x))`.',
  (x) => 1 / (1 + Math.exp(-x)),
  (b, { y, dy }) => b.multiply(dy, b.multiply(y, b.subtract(b.scalar(1), y))),
);
/** `−log(1 − p)` of the logit of p. Its gradient is alive however large the logit. */
export const softplus = unary<'softplus'>(
  '`log(1 + exp(x))`.',
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  (b, { x, dy }) => b.multiply(dy, b.apply('sigmoid', [x], {})),
);
export const erf = unary<'erf'>('The error function.', errorFunction, (b, { x, dy }) => {
  const bell = b.apply('exp', [b.negate(b.multiply(x, x))], {});
  return b.multiply(dy, b.scale(bell, 2 / Math.sqrt(Math.PI)));
});
/** Without a gradient, so that nothing is learned through it. */
export const stop_gradient = unary<'stop_gradient'>('The value itself.', (x) => x);
/** Its gradient reads the result only, so that the operand need not be kept: a slope is not negative. */
export const relu = unary<'relu'>(
  'The value where it is positive, else the value times `slope`.',
  rectified,
  (b, { y, dy, attributes: { slope } }) => b.multiply(dy, b.positive(y, slope)),
);
export const positive = unary<'positive'>('1 where the value is above 0, else `below`.', (x, { below }) =>
  x > 0 ? 1 : below,
);

function rectified(x: number, { slope }: { readonly slope: number }): number {
  return slope === 0 ? Math.max(0, x) : x > 0 ? x : slope * x;
}

/** `x · scale + shift` with factors per channel, then a ReLU of the slope `rectify`: the last step of every norm. */
export const affine: Primitive<'affine'> = {
  summary:
    '`x · scale + shift`, both one value per channel, of all images `[1, …, channels]` or of each `[batch, 1, …, channels]`; with `rectify` then a ReLU of that slope.',
  operands: 3,
  shape([x, scale, shift]) {
    const row = x!.map((size, axis) => (axis === x!.length - 1 ? size : 1));
    const isRow = `${scale}` === `${row}` || `${scale}` === `${row.with(0, x![0]!)}`;
    demand(isRow && `${shift}` === `${scale}`, () => `[${scale}], [${shift}] for [${x}]`);
    return x!;
  },
  evaluate([x, scale, shift], { rectify }) {
    const channels = x!.shape.at(-1)!;
    const ofImage = scale!.data.length === channels ? x!.data.length : x!.data.length / x!.shape[0]!;
    const data = x!.data.map((value, index) => {
      const place = channels * Math.floor(index / ofImage) + (index % channels);
      const result = value * scale!.data[place]! + shift!.data[place]!;
      return rectify === null ? result : rectified(result, { slope: rectify });
    });
    return { shape: x!.shape, data };
  },
  gradient(b, { operands: [x, scale], attributes: { rectify }, result, dy }) {
    const axes = [...b.shape(x!).slice(0, -1).keys()].slice(b.shape(scale!)[0] === 1 ? 0 : 1);
    const behind = () => (rectify === null ? dy : b.multiply(dy, b.positive(result, rectify)));
    return [
      () => b.multiply(behind(), scale!),
      () => b.productSum(behind(), x!, axes),
      () => b.sum(behind(), axes),
    ];
  },
};

export const broadcast: Primitive<'broadcast'> = {
  summary: 'The value repeated along its axes of one value to a larger shape; a scalar to any shape.',
  operands: 1,
  shape([from], { shape }) {
    demand(`${joinShapes([from!, shape])}` === `${shape}`, () => `[${from}] does not repeat to [${shape}]`);
    return shape;
  },
  evaluate: ([x], _, shape) => expand(x!, shape),
  gradient: (b, { operands: [x], dy }) => [() => unbroadcast(b, dy, b.shape(x!))],
};

export const softmax: Primitive<'softmax'> = {
  summary: '`exp(x) / Σ exp(x)` over the last axis.',
  operands: 1,
  shape: ([shape]) => shape!,
  evaluate([x]) {
    const channels = x!.shape.at(-1)!;
    const result: Tensor = zeros(x!.shape);
    for (let start = 0; start < x!.data.length; start += channels) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < channels; c++) largest = Math.max(largest, x!.data[start + c]!);
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += Math.exp(x!.data[start + c]! - largest);
      for (let c = 0; c < channels; c++)
        result.data[start + c] = Math.exp(x!.data[start + c]! - largest) / sum;
    }
    return result;
  },
  gradient: (b, { operands: [x], result, dy }) => [
    () => {
      const total = b.productSum(dy, result, [b.shape(x!).length - 1]);
      return b.multiply(result, b.subtract(dy, total));
    },
  ],
};

export const log_softmax: Primitive<'log_softmax'> = {
  summary: '`x − log Σ exp(x)` over the last axis.',
  operands: 1,
  shape: ([shape]) => shape!,
  evaluate([x]) {
    const channels = x!.shape.at(-1)!;
    const result: Tensor = zeros(x!.shape);
    for (let start = 0; start < x!.data.length; start += channels) {
      const own = x!.data.subarray(start, start + channels);
      const largest = Math.max(...own);
      const total = largest + Math.log(own.reduce((sum, value) => sum + Math.exp(value - largest), 0));
      for (let c = 0; c < channels; c++) result.data[start + c] = own[c]! - total;
    }
    return result;
  },
  gradient: (b, { operands: [x], dy }) => [
    () => {
      const total = b.sum(dy, [b.shape(x!).length - 1]);
      return b.subtract(dy, b.multiply(b.apply('softmax', [x!], {}), total));
    },
  ],
};

export const all_finite: Primitive<'all_finite'> = {
  summary: 'The scalar 1 when all values of all operands are finite, else 0.',
  operands: 'many',
  shape: () => [],
  evaluate: (operands) => ({
    shape: [],
    data: Float64Array.of(operands.every(({ data }) => data.every(Number.isFinite)) ? 1 : 0),
  }),
};
