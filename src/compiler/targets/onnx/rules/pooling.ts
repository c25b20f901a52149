import { elements } from '../../../ir/shape.ts';
import type { PoolWindow, ValueOf } from '../../../step/program.ts';
import { layouts, memoryShape, sameLayout } from '../layout.ts';
import { channelsFirst, type Held, type Lowering, nchwc, type Rule } from '../lowering.ts';
import { padsOf } from './convolution.ts';
import { isPositive } from './elementwise.ts';

type MaxPoolGradient = ValueOf<'max_pool_gradient'>;

/** Of a window: for each of them the model has a few nodes. */
const maxPlaces = 9;

function windowAttributes({ size, stride, padding }: PoolWindow) {
  return { kernel_shape: size, strides: stride, pads: padsOf(padding) };
}

/** Blocked maps have pooling of their own. */
function pooled(
  lowering: Lowering,
  id: number,
  op: string,
  window: PoolWindow,
  shape: readonly number[],
): Held {
  const { layout } = lowering.made(id);
  const from = lowering.value(id).shape as readonly [number, number, number, number];
  if (lowering.options.block !== null && layout.length === 5 && from[3] % lowering.block === 0) {
    const x = lowering.reshape(lowering.take(id, layouts.blocked), [from[0], from[3], from[1], from[2]]);
    const y = lowering.node(op, [x], windowAttributes(window), 'com.microsoft.nchwc');
    const sizes = memoryShape(shape, layouts.blocked, lowering.block);
    return { name: lowering.sized(y, channelsFirst(shape), sizes), shape, layout: layouts.blocked };
  }
  const name = lowering.node(op, [lowering.take(id, layouts.channelsFirst)], windowAttributes(window));
  return { name, shape, layout: layouts.channelsFirst };
}

export const max_pool: Rule<'max_pool'> = (lowering, { operands: [x], attributes, shape }) =>
  pooled(lowering, x!, 'MaxPool', attributes, shape);

export const avg_pool: Rule<'avg_pool'> = (lowering, { operands: [x], attributes, shape }) =>
  pooled(lowering, x!, 'AveragePool', attributes, shape);

/**
 * ONNX's pooling tells where it found each value, the first of equal ones: dy is added there. It does so one value after
 * the other, and not every provider's pooling tells, so that small windows that do not overlap are taken apart instead.
 */
export const max_pool_gradient: Rule<'max_pool_gradient'> = (lowering, value) => {
  const { operands, attributes, shape } = value;
  const [x, , dy] = operands as [number, number, number];
  if (canTakeApart(value)) {
    return isBlocked(lowering, value) ? byBlockedPlaces(lowering, value) : byPlaces(lowering, value);
  }
  const { model } = lowering;
  const label = `max_pool_gradient:${value.origin.phase}:${value.origin.path}`;
  const [, places] = model.nodes(
    'MaxPool',
    [lowering.real(lowering.take(x, layouts.channelsFirst))],
    windowAttributes(attributes),
    {
      results: 2,
      label,
    },
  );
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const zeros = lowering.node('Expand', [model.floats([1], [0]), model.ints([elements(shape)])]);
  const count = model.ints([-1]);
  const flat = (name: string) => lowering.node('Reshape', [name, count]);
  const overlaps = attributes.size.some((size, axis) => size > attributes.stride[axis]!);
  const sum = lowering.node(
    'ScatterElements',
    [zeros, flat(places!), flat(lowering.take(dy, layouts.channelsFirst))],
    { axis: 0, ...(overlaps && { reduction: 'add' }) },
  );
  return {
    name: lowering.reshape(sum, [batch, channels, height, width]),
    shape,
    layout: layouts.channelsFirst,
  };
};

function canTakeApart({ attributes, shape }: MaxPoolGradient): boolean {
  const { size, stride, padding } = attributes;
  return (
    size[0] * size[1] <= maxPlaces &&
    size.every((one, axis) => one === stride[axis] && shape[axis + 1]! % one === 0) &&
    padding.flat().every((amount) => amount === 0)
  );
}

function isBlocked(lowering: Lowering, { operands: [x], shape }: MaxPoolGradient): boolean {
  return (
    lowering.options.block !== null &&
    sameLayout(lowering.made(x!).layout, layouts.blocked) &&
    shape[3]! % lowering.block === 0
  );
}

