import type * as cst from '../../../grammar/cst.ts';
import { type Token, TypographicallyQuoted, Unterminated, units } from '../../../grammar/tokens.ts';
import type { Span } from '../source/span.ts';
import type * as ast from './ast.ts';
import {
  all,
  children,
  first,
  hole,
  name,
  nameless,
  reach,
  real,
  type Surroundings,
  spanOf,
  spanOfToken,
} from './concrete.ts';

export function expression(
  node: cst.ExpressionCstNode | undefined,
  within: Span,
  around: Surroundings,
): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  const low = pipe(first(parts.pipe), span, around);
  if (parts.To === undefined) return low;
  const step = first(parts.step);
  return {
    kind: 'range',
    low,
    high: pipe(first(parts.high), span, around),
    step: step && pipe(step, span, around),
    span,
  };
}

function pipe(node: cst.PipeCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  const value = relation(first(parts.relation), span, around);
  return chain(value, parts.applied, around, (left, item) => {
    const right = applied(item, span, around);
    return { kind: 'pipe', value: left, applied: right, span: reach(left.span, right.span) };
  });
}

function applied(node: cst.AppliedCstNode, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const repeated = first(parts.repeat);
  return repeated === undefined
    ? postfix(first(parts.postfix), within, around)
    : repeat(repeated, within, around);
}

function repeat(node: cst.RepeatCstNode, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  return {
    kind: 'repeat',
    mode: parts.Parallel === undefined ? 'serial' : 'parallel',
    variables: variables(first(parts.variables), span, around),
    over: expression(first(parts.expression), span, around),
    body: all(parts.postfix, (item) => postfix(item, span, around)),
    span,
  };
}

function variables(
  node: cst.VariablesCstNode | undefined,
  within: Span,
  around: Surroundings,
): readonly ast.Name[] {
  const names = all(children(node).Identifier, (token) => name(token, around));
  return names.length === 0 ? [nameless(within)] : names;
}

function relation(node: cst.RelationCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  return operations(parts.sum, parts.operator, (item) => sum(item, spanOf(node, within), around), around);
}

function sum(node: cst.SumCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  return operations(
    parts.product,
    parts.operator,
    (item) => product(item, spanOf(node, within), around),
    around,
  );
}

function product(node: cst.ProductCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  return operations(parts.unary, parts.operator, (item) => unary(item, spanOf(node, within), around), around);
}

/** Operands with operators between them, nested to the left. */
function operations<N>(
  nodes: readonly N[] | undefined,
  operators: readonly Token[] | undefined,
  operand: (node: N | undefined) => ast.Expression,
  around: Surroundings,
): ast.Expression {
  const [start, ...rest] = nodes ?? [];
  return chain(operand(start), operators, around, (left, operator, index) => {
    const right = rest[index] === undefined ? hole(left.span) : operand(rest[index]);
    return {
      kind: 'binary',
      operator: operator.image as ast.Binary['operator'],
      left,
      right,
      span: reach(left.span, right.span),
    };
  });
}

function unary(node: cst.UnaryCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  const value = power(first(parts.power), span, around);
  return parts.Minus === undefined ? value : { kind: 'negation', value, span };
}

function power(node: cst.PowerCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  const left = postfix(first(parts.postfix), span, around);
  if (parts.Power === undefined) return left;
  const exponent = first(parts.unary);
  const right = exponent === undefined ? hole(left.span) : unary(exponent, span, around);
  return { kind: 'binary', operator: '**', left, right, span: reach(left.span, right.span) };
}

function postfix(node: cst.PostfixCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  return chain(primary(first(parts.primary), span, around), parts.suffix, around, (of, item) =>
    suffix(of, item, span, around),
  );
}

function suffix(
  of: ast.Expression,
  node: cst.SuffixCstNode,
  within: Span,
  around: Surroundings,
): ast.Expression {
  const parts = children(node);
  const own = spanOf(node, within);
  const span = reach(of.span, own);
  const called = first(parts.arguments);
  if (called !== undefined) return { kind: 'call', callee: of, arguments: args(called, own, around), span };
  if (parts.OpenBracket !== undefined) {
    return { kind: 'index', of, at: expression(first(parts.expression), own, around), span };
  }
  return { kind: 'member', of, name: name(first(parts.Identifier), around) ?? nameless(own), span };
}

