import type * as ast from '../ast.ts';

/** The stages of a chain of `|>`: the value first, then what is applied to it in turn. */
export function stages(node: ast.Expression): readonly ast.Expression[] {
  const out: ast.Expression[] = [];
  let at = node;
  for (; at.kind === 'pipe'; at = at.value) out.push(at.applied);
  return [at, ...out.toReversed()];
}

/** The operands of a chain of `+` and `-`. */
export function summands(node: ast.Expression): readonly ast.Expression[] {
  const out: ast.Expression[] = [];
  let at = node;
  for (; isSum(at); at = at.left) out.push(at.right);
  return [at, ...out.toReversed()];
}

/** The signs between the {@link summands}. */
export function signs(node: ast.Expression): readonly string[] {
  const out: string[] = [];
  for (let at = node; isSum(at); at = at.left) out.push(at.operator);
  return out.toReversed();
}

/** Whether a node is `+` or `-` between two others. */
export function isSum(node: ast.Expression): node is ast.Binary {
  return node.kind === 'binary' && (node.operator === '+' || node.operator === '-');
}
