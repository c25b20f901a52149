import { elements, type Shape } from '../../../ir/shape.ts';
import { type Layout, layouts, memoryShape, plainLayout, sameLayout } from '../layout.ts';
import { type Held, type Lowering, plain, type Rule } from '../lowering.ts';
import { isRow, isRowOfImages } from '../tails.ts';
import { blockedAffine, minusRow } from './elementwise.ts';

/**
 * The sum over axes, which stay as axes of one value. Axes that lie next to each other are summed at once, the longest
 * run first: ONNX Runtime is fast for those, and slow for axes with others in between.
 */
function sumOver(lowering: Lowering, held: Held, axes: readonly number[]): Held {
  const runs: number[][] = [];
  for (const [place, { axis }] of held.layout.entries()) {
    if (!axes.includes(axis)) continue;
    const last = runs.at(-1);
    if (last?.at(-1) === place - 1) last.push(place);
    else runs.push([place]);
  }
  const sizes = memoryShape(held.shape, held.layout, lowering.block);
  const length = (run: readonly number[]) => run.reduce((product, place) => product * sizes[place]!, 1);
  let { name } = held;
  const left = [...sizes];
  for (const run of runs.toSorted((a, b) => length(b) - length(a))) {
    if (length(run) === 1) continue;
    for (const place of run) left[place] = 1;
    const sum = lowering.node('ReduceSum', [name, lowering.model.ints(run)], { keepdims: 1 });
    name = lowering.sized(sum, [...left], [...left]);
  }
  return { name, shape: reduced(held.shape, axes), layout: held.layout };
}

function reduced(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** The value itself, repetitions along the axes written out, in the layout it was made in. */
function whole(lowering: Lowering, id: number): Held {
  const { layout } = lowering.made(id);
  return { name: lowering.take(id, layout), shape: lowering.value(id).shape, layout };
}

/** A result times a number. */
function scaled(lowering: Lowering, held: Held, factor: number): Held {
  const { name, sizes } = lowering.bare(held.name);
  const product = lowering.node('Mul', [name, lowering.model.floats([], [factor])]);
  return { ...held, name: sizes === undefined ? product : lowering.seen(product, sizes, held.name) };
}

export const reduce_sum: Rule<'reduce_sum'> = (lowering, { operands: [x], attributes: { axes } }) =>
  sumOver(lowering, whole(lowering, x!), axes);

export const reduce_mean: Rule<'reduce_mean'> = (
  lowering,
  { operands: [x], attributes: { axes }, shape },
) => {
  const held = whole(lowering, x!);
  return scaled(lowering, sumOver(lowering, held, axes), elements(shape) / elements(held.shape));
};

/**
 * The sum of products over the images and pixels of blocked maps is a depthwise convolution of one by the other, every
 * image's channel a group of its own: one pass, nothing written.
 */
function productSum(
  lowering: Lowering,
  shape: Shape,
  layout: Layout,
  names: readonly [string, string],
  axes: readonly number[],
): Held {
  const overPixels = `${axes.toSorted()}` === '0,1,2' || `${axes.toSorted()}` === '1,2';
  if (sameLayout(layout, layouts.blocked) && overPixels && shape[3]! > 1 && lowering.options.block !== null) {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const groups = batch * channels;
    const name = lowering.node(
      'Conv',
      [
        lowering.reshape(names[0], [1, groups, height, width]),
        lowering.reshape(names[1], [groups, 1, height, width]),
      ],
      { group: groups, kernel_shape: [height, width] },
      'com.microsoft.nchwc',
    );
    const sums = [batch, 1, 1, channels];
    const held = {
      name: lowering.sized(name, [1, groups, 1, 1], memoryShape(sums, layout, lowering.block)),
      shape: sums,
      layout,
    };
    return axes.includes(0) ? sumOver(lowering, held, [0]) : held;
  }
  return sumOver(lowering, { name: lowering.node('Mul', names), shape, layout }, axes);
}

export const product_sum: Rule<'product_sum'> = (lowering, { operands: [x, y], attributes: { axes } }) => {
  const one = whole(lowering, x!);
  const blocked = [x!, y!].find((id) => sameLayout(lowering.made(id).layout, layouts.blocked));
  const layout = blocked === undefined ? one.layout : lowering.made(blocked).layout;
  return productSum(
    lowering,
    one.shape,
    layout,
    [lowering.take(x!, layout), lowering.take(y!, layout)],
    axes,
  );
};

export const variance: Rule<'variance'> = (
  lowering,
  { operands: [x, mean], attributes: { axes }, shape },
) => {
  const held = whole(lowering, x!);
  const deviation = deviationOf(lowering, x!, mean!, held);
  const squares = productSum(lowering, held.shape, held.layout, [deviation, deviation], axes);
  return scaled(lowering, squares, elements(shape) / elements(held.shape));
};

/** `x − mean` */
function deviationOf(lowering: Lowering, x: number, mean: number, { name, shape, layout }: Held): string {
  const { shape: row } = lowering.value(mean);
  const perChannel = isRow(row, shape) || isRowOfImages(row, shape);
  if (perChannel && sameLayout(layout, layouts.blocked) && shape[1]! * shape[2]! > 1)
    return blockedAffine(lowering, x, { shift: minusRow(lowering, mean) }).name;
  return lowering.node('Sub', [name, lowering.takeShort(mean, layout)]);
}

export const matmul: Rule<'matmul'> = (
  lowering,
  { operands: [left, right], attributes: { transpose }, shape },
) => {
  const given = [left!, right!].map((id) => lowering.take(id, plainLayout(shape.length)));
  if (shape.length === 2) {
    const turned = { transA: Number(transpose[0]), transB: Number(transpose[1]) };
    return plain(lowering.node('Gemm', given, turned), shape);
  }
  const last = shape.length - 1;
  const order = shape.map((_, axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis));
  const matrices = given.map((name, side) =>
    transpose[side as 0 | 1] ? lowering.node('Transpose', [name], { perm: order }) : name,
  );
  return plain(lowering.node('MatMul', matrices), shape);
};
