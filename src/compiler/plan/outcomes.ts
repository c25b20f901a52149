import { labelSpace } from './attributes.ts';
import type { DataPlan, HeadPlan } from './run-plan.ts';

/** The answers that a label head can give: a single sigmoid knows the positive class and all others. */
export function outcomes(
  head: HeadPlan,
  data: DataPlan,
): { readonly names: readonly string[]; readonly positive: number } {
  const { classes, positive } = labelSpace(head, data);
  const names = classes.map(({ name }) => name);
  if (head.encoding !== 'binary')
    return { names, positive: positive === null ? -1 : names.indexOf(positive) };
  const others = names.filter((name) => name !== positive);
  return { names: [positive ?? '', others.join(' or ')], positive: 0 };
}
