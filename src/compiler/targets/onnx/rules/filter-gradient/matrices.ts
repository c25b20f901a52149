import type { Work } from '../../../../cost/work.ts';
import { elements } from '../../../../ir/shape.ts';
import type { PrimitiveAttributes } from '../../../../step/program.ts';
import { layouts, memoryShape, sameLayout } from '../../layout.ts';
import type { Form, Held, Lowering } from '../../lowering.ts';
import { blockedAffine } from '../elementwise.ts';
import { exchangedWork, type Gradient } from './sliding.ts';

/** Of a kernel of one tap that reads no border; of others none. */
export function matrixForms(lowering: Lowering, value: Gradient): readonly Form[] {
  if (!isMatrix(value)) return [];
  return [
    {
      name: 'a product of matrices',
      work: matrixWork(lowering, value),
      lower: () => byMatrices(lowering, value),
    },
  ];
}

/** Whether a kernel of one tap reads no border; with a stride it reads only some pixels. */
function isMatrix({ attributes: { kernel, padding, groups } }: Gradient): boolean {
  return groups === 1 && kernel.every((size) => size === 1) && padding.flat().every((amount) => amount === 0);
}

/** `[channels, pixels] · [results, pixels]ᵀ` */
function byMatrices(lowering: Lowering, { operands, attributes, shape }: Gradient): Held {
  const [x, dy] = operands as [number, number];
  const to = layouts.channelsOutside;
  const isUnit = attributes.stride.every((step) => step === 1);
  const maps = [
    isUnit ? lowering.take(x, to) : everyOther(lowering, x, dy, attributes.stride),
    lowering.take(dy, to),
  ];
  const pixels = lowering.value(dy).shape.slice(0, 3);
  const matrices = maps.map((map, index) => lowering.reshape(map, [shape[2 + index]!, elements(pixels)]));
  const [, , channels, results] = shape as [number, number, number, number];
  const name = lowering.node('Gemm', matrices, { transB: 1 });
  return {
    name: lowering.sized(name, [channels, results], [channels, results, 1, 1]),
    shape,
    layout: layouts.swappedFilter,
  };
}

/** The pixels of x that a kernel of one tap reads, batch and channels exchanged. */
function everyOther(
  lowering: Lowering,
  x: number,
  dy: number,
  stride: PrimitiveAttributes['conv2d_filter_gradient']['stride'],
): string {
  const [batch, , , channels] = lowering.value(x).shape as [number, number, number, number];
  const [, height, width] = lowering.value(dy).shape as [number, number, number, number];
  const shape = [batch, height, width, channels];
  if (sameLayout(lowering.made(x).layout, layouts.blocked))
    return lowering.convert(blockedAffine(lowering, x, { stride }), layouts.channelsOutside).name;
  const { model } = lowering;
  const map = lowering.take(x, layouts.channelsOutside);
  const ends = [(height - 1) * stride[0] + 1, (width - 1) * stride[1] + 1];
  const name = lowering.node('Slice', [
    map,
    ...[[0, 0], ends, [2, 3], stride].map((each) => model.ints(each)),
  ]);
  const sizes = memoryShape(shape, layouts.channelsOutside, lowering.block);
  return lowering.sized(name, sizes, sizes);
}

function matrixWork(lowering: Lowering, { operands, shape }: Gradient): readonly Work[] {
  const dy = elements(lowering.value(operands[1]!).shape);
  const multiplyAdds = dy * shape[2]!;
  const numbers = dy + multiplyAdds / shape[3]! + elements(shape);
  const work = { kind: 'matrix_product', multiplyAdds, numbers } as const;
  return [...operands.flatMap((id) => exchangedWork(lowering, id)), work];
}
