import { zeros } from '../../interpret/tensor.ts';
import { demand, type Primitive } from './entry.ts';

/** What one value of a resized axis reads: shares of places of the operand's axis, which sum to 1. */
export interface Samples {
  readonly places: readonly number[];
  readonly shares: readonly number[];
}

/**
 * The samples of an axis of `from` values resized to `to`; pixel centres lie at `(i + 0.5) / size`. As a matrix
 * `[to, from]` they are the linear map that `resize` applies to rows and to columns.
 */
export function resizeSamples(from: number, to: number, method: 'bilinear' | 'nearest'): readonly Samples[] {
  return Array.from({ length: to }, (_, index) => {
    const centre = ((index + 0.5) * from) / to;
    if (method === 'nearest') return { places: [Math.min(from - 1, Math.floor(centre))], shares: [1] };
    const exact = Math.min(from - 1, Math.max(0, centre - 0.5));
    const low = Math.floor(exact);
    const share = exact - low;
    return share === 0
      ? { places: [low], shares: [1] }
      : { places: [low, low + 1], shares: [1 - share, share] };
  });
}

export const resize: Primitive<'resize'> = {
  summary: 'The map sampled on another grid, between pixel centres (bilinear) or at the nearest one.',
  operands: 1,
  shape([x], { height, width }) {
    demand(x!.length === 4, () => `[${x}] is no map`);
    return [x![0]!, height, width, x![3]!];
  },
  evaluate([x], { method }, shape) {
    const y = zeros(shape);
    forEachSample(x!.shape, shape, method, (small, large, share) => {
      y.data[large]! += share * x!.data[small]!;
    });
    return y;
  },
  gradient: (b, { operands: [x], attributes: { method }, dy }) => [
    () => b.resizeGradient(dy, { height: b.shape(x!)[1]!, width: b.shape(x!)[2]!, method }),
  ],
};

export const resize_gradient: Primitive<'resize_gradient'> = {
  summary:
    'The transpose of `resize`: from `dy` to the gradient of the operand, a map of the given height and width.',
  operands: 1,
  shape([dy], { height, width }) {
    demand(dy!.length === 4, () => `[${dy}] is no map`);
    return [dy![0]!, height, width, dy![3]!];
  },
  evaluate([dy], { method }, shape) {
    const dx = zeros(shape);
    forEachSample(shape, dy!.shape, method, (small, large, share) => {
      dx.data[small]! += share * dy!.data[large]!;
    });
    return dx;
  },
  gradient: (b, { operands: [dy], attributes: { method }, dy: d }) => [
    () => b.resize(d, { height: b.shape(dy!)[1]!, width: b.shape(dy!)[2]!, method }),
  ],
};

/** Visits every pair of places of operand and result that a resize joins, with its share. */
function forEachSample(
  [batch, height, width, channels]: readonly number[],
  [, rows, columns]: readonly number[],
  method: 'bilinear' | 'nearest',
  visit: (operand: number, result: number, share: number) => void,
): void {
  const down = resizeSamples(height!, rows!, method);
  const across = resizeSamples(width!, columns!, method);
  for (let n = 0; n < batch!; n++) {
    for (const [i, row] of down.entries()) {
      for (const [j, column] of across.entries()) {
        const result = ((n * rows! + i) * columns! + j) * channels!;
        for (const [a, y] of row.places.entries()) {
          for (const [b, x] of column.places.entries()) {
            const operand = ((n * height! + y) * width! + x) * channels!;
            const share = row.shares[a]! * column.shares[b]!;
            for (let c = 0; c < channels!; c++) visit(operand + c, result + c, share);
          }
        }
      }
    }
  }
}
