import { elements, type Shape, sameShape } from '../../../ir/shape.ts';
import type { PrimitiveName, ValueOf } from '../../../step/program.ts';
import { fits, isBlocked, type Layout, layouts, memoryShape, plainLayout, sameLayout } from '../layout.ts';
import { type Lowering, nchwc, plain, type Rule } from '../lowering.ts';
import type { Attribute } from '../node.ts';
import { isRow, isRowOfImages, type Tail } from '../tails.ts';

/** The layout of the largest operand of full rank; of equally large ones that of the blocked one, then of the first. */
export function commonLayout(lowering: Lowering, value: ValueOf<PrimitiveName>): Layout {
  const rank = value.shape.length;
  const candidates = value.operands
    .map((id) => ({ ...lowering.made(id), full: lowering.value(id).shape }))
    .filter(({ layout, shape }) => fits(value.shape, layout, lowering.block) && shape.length === rank)
    .toSorted(
      (a, b) =>
        elements(b.shape) - elements(a.shape) || Number(isBlocked(b.layout)) - Number(isBlocked(a.layout)),
    );
  return candidates[0]?.layout ?? plainLayout(rank);
}

/** Operands in a common layout, scalars as they are; repetitions are left to the operator. */
function operands(lowering: Lowering, value: ValueOf<PrimitiveName>, layout: Layout): readonly string[] {
  return value.operands.map((id) => {
    const held = lowering.made(id);
    if (held.shape.length === value.shape.length) return lowering.takeShort(id, layout);
    // A scalar goes with everything; in another layout it has nothing to move.
    return lowering.takeShort(id, plainLayout(held.shape.length));
  });
}

type Binary = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';
type Unary = 'negate' | 'exp' | 'log' | 'sqrt' | 'sigmoid' | 'softplus' | 'erf';

/** An operator that computes value by value and repeats axes of size 1 by itself. */
function valueByValue<P extends Binary | Unary>(op: string): Rule<P> {
  return (lowering, value) => {
    const layout = commonLayout(lowering, value as ValueOf<PrimitiveName>);
    const given = operands(lowering, value as ValueOf<PrimitiveName>, layout);
    // What repetitions are unwritten in all operands are so in the result.
    const shapes = value.operands.map((id) => lowering.made(id).shape).filter(({ length }) => length > 0);
    const shape = value.shape.map((_, axis) => Math.max(1, ...shapes.map((one) => one[axis]!)));
    if (!isList(value.shape)) return { name: meeting(lowering, op, given), shape, layout };
    // Rows meet as lists, so that there is one Reshape for each that comes from elsewhere.
    const lists = given.map((name, index) => {
      const held = lowering.made(value.operands[index]!).shape;
      return held.length === 0 ? name : lowering.reshape(name, [elements(held)]);
    });
    const name = lowering.node(op, lists);
    const sizes = memoryShape(shape, layout, lowering.block);
    return { name: lowering.sized(name, [elements(shape)], sizes), shape, layout };
  };
}

/** Tensors of the same sizes meet under them, whatever they are seen as; single numbers meet with all. */
function meeting(
  lowering: Lowering,
  op: string,
  given: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): string {
  const bare = given.map((name) => ({ seen: name, ...lowering.bare(name) }));
  const large = bare.filter(({ sizes }) => sizes?.length !== 0);
  const { sizes, seen } = large[0] ?? bare[0]!;
  if (sizes === undefined || large.some((one) => `${one.sizes}` !== `${sizes}`)) {
    return lowering.node(op, given, attributes);
  }
  // Along a last axis of size 1 a single number would be repeated value by value, at a hundredth of the speed.
  const met = large.length < bare.length && sizes.at(-1) === 1 ? [elements(sizes)] : sizes;
  const name = lowering.node(
    op,
    bare.map((one) => (one.sizes?.length === 0 ? one.name : lowering.reshape(one.name, met))),
    attributes,
  );
  return lowering.seen(name, met, seen);
}

/** Whether all values lie along one axis: in every layout one after the other. */
function isList(shape: Shape): boolean {
  return shape.length > 1 && shape.filter((size) => size > 1).length === 1;
}

