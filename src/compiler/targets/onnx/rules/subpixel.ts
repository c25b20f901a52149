import type { Shape } from '../../../ir/shape.ts';
import type { PrimitiveAttributes, ValueOf } from '../../../step/program.ts';
import { layouts, memoryShape } from '../layout.ts';
import { type Held, type Lowering, nchwc } from '../lowering.ts';
import { isRowOfBlock, rowsApart } from './rearrangement.ts';

/** Along one axis: dx at `stride · t + phase − padding` reads dy at t, t − 1, … by the taps `phase, phase + stride, …`. */
interface Axis {
  /** Taps of every phase. */
  readonly taps: number;
  /** The first t that is wanted, and how many. */
  readonly first: number;
  readonly count: number;
  readonly padding: readonly [number, number];
  /** Values before the first that is wanted. */
  readonly skip: number;
}

function axisOf(
  { stride, padding, size }: PrimitiveAttributes['conv2d_input_gradient'],
  kernel: Shape,
  dy: Shape,
  axis: 0 | 1,
): Axis {
  const step = stride[axis];
  const taps = Math.ceil(kernel[axis]! / step);
  const before = padding[axis][0];
  const first = Math.floor(before / step);
  const count = Math.floor((size[axis] - 1 + before) / step) - first + 1;
  const begin = taps - 1 - first;
  return {
    taps,
    first,
    count,
    padding: [begin, count - dy[axis + 1]! - begin + taps - 1],
    skip: before - step * first,
  };
}

/** Whether the gradient can be computed phase by phase: equal strides above 1, rate 1, one group. */
export function canSplit(
  attributes: PrimitiveAttributes['conv2d_input_gradient'],
  kernel: Shape,
  dy: Shape,
): boolean {
  const { stride, rate, groups } = attributes;
  if (groups !== 1 || stride[0] !== stride[1] || stride[0] === 1 || rate[0] !== 1 || rate[1] !== 1)
    return false;
  return ([0, 1] as const).every((axis) =>
    axisOf(attributes, kernel, dy, axis).padding.every((amount) => amount >= 0),
  );
}

/** One convolution of dy by a kernel of a stride-th of the taps to `stride²` times the channels, then depth to space. */
export function splitInputGradient(lowering: Lowering, value: ValueOf<'conv2d_input_gradient'>): Held {
  const { operands, attributes, shape } = value;
  const [dy, kernel] = operands as [number, number];
  const { shape: result } = lowering.value(dy);
  const extent = lowering.value(kernel).shape as readonly [number, number, number, number];
  const [rows, columns, channels, results] = extent;
  const [step] = attributes.stride;
  const [down, across] = ([0, 1] as const).map((axis) => axisOf(attributes, extent, result, axis)) as [
    Axis,
    Axis,
  ];
  const { block, model } = lowering;
  const blocked = lowering.options.block !== null && channels % block === 0 && results % block === 0;
  const unit = blocked ? block : 1;
  const [inside, outside] = [channels / unit, results / unit];
  // [channels, results, rows, columns, (results in block, channels in block)], padded to whole phases.
  const swapped = lowering.take(kernel, blocked ? layouts.blockedSwappedFilter : layouts.swappedFilter);
  const [high, wide] = [down.taps * step, across.taps * step];
  const more = [0, 0, high - rows, wide - columns, ...(blocked ? [0, 0] : [])];
  const whole =
    high === rows && wide === columns
      ? swapped
      : lowering.node('Pad', [swapped, model.ints([...more.map(() => 0), ...more]), model.floats([], [0])]);
  const tail = unit * unit;
  const cut = [inside, outside, down.taps, step, across.taps, step, tail];
  const apart = [step, step, inside, outside, down.taps, across.taps, tail];
  const phases = lowering.exchange(whole, cut, [3, 5, 0, 1, 2, 4, 6], apart);
  const axes = model.ints([4, 5]);
  const [last, end, back] = [-1, -(2 ** 31), -1].map((one) => model.ints([one, one]));
  const turned = lowering.node('Slice', [phases, last!, end!, axes, back!]);
  const size = [step * step * channels, results, down.taps, across.taps];
  // The channels of a square's row fill one block, where those of a pixel do not.
  const inRows = !blocked && isRowOfBlock(lowering, step, channels) && results % block === 0;
  const inBlocks = blocked || inRows;
  const cutFilter = [step, block, results / block, block, down.taps * across.taps];
  const filter = inRows
    ? lowering.exchange(turned, cutFilter, [0, 2, 4, 3, 1], size)
    : lowering.reshape(turned, size);
  const pads = [down.padding[0], across.padding[0], down.padding[1], across.padding[1]];
  const map = lowering.take(dy, inBlocks ? layouts.blocked : layouts.channelsFirst);
  const spread = lowering.node(
    'Conv',
    [lowering.reshape(map, [result[0]!, results, result[1]!, result[2]!]), filter],
    { kernel_shape: [down.taps, across.taps], pads },
    inBlocks ? nchwc : '',
  );
  const full = [shape[0]!, down.count * step, across.count * step, channels];
  const held = inRows ? rowsApart(lowering, spread, full, step) : squaresApart();
  const { name, layout } = held;
  const [height, width] = attributes.size;
  if (full[1] === height && full[2] === width) return { name, shape, layout };
  // More than the size where it is no multiple of the stride; less never.
  const begin = [down.skip, across.skip];
  const axesOfPixels = inRows ? [1, 2] : [2, 3];
  const ends = [begin[0]! + height, begin[1]! + width];
  const bounds = [begin, ends, axesOfPixels].map((each) => model.ints(each));
  return { name: lowering.node('Slice', [name, ...bounds]), shape, layout };

  function squaresApart(): Held {
    const squares = [shape[0]!, step, step, inside, down.count, across.count, unit];
    const layout = blocked ? layouts.blocked : layouts.channelsFirst;
    const joined = memoryShape(full, layout, block);
    return {
      name: lowering.exchange(spread, squares, [0, 3, 4, 1, 5, 2, 6], joined),
      shape: full,
      layout,
    };
  }
}
