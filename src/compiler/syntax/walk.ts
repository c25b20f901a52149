import { contains } from '../source/span.ts';
import type { Node } from './ast.ts';

/** The nodes directly inside a node, in the order of the text. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'file':
      return inOrder([node.edition, ...node.imports, ...node.declarations]);
    case 'import':
      return [...node.names, node.from];
    case 'annotation':
      return [node.name, ...node.arguments];
    case 'block':
    case 'network':
      return [...node.annotations, node.name, ...node.parameters, node.body];
    case 'loss':
      return [...node.annotations, node.name, ...node.parameters, node.headKind, node.body];
    case 'dataset':
    case 'experiment':
      return [...node.annotations, node.name, ...node.parameters, node.settings];
    case 'variant':
    case 'sweep':
    case 'compare':
      return [...node.annotations, node.name, node.of, node.body];
    case 'parameter':
      return present([...node.annotations, node.name, node.type, node.bounds, node.initial]);
    case 'type': {
      const base = node.base.kind === 'named' ? [node.base.name] : node.base.options;
      return present([...base, node.list?.length]);
    }
    case 'graph':
      return node.statements;
    case 'input':
      return [...node.annotations, node.name, node.shape];
    case 'let':
      return present([...node.annotations, node.name, node.shape, node.value]);
    case 'layer':
      return [...node.annotations, node.name, node.value];
    case 'stage':
      return [...node.annotations, node.name, node.body];
    case 'head':
      return [...node.annotations, node.name, node.headKind, node.value];
    case 'output':
      return present([...node.annotations, node.name, node.value, node.shape]);
    case 'shape':
      return node.axes;
    case 'settings':
      return node.entries;
    case 'setting':
      return [...node.annotations, node.path, node.value];
    case 'path':
      return node.names;
    case 'derived':
      return node.items;
    case 'axis':
      return [...node.annotations, ...node.paths, node.values];
    case 'report':
      return present([...node.annotations, ...node.paths, node.by]);
    case 'list':
    case 'tuple':
      return node.items;
    case 'range':
      return present([node.low, node.high, node.step]);
    case 'pipe':
      return [node.value, node.applied];
    case 'repeat':
      return [...node.variables, node.over, ...node.body];
    case 'binary':
      return [node.left, node.right];
    case 'negation':
    case 'spread':
      return [node.value];
    case 'member':
      return [node.of, node.name];
    case 'index':
      return [node.of, node.at];
    case 'call':
      return [node.callee, ...node.arguments];
    case 'argument':
      return present([node.name, node.value]);
    case 'reference':
      return [node.name];
    case 'name':
    case 'number':
    case 'string':
    case 'boolean':
    case 'hole':
      return [];
    default:
      return node satisfies never;
  }
}

/** A node and all nodes inside it, outer ones first, in the order of the text. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of children(node)) yield* walk(child);
}

/** The innermost node at an offset, or undefined when the offset lies outside. */
export function nodeAt(node: Node, offset: number): Node | undefined {
  if (!contains(node.span, offset)) return undefined;
  const inner = children(node).find((child) => contains(child.span, offset));
  return inner === undefined ? node : nodeAt(inner, offset);
}

function present(nodes: readonly (Node | undefined)[]): readonly Node[] {
  return nodes.filter((node) => node !== undefined);
}

// An import that comes too late stands among the declarations.
function inOrder(nodes: readonly (Node | undefined)[]): readonly Node[] {
  return present(nodes).toSorted((a, b) => a.span.start - b.span.start);
}
