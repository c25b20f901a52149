import type { Work } from '../../../cost/work.ts';
import { elements } from '../../../ir/shape.ts';
import type { Value } from '../../../step/program.ts';
import { layouts } from '../layout.ts';
import type { Lowering, Rule } from '../lowering.ts';
import { readByTaps } from '../work.ts';
import {
  blockedConv,
  blocks,
  type Convolved,
  filterSizes,
  kernelLayout,
  rowOf,
  slidingAttributes,
} from './convolution.ts';
import { rectified, trimmed } from './elementwise.ts';
import { type Convolution, filledForm, outOfBlocks } from './filled.ts';

export const conv2d: Rule<'conv2d'> = (lowering, value, tail) => {
  const { operands, attributes, shape } = value;
  const [x, kernel] = operands as [number, number];
  const from = lowering.value(x).shape;
  const size = lowering.value(kernel).shape;
  const layout = kernelLayout(lowering, from, size, attributes.groups);
  const settings = slidingAttributes(attributes, [size[0]!, size[1]!]);
  const filter = () => lowering.take(kernel, layout);
  if (layout === layouts.filter) {
    const call = { x, size: filterSizes(size), shape, sliding: attributes, tail, filter };
    if (attributes.groups === 1) return eitherWay(lowering, value, call);
    return byStandardOperator(lowering, call);
  }
  const map = blocks(lowering, from[3]!) ? layouts.blocked : layouts.channelsFirst;
  return blockedConv(lowering, {
    x: lowering.take(x, map),
    from,
    filter: filter(),
    size: filterSizes(size),
    shape,
    settings,
    tail,
  });
};

/** A convolution of channels that do not fill blocks: by zeros that do, or by the standard operator. */
export function eitherWay(
  lowering: Lowering,
  value: Pick<Value, 'op' | 'origin'>,
  call: Convolution,
): Convolved {
  const inBlocks = filledForm(lowering, call);
  if (inBlocks === null) return byStandardOperator(lowering, call);
  const standard = {
    name: 'the standard operator',
    work: standardWork(lowering, call),
    lower: () => byStandardOperator(lowering, call),
  };
  return lowering.choose(value, [standard, inBlocks])();
}

function byStandardOperator(
  lowering: Lowering,
  { x, size, shape, sliding, tail, filter }: Convolution,
): Convolved {
  const inputs = [lowering.take(x, layouts.channelsFirst), filter()];
  // The standard operator adds a row, and nothing else.
  const includes = tail?.map === undefined ? tail : undefined;
  const settings = slidingAttributes(sliding, [size[2]!, size[3]!]);
  const sum = lowering.node('Conv', trimmed([...inputs, rowOf(lowering, includes)]), settings);
  const name = includes?.rectify == null ? sum : rectified(lowering, sum, includes.rectify);
  return { name, shape, layout: layouts.channelsFirst, ...(includes && { includes }) };
}

function standardWork(lowering: Lowering, { x, size, shape }: Convolution): readonly Work[] {
  const [results, channels, rows, columns] = size as readonly [number, number, number, number];
  const made = elements(shape);
  const taps = rows * columns;
  const numbers = readByTaps(elements(lowering.value(x).shape), made / results, channels, taps);
  return [
    ...outOfBlocks(lowering, x),
    {
      kind: 'standard_convolution',
      multiplyAdds: made * channels * taps,
      numbers: numbers + made + elements(size),
    },
  ];
}
