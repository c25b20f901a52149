import type * as ast from '../../../syntax/ast.ts';
import type { Reading } from '../table.ts';

/** Reports what stands where a weighted sum of losses of heads is wanted. */
export function reportForm({ span }: ast.Expression, what: string, { reporter }: Reading): void {
  reporter.report('lossForm', {
    at: span,
    arguments: { what },
    notes: ['such as `0.9 * jaccard(segmentation) + 0.1 * bce(diagnosis)`'],
  });
}
