import { sameShape } from '../../ir/shape.ts';
import type { StepProgram } from '../program.ts';
import { copyValue, readerCounts, rewriteValues } from './rewrite.ts';

/** `reduce_sum(x · y)` becomes one `product_sum` where nothing else reads the product. */
export function fuseReductions(program: StepProgram): StepProgram {
  const readers = readerCounts(program);
  return rewriteValues(program, (b, value, operands) => {
    if (value.op !== 'reduce_sum' || readers[value.operands[0]!] !== 1) return copyValue(b, value, operands);
    const product = b.values[operands[0]!]!;
    if (product.op !== 'multiply') return copyValue(b, value, operands);
    const [x, y] = product.operands as [number, number];
    if (!sameShape(b.shape(x), b.shape(y))) return copyValue(b, value, operands);
    return b.productSum(x, y, value.attributes.axes);
  });
}
