import { zeros } from '../../interpret/tensor.ts';
import { effectiveKernel, elements, type Shape } from '../../ir/shape.ts';
import type { PrimitiveAttributes, Sliding } from '../program.ts';
import { demand, type Primitive } from './entry.ts';

/** `y[n, i, j, o] = Σ x[n, i·s + a·r − top, j·s + b·r − left, c] · k[a, b, c, o]` over the channels of o's group. */
export const conv2d: Primitive<'conv2d'> = {
  summary:
    'The convolution of a map with a kernel `[rows, columns, channels / groups, results]`; zeros outside the map.',
  operands: 2,
  shape([x, kernel], attributes) {
    checkKernel(x!, kernel!, attributes.groups);
    return [x![0]!, ...slid(x!, [kernel![0]!, kernel![1]!], attributes), kernel![3]!];
  },
  evaluate([x, kernel], attributes, shape) {
    const y = zeros(shape);
    forEachRow(x!.shape, kernel!.shape, shape, attributes, ({ image, result, tap, channels, results }) => {
      for (let c = 0; c < channels; c++) {
        const value = x!.data[image + c]!;
        const row = tap + c * kernel!.shape[3]!;
        for (let o = 0; o < results; o++) y.data[result + o]! += value * kernel!.data[row + o]!;
      }
    });
    return y;
  },
  gradient: (b, { operands: [x, kernel], attributes, dy }) => [
    () => b.convInputGradient(dy, kernel!, { ...attributes, size: mapSize(b.shape(x!)) }),
    () => b.convFilterGradient(x!, dy, { ...attributes, kernel: kernelSize(b.shape(kernel!)) }),
  ],
  multiplyAdds: ([, kernel], _, shape) => (elements(shape) * elements(kernel!)) / kernel![3]!,
};

/** From `dy` and the kernel of a convolution to the gradient of the map it read, of the given size; also the transposed convolution. */
export const conv2d_input_gradient: Primitive<'conv2d_input_gradient'> = {
  summary:
    'The transpose of `conv2d` in its map: spreads `dy` over the windows by the kernel, into a map of `size`.',
  operands: 2,
  shape([dy, kernel], attributes) {
    const x = [dy![0]!, ...attributes.size, kernel![2]! * attributes.groups];
    checkKernel(x, kernel!, attributes.groups);
    checkResult(dy!, x, kernel!, attributes);
    return x;
  },
  evaluate([dy, kernel], attributes, shape) {
    const dx = zeros(shape);
    forEachRow(shape, kernel!.shape, dy!.shape, attributes, ({ image, result, tap, channels, results }) => {
      for (let c = 0; c < channels; c++) {
        const row = tap + c * kernel!.shape[3]!;
        let sum = 0;
        for (let o = 0; o < results; o++) sum += dy!.data[result + o]! * kernel!.data[row + o]!;
        dx.data[image + c]! += sum;
      }
    });
    return dx;
  },
  gradient: (b, { operands: [dy, kernel], attributes: { size: _, ...sliding }, dy: d }) => [
    () => b.conv(d, kernel!, sliding),
    () => b.convFilterGradient(d, dy!, { ...sliding, kernel: kernelSize(b.shape(kernel!)) }),
  ],
  multiplyAdds: ([dy, kernel]) => (elements(dy!) * elements(kernel!)) / kernel![3]!,
};