/** Dy to the first place in the windows where x is the largest: of each place its share, by what x has there. */
function shareOut(
  lowering: Lowering,
  { places, largest, dy }: { readonly places: number; readonly largest: string; readonly dy: string },
  valuesAt: (place: number) => string,
): readonly string[] {
  const parts: string[] = [];
  let rest = dy;
  for (let place = 0; place < places - 1; place++) {
    const smaller = lowering.node(
      'HardSigmoid',
      [lowering.node('Sub', [largest, valuesAt(place)])],
      isPositive,
    );
    const left = lowering.node('Mul', [rest, smaller]);
    parts.push(lowering.node('Sub', [rest, left]));
    rest = left;
  }
  return [...parts, rest];
}

/** Windows as axes of their own, from which places are cut and into which shares are put together. */
function byPlaces(lowering: Lowering, { operands, attributes, shape }: MaxPoolGradient): Held {
  const { model } = lowering;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [down, across] = attributes.size;
  const [rows, columns] = [(batch * channels * height) / down, width / across];
  const [x, largest, dy] = operands.map((id, index) =>
    lowering.reshape(lowering.real(lowering.take(id, layouts.channelsFirst)), [
      rows,
      index === 0 ? down : 1,
      columns,
      index === 0 ? across : 1,
    ]),
  ) as [string, string, string];
  const parts = shareOut(lowering, { places: down * across, largest, dy }, (place) => {
    const at = [Math.floor(place / across), place % across];
    const end = at.map((index) => index + 1);
    return lowering.node('Slice', [x, model.ints(at), model.ints(end), model.ints([1, 3])]);
  });
  const lines = Array.from({ length: down }, (_, row) =>
    lowering.node('Concat', parts.slice(row * across, (row + 1) * across), { axis: 3 }),
  );
  return {
    name: lowering.reshape(lowering.node('Concat', lines, { axis: 1 }), channelsFirst(shape)),
    shape,
    layout: layouts.channelsFirst,
  };
}

/** In blocks a depthwise convolution tells what x has at a place. */
function byBlockedPlaces(lowering: Lowering, { operands, attributes, shape }: MaxPoolGradient): Held {
  const { model, block } = lowering;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [down, across] = attributes.size;
  const [rows, columns] = [height / down, width / across];
  const [count, places] = [channels / block, down * across];
  const sizes = [batch, channels, rows, columns];
  const map = lowering.reshape(lowering.take(operands[0]!, layouts.blocked), channelsFirst(shape));
  const [largest, dy] = [operands[1]!, operands[2]!].map((id) =>
    lowering.reshape(lowering.take(id, layouts.blocked), sizes),
  ) as [string, string];
  const parts = shareOut(lowering, { places, largest, dy }, (place) => {
    const pick = Float32Array.from({ length: channels * places }, (_, index) =>
      Number(Math.floor(index / block) % places === place),
    );
    return lowering.node(
      'Conv',
      [map, model.floats([channels, 1, down, across], pick)],
      { group: channels, kernel_shape: [down, across], strides: [down, across] },
      nchwc,
    );
  });
  const all = lowering.node('Concat', parts, { axis: 0 });
  const apart = [down, across, batch * count * rows, columns, block];
  const whole = memoryShape(shape, layouts.blocked, block);
  return {
    name: lowering.exchange(all, apart, [2, 0, 3, 1, 4], whole),
    shape,
    layout: layouts.blocked,
  };
}

/** The depthwise transposed convolution of each window's share with a kernel of ones. */
export const avg_pool_gradient: Rule<'avg_pool_gradient'> = (
  lowering,
  { operands: [dy], attributes, shape },
) => {
  const { size, stride, padding, operand } = attributes;
  const [, rows, columns] = lowering.value(dy!).shape as [number, number, number, number];
  const inside = ([0, 1] as const).map((axis) =>
    Array.from({ length: axis === 0 ? rows : columns }, (_, index) => {
      const begin = index * stride[axis] - padding[axis][0];
      return Math.min(begin + size[axis], operand[axis]) - Math.max(begin, 0);
    }),
  );
  const shares = inside[0]!.flatMap((down) => inside[1]!.map((across) => 1 / (down * across)));
  const { model } = lowering;
  const channels = shape[3]!;
  const shared = lowering.node('Mul', [
    lowering.take(dy!, layouts.channelsFirst),
    model.floats([1, 1, rows, columns], shares),
  ]);
  const ones = model.floats([channels, 1, ...size], new Float32Array(channels * size[0] * size[1]).fill(1));
  const name = lowering.node('ConvTranspose', [shared, ones], {
    ...windowAttributes(attributes),
    group: channels,
    output_padding: ([0, 1] as const).map(
      (axis) =>
        operand[axis] -
        ((axis === 0 ? rows : columns) - 1) * stride[axis] -
        size[axis] +
        padding[axis][0] +
        padding[axis][1],
    ),
  });
  return { name, shape, layout: layouts.channelsFirst };
};
