import type * as ast from '../../syntax/ast.ts';

/** A node with everything inside it, in the order written. */
export function* nodesIn(node: ast.Node): Generator<ast.Node> {
  yield node;
  for (const part of Object.values(node)) {
    if (Array.isArray(part)) {
      for (const item of part) if (isNode(item)) yield* nodesIn(item);
    } else if (isNode(part)) yield* nodesIn(part);
  }
}

/** The names that expressions inside a node refer to. */
export function referencesIn(node: ast.Node): ReadonlySet<string> {
  const names = new Set<string>();
  for (const part of nodesIn(node)) if (part.kind === 'reference') names.add(part.name.text);
  return names;
}

function isNode(part: unknown): part is ast.Node {
  return typeof part === 'object' && part !== null && 'kind' in part && 'span' in part;
}
