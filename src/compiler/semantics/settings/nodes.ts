import type * as ast from '../../syntax/ast.ts';
import type { Value } from '../values/values.ts';
import { type Reading, unknownName } from './table.ts';
import type { Entry, SettingNode } from './tree.ts';

/** Whether a node has a value and nothing set inside it; reports what is. */
export function leaf(node: SettingNode, reading: Reading): node is SettingNode & { entry: Entry } {
  for (const child of node.children.values()) {
    unknownName(child, what(node), [], reading);
    return false;
  }
  return node.entry !== undefined;
}

/** The value of a node, or undefined when there is a mistake in it. */
export function evaluated(node: SettingNode, reading: Reading): Value | undefined {
  if (!leaf(node, reading)) return undefined;
  const value = reading.evaluation(node.entry.home).evaluate(node.entry.value);
  return value.kind === 'poison' ? undefined : value;
}

/** What wants the value, for messages. */
export function what(node: SettingNode): string {
  return `\`${node.name?.text ?? 'this'}\``;
}

/** A node for a value inside another's. */
export function valueNode(
  node: SettingNode,
  value: ast.Expression,
  entry: Entry,
  name = node.name,
): SettingNode {
  return { name, entry: { ...entry, value, span: value.span }, children: new Map() };
}

/** An expression in words that has no value here. */
export function describeExpression(expression: ast.Expression): string {
  switch (expression.kind) {
    case 'number':
      return `\`${expression.text}${expression.unit ?? ''}\``;
    case 'string':
      return `\`"${expression.value}"\``;
    case 'boolean':
      return `\`${expression.value}\``;
    case 'reference':
      return `\`${expression.name.text}\``;
    case 'list':
      return 'a list';
    case 'range':
      return 'a range';
    case 'call':
      return 'a call';
    default:
      return 'an expression';
  }
}