/** A map and one number per channel, of all images or of each. */
interface PerChannel {
  readonly map: number;
  readonly row: number;
}

/** Which operand is a map in blocks, and which has one number per channel of it. */
function perChannel(lowering: Lowering, { operands: [x, y], shape }: ValueOf<Binary>): PerChannel | null {
  const isMap = (id: number) =>
    sameShape(lowering.made(id).shape, shape) && sameLayout(lowering.made(id).layout, layouts.blocked);
  if (shape.length !== 4 || shape[1]! * shape[2]! === 1 || !lowering.canBlock(shape, layouts.blocked))
    return null;
  const isRowAt = (id: number) => {
    const { shape: row } = lowering.value(id);
    return isRow(row, shape) || isRowOfImages(row, shape);
  };
  if (isMap(x!) && isRowAt(y!)) return { map: x!, row: y! };
  return isMap(y!) && isRowAt(x!) ? { map: y!, row: x! } : null;
}

/** One number per channel as `[1, 1, 1, channels]`, or per image and channel as `[batch, 1, 1, channels]`. */
interface Row {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * `scale · map + shift + other map`, one number of scale and shift per channel, or both per image and channel, on maps in
 * blocks: to the library a depthwise convolution of one tap, in one pass. Where images have numbers of their own it has the
 * channels of all of them.
 */
export function blockedAffine(
  lowering: Lowering,
  map: number,
  {
    scale,
    shift,
    tail,
    rectify = null,
    held,
    beside: [left, right] = [0, 0],
    stride = [1, 1],
  }: {
    readonly scale?: Row;
    readonly shift?: Row;
    /** A map that is added; only a sum of maps may follow. */
    readonly tail?: Tail | undefined;
    /** The slope of the ReLU that follows. */
    readonly rectify?: number | null;
    /** What values are held within; no ReLU follows then. */
    readonly held?: { readonly low: number; readonly high: number };
    /** Columns of zeros put beside the map; nothing can be added to it then. */
    readonly beside?: readonly [number, number];
    /** Leaves out all pixels but the first of every so many rows and columns. */
    readonly stride?: readonly [number, number];
  },
): ReturnType<Rule<'affine'>> {
  const layout = layouts.blocked;
  const from = lowering.value(map).shape as readonly [number, number, number, number];
  const [batch, height, width, channels] = from;
  const pixels = [Math.ceil(height / stride[0]), Math.ceil((left + width + right) / stride[1])] as const;
  const shape = [batch, ...pixels, channels];
  const rows = [scale, shift].filter((row) => row !== undefined);
  const together = rows.some((row) => row.shape[0]! > 1) ? batch : 1;
  const groups = together * channels;
  const asMaps = ([, high, wide]: Shape) => [batch / together, groups, high!, wide!];
  const numbers = ({ name, shape: [images] }: Row) => {
    if (images === together) return name;
    // One row of all images beside one of each.
    const all = [together, 1, 1, channels];
    const one = lowering.reshape(name, [1, 1, 1, channels]);
    return lowering.sized(lowering.node('Expand', [one, lowering.sizes(all)]), all, all);
  };
  const ones = () => lowering.model.floats([groups, 1, 1, 1], new Float32Array(groups).fill(1));
  const inputs = [
    lowering.reshape(lowering.take(map, layout), asMaps(from)),
    scale === undefined ? ones() : lowering.reshape(numbers(scale), [groups, 1, 1, 1]),
    shift === undefined ? '' : lowering.reshape(numbers(shift), [groups]),
    tail?.map === undefined ? '' : lowering.reshape(lowering.take(tail.map, layout), asMaps(shape)),
  ];
  const name = lowering.node(
    'Conv',
    trimmed(inputs),
    {
      group: groups,
      kernel_shape: [1, 1],
      ...(stride.some((step) => step > 1) && { strides: stride }),
      ...(left + right > 0 && { pads: [0, left, 0, right] }),
      ...(held === undefined
        ? activation(rectify)
        : { activation: 'Clip', activation_params: { floats: [held.low, held.high] } }),
    },
    nchwc,
  );
  const whole = memoryShape(shape, layout, lowering.block);
  return {
    name: lowering.sized(name, asMaps(shape), whole),
    shape,
    layout,
    ...(tail !== undefined && { includes: tail }),
  };
}

/** The attributes of an operator in blocks that ends with a ReLU of a slope, or without one. */
export function activation(slope: number | null): Readonly<Record<string, Attribute>> {
  if (slope === null) return {};
  if (slope === 0) return { activation: 'Relu' };
  return { activation: 'LeakyRelu', activation_params: { floats: [slope] } };
}

/** A ReLU of a slope by an operator of its own. */
export function rectified(lowering: Lowering, name: string, slope: number): string {
  if (slope === 0) return meeting(lowering, 'Relu', [name]);
  return meeting(lowering, 'LeakyRelu', [name], { alpha: { float: slope } });
}

/** Without the inputs at the end that are left out. */
export function trimmed(inputs: readonly string[]): readonly string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1);
}

