import type * as ast from '../ast.ts';
import { signs, stages, summands } from './chains.ts';
import type { Attached } from './comments.ts';
import { type Doc, flat, group, indent, line } from './doc.ts';
import { bracketed, framed } from './placement.ts';

/** A chain that breaks before each of its links. */
export interface Chain {
  readonly head: Doc;
  readonly links: readonly Doc[];
}

/** An expression as a chain of `|>`, or of `+` and `-`; other expressions are a head without links. */
export function chainOf(node: ast.Expression, comments: Attached): Chain {
  const signed: readonly (readonly [string, ast.Expression])[] =
    node.kind === 'pipe'
      ? stages(node).map((stage) => ['|>', stage] as const)
      : summands(node).map((operand, index) => [signs(node)[index - 1] ?? '', operand] as const);
  const [[, first], ...rest] = signed as [readonly [string, ast.Expression], ...typeof signed];
  if (rest.length === 0) return { head: simple(first, comments), links: [] };
  return {
    head: framed(first, expression(first, comments), comments),
    links: rest.map(([sign, link]) => framed(link, [sign, ' ', expression(link, comments)], comments)),
  };
}

/** An expression that breaks where it must. */
export function expression(node: ast.Expression, comments: Attached): Doc {
  const { head, links } = chainOf(node, comments);
  return links.length === 0 ? head : group([head, indent(links.map((link) => [line, link]))]);
}

/** An expression on one line; comments are never attached inside one. */
function inline(node: ast.Expression, comments: Attached): string {
  return flat(expression(node, comments));
}

/** An expression that is no chain. */
function simple(node: ast.Expression, comments: Attached): Doc {
  const part = (inner: ast.Expression) => expression(inner, comments);
  switch (node.kind) {
    case 'number':
      return number(node);
    case 'string':
      return string(node);
    case 'boolean':
      return String(node.value);
    case 'reference':
      return node.name.text;
    case 'list':
      return bracketed(
        node,
        node.items.map((item) => [item, part(item)]),
        { open: '[', close: ']' },
        comments,
      );
    case 'tuple':
      if (node.items.length === 1) return ['(', part(node.items[0]!), ')'];
      return bracketed(
        node,
        node.items.map((item) => [item, part(item)]),
        { open: '(', close: ')' },
        comments,
      );
    case 'range': {
      const step = node.step === undefined ? '' : [' step ', part(node.step)];
      return [part(node.low), ' .. ', part(node.high), step];
    }
    case 'repeat':
      return repeat(node, comments);
    case 'binary':
      return [part(node.left), ` ${node.operator} `, part(node.right)];
    case 'spread':
      return ['...', part(node.value)];
    case 'negation':
      return ['-', part(node.value)];
    case 'member':
      return [part(node.of), '.', node.name.text];
    case 'index':
      return [part(node.of), '[', inline(node.at, comments), ']'];
    case 'call':
      return [part(node.callee), args(node, comments)];
    case 'pipe':
    case 'hole':
      return '';
    default:
      return node satisfies never;
  }
}

/** Arguments in parentheses. */
export function args(node: ast.Call | ast.Annotation, comments: Attached): Doc {
  const items = node.arguments.map((item): [ast.Node, Doc] => {
    const value = expression(item.value, comments);
    if (item.form === 'spread') return [item, ['...', value]];
    return [item, item.name === undefined ? value : [item.name.text, ' = ', value]];
  });
  return bracketed(node, items, { open: '(', close: ')' }, comments);
}

function repeat(node: ast.Repeat, comments: Attached): Doc {
  const [first = '', ...rest] = node.body.map((item, index) => {
    const doc = expression(item, comments);
    return framed(item, index === 0 ? doc : ['|> ', doc], comments);
  });
  const head = [node.mode, ' ', variables(node), ' in ', expression(node.over, comments)];
  const last = comments.closing(node).map(({ text }): Doc => [line, text]);
  const forced = last.length > 0;
  const body = indent([line, first, indent(rest.map((link) => [line, link])), last]);
  return [head, ' ', group(['{', body, line, '}'], forced)];
}

function variables({ variables: [first, ...rest] }: ast.Repeat): string {
  if (rest.length === 0) return first?.text ?? '';
  return `(${[first!, ...rest].map(({ text }) => text).join(', ')})`;
}

/** A shape on one line. */
export function shape(node: ast.ShapeExpression, comments: Attached): string {
  return `[${node.axes.map((axis) => inline(axis, comments)).join(', ')}]`;
}

/** A number with its unit; those of memory stand apart. */
export function number({ text, unit }: ast.NumberLiteral): string {
  return `${text}${unit === 'GB' || unit === 'MB' ? ' ' : ''}${unit ?? ''}`;
}

/** A string in quotes. */
export function string({ value }: ast.StringLiteral): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}
