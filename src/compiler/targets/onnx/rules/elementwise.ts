import { elements } from '../../../ir/shape.ts';
import type { PrimitiveName, ValueOf } from '../../../step/program.ts';
import { fits, isBlocked, type Layout, layouts, memoryShape, plainLayout, sameLayout } from '../layout.ts';
import { type Lowering, plain, type Rule } from '../lowering.ts';

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
type Unary = 'negate' | 'exp' | 'log' | 'sqrt' | 'sigmoid' | 'relu';

/** An operator that computes value by value and repeats axes of size 1 by itself. */
function valueByValue<P extends Binary | Unary>(op: string): Rule<P> {
  return (lowering, value) => {
    const layout = commonLayout(lowering, value as ValueOf<PrimitiveName>);
    const given = operands(lowering, value as ValueOf<PrimitiveName>, layout);
    const name = lowering.node(op, given);
    // What repetitions are unwritten in all operands are so in the result.
    const shapes = value.operands.map((id) => lowering.made(id).shape).filter(({ length }) => length > 0);
    const shape = value.shape.map((_, axis) => Math.max(1, ...shapes.map((one) => one[axis]!)));
    return { name, shape, layout };
  };
}

export const add = valueByValue<'add'>('Add');
export const subtract = valueByValue<'subtract'>('Sub');
export const multiply = valueByValue<'multiply'>('Mul');
export const divide = valueByValue<'divide'>('Div');
export const maximum = valueByValue<'maximum'>('Max');
export const minimum = valueByValue<'minimum'>('Min');
export const negate = valueByValue<'negate'>('Neg');
export const exp = valueByValue<'exp'>('Exp');
export const log = valueByValue<'log'>('Log');
export const sqrt = valueByValue<'sqrt'>('Sqrt');
export const sigmoid = valueByValue<'sigmoid'>('Sigmoid');
export const relu = valueByValue<'relu'>('Relu');

/** `min(1, max(0, 3e38 · x))` is 1 for every positive normal number: one pass instead of a comparison and a cast. */
export const positive: Rule<'positive'> = (lowering, { operands: [x] }) => {
  const { name, shape, layout } = lowering.made(x!);
  return {
    name: lowering.node('HardSigmoid', [name], { alpha: { float: 3e38 }, beta: { float: 0 } }),
    shape,
    layout,
  };
};

export const clamp: Rule<'clamp'> = (lowering, { operands: [x], attributes: { low, high } }) => {
  const { name, shape, layout } = lowering.made(x!);
  const bounds = [low, high].map((bound) => lowering.model.floats([], [bound]));
  return { name: lowering.node('Clip', [name, ...bounds]), shape, layout };
};

export const within: Rule<'within'> = (lowering, { operands: [x], attributes: { low, high } }) => {
  const { name, shape, layout } = lowering.made(x!);
  const above = lowering.node('GreaterOrEqual', [name, lowering.model.floats([], [low])]);
  const below = lowering.node('LessOrEqual', [name, lowering.model.floats([], [high])]);
  const both = lowering.node('And', [above, below]);
  return { name: lowering.node('Cast', [both], { to: 1 }), shape, layout };
};

/** In blocks a depthwise convolution of one tap does all three in one pass. */
export const affine: Rule<'affine'> = (lowering, value) => {
  const { attributes, shape } = value;
  const [x, scale, shift] = value.operands as [number, number, number];
  const { layout } = lowering.made(x);
  if (sameLayout(layout, layouts.blocked) && lowering.canBlock(shape, layout) && shape[3]! > 1) {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const flat = (id: number, sizes: readonly number[]) =>
      lowering.reshape(lowering.take(id, plainLayout(4)), sizes);
    const name = lowering.node(
      'Conv',
      [
        lowering.reshape(lowering.take(x, layout), [batch, channels, height, width]),
        flat(scale, [channels, 1, 1, 1]),
        flat(shift, [channels]),
      ],
      { group: channels, kernel_shape: [1, 1], ...(attributes.rectify && { activation: 'Relu' }) },
      'com.microsoft.nchwc',
    );
    return { name: lowering.reshape(name, memoryShape(shape, layout, lowering.block)), shape, layout };
  }
  const scaled = lowering.node('Mul', [lowering.take(x, layout), lowering.takeShort(scale, layout)]);
  const shifted = lowering.node('Add', [scaled, lowering.takeShort(shift, layout)]);
  return { name: attributes.rectify ? lowering.node('Relu', [shifted]) : shifted, shape, layout };
};

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

export const softmax: Rule<'softmax'> = (lowering, { operands: [x], shape }) =>
  plain(lowering.node('Softmax', [lowering.take(x!, plainLayout(shape.length))], { axis: -1 }), shape);

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