const row = (lowering: Lowering, id: number): Row => ({
  name: lowering.take(id, plainLayout(4)),
  shape: lowering.value(id).shape,
});

export const add: Rule<'add'> = (lowering, value) => {
  const found = perChannel(lowering, value);
  return found === null
    ? valueByValue<'add'>('Add')(lowering, value)
    : blockedAffine(lowering, found.map, { shift: row(lowering, found.row) });
};

export const subtract: Rule<'subtract'> = (lowering, value) => {
  const found = perChannel(lowering, value);
  if (found === null || found.map !== value.operands[0])
    return valueByValue<'subtract'>('Sub')(lowering, value);
  return blockedAffine(lowering, found.map, { shift: minusRow(lowering, found.row) });
};

/** Minus one number per channel. */
export function minusRow(lowering: Lowering, id: number): Row {
  const { name, shape } = row(lowering, id);
  return { name: meeting(lowering, 'Neg', [name]), shape };
}

export const multiply: Rule<'multiply'> = (lowering, value, tail) => {
  const found = perChannel(lowering, value);
  if (found === null) return valueByValue<'multiply'>('Mul')(lowering, value);
  return blockedAffine(lowering, found.map, { scale: row(lowering, found.row), tail });
};

export const divide = valueByValue<'divide'>('Div');
export const maximum = valueByValue<'maximum'>('Max');
export const minimum = valueByValue<'minimum'>('Min');
export const negate = valueByValue<'negate'>('Neg');
export const exp = valueByValue<'exp'>('Exp');
export const log = valueByValue<'log'>('Log');
export const sqrt = valueByValue<'sqrt'>('Sqrt');
export const sigmoid = valueByValue<'sigmoid'>('Sigmoid');
export const softplus = valueByValue<'softplus'>('Softplus');

export const erf = valueByValue<'erf'>('Erf');

/** Nothing to do: gradients are made already. */
export const stop_gradient: Rule<'stop_gradient'> = (lowering, { operands: [x] }) => lowering.made(x!);

export const relu: Rule<'relu'> = (lowering, { operands: [x], attributes: { slope } }) => {
  const { name, shape, layout } = lowering.made(x!);
  return { name: rectified(lowering, name, slope), shape, layout };
};

/** HardSigmoid's `min(1, max(0, 3e38 · x))` is 1 for every positive normal number: one pass instead of a comparison and a cast. */
export const isPositive = { alpha: { float: 3e38 }, beta: { float: 0 } };

/** Held within `[below, 1]`, what is so many times as large is one of the two. */
export const positive: Rule<'positive'> = (
  lowering,
  { operands: [x], attributes: { below }, shape: whole },
) => {
  const { name, shape, layout } = lowering.made(x!);
  if (below === 0) return { name: meeting(lowering, 'HardSigmoid', [name], isPositive), shape, layout };
  const large = isPositive.alpha.float;
  if (sameLayout(layout, layouts.blocked) && sameShape(shape, whole) && isBlockedMap(lowering, whole)) {
    const factors = new Float32Array(whole[3]!).fill(large);
    const scale = { name: lowering.model.floats([whole[3]!, 1, 1, 1], factors), shape: [1, 1, 1, whole[3]!] };
    return blockedAffine(lowering, x!, { scale, held: { low: below, high: 1 } });
  }
  const bounds = [below, 1].map((bound) => lowering.model.floats([], [bound]));
  const grown = meeting(lowering, 'Mul', [name, lowering.model.floats([], [large])]);
  return { name: meeting(lowering, 'Clip', [grown, ...bounds]), shape, layout };
};