/** From the map that a convolution read and `dy` to the gradient of its kernel. */
export const conv2d_filter_gradient: Primitive<'conv2d_filter_gradient'> = {
  summary:
    'The transpose of `conv2d` in its kernel: `dk[a, b, c, o] = Σ x · dy` over all windows of all images.',
  operands: 2,
  shape([x, dy], attributes) {
    const kernel = [...attributes.kernel, x![3]! / attributes.groups, dy![3]!];
    checkKernel(x!, kernel, attributes.groups);
    checkResult(dy!, x!, kernel, attributes);
    return kernel;
  },
  evaluate([x, dy], attributes, shape) {
    const dk = zeros(shape);
    forEachRow(x!.shape, shape, dy!.shape, attributes, ({ image, result, tap, channels, results }) => {
      for (let c = 0; c < channels; c++) {
        const value = x!.data[image + c]!;
        const row = tap + c * shape[3]!;
        for (let o = 0; o < results; o++) dk.data[row + o]! += value * dy!.data[result + o]!;
      }
    });
    return dk;
  },
  gradient: (b, { operands: [x, dy], attributes: { kernel: _, ...sliding }, dy: d }) => [
    () => b.convInputGradient(dy!, d, { ...sliding, size: mapSize(b.shape(x!)) }),
    () => b.conv(x!, d, sliding),
  ],
  multiplyAdds: ([, dy], { kernel }, shape) => elements(dy!) * kernel[0] * kernel[1] * shape[2]!,
};

/** Where one tap of one group meets one window: first values of the image's channels, the result's and the tap's row. */
interface Meeting {
  image: number;
  result: number;
  tap: number;
  /** Per group. */
  channels: number;
  results: number;
}

/** Visits every window, tap and group that meet inside the map. */
function forEachRow(
  [batch, height, width, allChannels]: Shape,
  [down, across, channels, allResults]: Shape,
  [, rows, columns]: Shape,
  { stride, rate, padding, groups }: Sliding,
  visit: (meeting: Meeting) => void,
): void {
  const results = allResults! / groups;
  const meeting: Meeting = { image: 0, result: 0, tap: 0, channels: channels!, results };
  for (let n = 0; n < batch!; n++) {
    for (let i = 0; i < rows!; i++) {
      for (let a = 0; a < down!; a++) {
        const y = i * stride[0] + a * rate[0] - padding[0][0];
        if (y < 0 || y >= height!) continue;
        for (let j = 0; j < columns!; j++) {
          for (let b = 0; b < across!; b++) {
            const x = j * stride[1] + b * rate[1] - padding[1][0];
            if (x < 0 || x >= width!) continue;
            for (let group = 0; group < groups; group++) {
              meeting.image = ((n * height! + y) * width! + x) * allChannels! + group * channels!;
              meeting.result = ((n * rows! + i) * columns! + j) * allResults! + group * results;
              meeting.tap = (a * across! + b) * channels! * allResults! + group * results;
              visit(meeting);
            }
          }
        }
      }
    }
  }
}

/** The height and width that a sliding kernel leaves. */
function slid(
  x: Shape,
  kernel: readonly [number, number],
  { stride, rate, padding }: Sliding,
): readonly [number, number] {
  const along = (axis: 0 | 1) => {
    const room =
      x[axis + 1]! + padding[axis][0] + padding[axis][1] - effectiveKernel(kernel[axis], rate[axis]);
    demand(room >= 0, () => `a kernel of ${kernel} at rate ${rate} does not fit [${x}]`);
    return Math.floor(room / stride[axis]) + 1;
  };
  return [along(0), along(1)];
}

function checkKernel(x: Shape, kernel: Shape, groups: number): void {
  demand(x.length === 4 && kernel.length === 4, () => `[${x}] by [${kernel}]: four axes each`);
  demand(x[3] === kernel[2]! * groups, () => `[${x}] by [${kernel}] in ${groups} groups`);
  demand(kernel[3]! % groups === 0, () => `${kernel[3]} results in ${groups} groups`);
}

function checkResult(dy: Shape, x: Shape, kernel: Shape, sliding: PrimitiveAttributes['conv2d']): void {
  const [rows, columns] = slid(x, kernelSize(kernel), sliding);
  demand(
    dy[0] === x[0] && dy[1] === rows && dy[2] === columns && dy[3] === kernel[3],
    () => `dy is [${dy}], the convolution gives [${[x[0], rows, columns, kernel[3]]}]`,
  );
}

function mapSize(x: Shape): readonly [number, number] {
  return [x[1]!, x[2]!];
}

function kernelSize(kernel: Shape): readonly [number, number] {
  return [kernel[0]!, kernel[1]!];
}