function primary(node: cst.PrimaryCstNode | undefined, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  const numeral = real(first(parts.Number));
  if (numeral !== undefined) {
    return hasKnownUnit(numeral) ? number(numeral, around) : hole(spanOfToken(numeral, around.path));
  }
  const quoted = real(first(parts.String));
  if (quoted !== undefined) return string(quoted, around);
  if (parts.True !== undefined || parts.False !== undefined) {
    return { kind: 'boolean', value: parts.True !== undefined, span };
  }
  const called = name(first(parts.Identifier) ?? first(parts.Head), around);
  if (called !== undefined) return { kind: 'reference', name: called, span: called.span };
  const items = first(parts.list);
  if (items !== undefined) return list(items, span, around);
  const inside = first(parts.tuple);
  if (inside === undefined) return hole(within);
  const expressions = children(inside).expression;
  return { kind: 'tuple', items: all(expressions, (item) => expression(item, span, around)), span };
}

export function shape(
  node: cst.ShapeCstNode | undefined,
  within: Span,
  around: Surroundings,
): ast.ShapeExpression {
  const span = spanOf(node, within);
  const axes = all(children(node).expression, (item) => expression(item, span, around));
  return { kind: 'shape', axes, span };
}

export function list(node: cst.ListCstNode | undefined, within: Span, around: Surroundings): ast.ListLiteral {
  const span = spanOf(node, within);
  const items = all(children(node).item, (item) => listItem(item, span, around));
  return { kind: 'list', items, span };
}

function listItem(node: cst.ItemCstNode, within: Span, around: Surroundings): ast.Expression {
  const parts = children(node);
  const span = spanOf(node, within);
  const value = expression(first(parts.expression), span, around);
  return parts.Ellipsis === undefined ? value : { kind: 'spread', value, span };
}

export function args(
  node: cst.ArgumentsCstNode | undefined,
  within: Span,
  around: Surroundings,
): readonly ast.Argument[] {
  return all(children(node).argument, (item) => argument(item, within, around));
}

function argument(node: cst.ArgumentCstNode, within: Span, around: Surroundings): ast.Argument {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier), around);
  const form = parts.Ellipsis !== undefined ? 'spread' : called !== undefined ? 'named' : 'positional';
  return {
    kind: 'argument',
    form,
    name: called,
    value: expression(first(parts.expression), span, around),
    span,
  };
}

/** Whether a number is one in the text, with a unit that there is; others were reported by the lexer. */
function hasKnownUnit(token: Token): boolean {
  const unit = unitOf(token);
  return token.image !== '' && (unit === '' || units.some((other) => other === unit));
}

/** The letters behind the digits of a number. */
export function unitOf(number: Token): string {
  return number.image.replace(digits, '').trim();
}

const digits = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/;

export function number(token: Token, around: Surroundings): ast.NumberLiteral {
  const span = spanOfToken(token, around.path);
  const text = digits.exec(token.image)?.[0] ?? token.image;
  const written = unitOf(token);
  return { kind: 'number', text, unit: units.find((unit) => unit === written), span };
}

export function string(token: Token, around: Surroundings): ast.StringLiteral {
  const closed =
    token.tokenType === TypographicallyQuoted ||
    (token.image.length > 1 && token.image.endsWith(token.image.charAt(0)));
  const inner = token.image.slice(1, closed && token.tokenType !== Unterminated ? -1 : undefined);
  const value = inner.replace(/\\(.)/g, (whole, letter: string) => escapes.get(letter) ?? whole);
  return { kind: 'string', value, span: spanOfToken(token, around.path) };
}

/** What the letter after a backslash stands for. */
export const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
  ['t', '\t'],
]);

/** How long a chain of operators may get: the tree nests once per link, and later phases descend it. */
const maxChainLength = 500;

/** Folds links to the left, onto a first value. */
function chain<L>(
  value: ast.Expression,
  links: readonly L[] | undefined,
  around: Surroundings,
  join: (left: ast.Expression, link: L, index: number) => ast.Expression,
): ast.Expression {
  const taken = (links ?? []).slice(0, maxChainLength);
  const whole = taken.reduce(join, value);
  if (taken.length < (links ?? []).length) {
    around.bag.report('nestedTooDeeply', { at: whole.span, arguments: { limit: maxChainLength } });
  }
  return whole;
}