export const affine: Rule<'affine'> = (lowering, value, tail) => {
  const { attributes, shape } = value;
  const [x, scale, shift] = value.operands as [number, number, number];
  const { layout } = lowering.made(x);
  if (sameLayout(layout, layouts.blocked) && isBlockedMap(lowering, shape)) {
    return blockedAffine(lowering, x, {
      scale: row(lowering, scale),
      shift: row(lowering, shift),
      rectify: attributes.rectify,
      // A map would be added before the ReLU.
      tail: attributes.rectify === null ? tail : undefined,
    });
  }
  const scaled = lowering.node('Mul', [lowering.take(x, layout), lowering.takeShort(scale, layout)]);
  const shifted = lowering.node('Add', [scaled, lowering.takeShort(shift, layout)]);
  const { rectify } = attributes;
  return { name: rectify === null ? shifted : rectified(lowering, shifted, rectify), shape, layout };
};

/** Whether a map can lie in blocks and has channels to fill them. */
function isBlockedMap(lowering: Lowering, shape: Shape): boolean {
  return shape.length === 4 && shape[3]! > 1 && lowering.canBlock(shape, layouts.blocked);
}

/** Nothing is written: most readers repeat by themselves, the others ask for it. */
export const broadcast: Rule<'broadcast'> = (lowering, { operands: [x], shape }) => {
  const held = lowering.made(x!);
  if (held.shape.length === shape.length) return held;
  return plain(
    lowering.reshape(
      held.name,
      shape.map(() => 1),
    ),
    shape.map(() => 1),
  );
};

/** Softmax or its logarithm, along the last axis, which then has to lie together. */
function alongChannels<P extends 'softmax' | 'log_softmax'>(
  op: string,
  ofMap: (lowering: Lowering, map: string) => string,
): Rule<P> {
  return (lowering, { operands: [x], shape }) => {
    if (shape.length !== 4) {
      return plain(lowering.node(op, [lowering.take(x!, plainLayout(shape.length))], { axis: -1 }), shape);
    }
    const layout = layouts.channelsFirst;
    return { name: ofMap(lowering, lowering.take(x!, layout)), shape, layout };
  };
}

/** Of maps step by step: the library's operators take the few channels of every pixel by themselves, and slowly. */
function shiftedPowers(lowering: Lowering, map: string) {
  const channels = lowering.model.ints([1]);
  const largest = lowering.node('ReduceMax', [map, channels], { keepdims: 1 });
  const shifted = lowering.node('Sub', [map, largest]);
  const powers = lowering.node('Exp', [shifted]);
  return { shifted, powers, sum: lowering.node('ReduceSum', [powers, channels], { keepdims: 1 }) };
}

export const softmax = alongChannels<'softmax'>('Softmax', (lowering, map) => {
  const { powers, sum } = shiftedPowers(lowering, map);
  return lowering.node('Div', [powers, sum]);
});
export const log_softmax = alongChannels<'log_softmax'>('LogSoftmax', (lowering, map) => {
  const { shifted, sum } = shiftedPowers(lowering, map);
  return lowering.node('Sub', [shifted, lowering.node('Log', [sum])]);
});

/**
 * The sum of all values, which one that is not finite makes so, too; times 0 it is 0 or no number. A sum of finite values
 * above 3.4e38 counts as not finite.
 */
export const all_finite: Rule<'all_finite'> = (lowering, { operands: all }) => {
  const sums = all.map((id) =>
    lowering.reshape(lowering.node('ReduceSum', [lowering.made(id).name], { keepdims: 0 }), [1]),
  );
  const sum = lowering.node('ReduceSum', [lowering.node('Concat', sums, { axis: 0 })], { keepdims: 0 });
  const zero = lowering.model.floats([], [0]);
  const finite = lowering.node('Equal', [lowering.node('Mul', [sum, zero]), zero]);
  return plain(lowering.node('Cast', [finite], { to: 1 }), []);
};
