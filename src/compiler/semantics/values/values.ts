import type { OperationName } from '../../ir/graph.ts';
import { type ArgumentValue, operations } from '../../ir/operations.ts';
import type { LossAxis } from '../../plan/loss/formula.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Declared } from '../program/program.ts';
import { compare, formatRational, multiply, type Rational, toNumber, whole } from './rational.ts';
import { anyType, assignable, type Quantity, quantities, type Type } from './types.ts';

/** What an expression is worth. */
export type Value =
  | { readonly kind: 'number'; readonly type: 'int' | 'real'; readonly value: Rational }
  /** In the quantity's own unit. */
  | { readonly kind: 'quantity'; readonly quantity: Quantity; readonly value: Rational }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'range'; readonly low: Value; readonly high: Value; readonly step: Value | undefined }
  /** A block, network, dataset or other declaration named in an expression. */
  | { readonly kind: 'declared'; readonly declared: Declared }
  /** An operation or list function named in an expression. */
  | { readonly kind: 'function'; readonly name: string }
  /** An operation or block with some of its arguments, to be applied later. */
  | { readonly kind: 'partial'; readonly partial: PartialApplication }
  /** A tensor; `node` is its place in the graph. */
  | { readonly kind: 'tensor'; readonly node: number }
  /**
   * A value in the body of a loss: its place in the formula, what it differs along, and which classes it has, where it has
   * any.
   */
  | {
      readonly kind: 'term';
      readonly step: number;
      readonly axes: readonly LossAxis[];
      readonly classes: 'all' | 'foreground' | undefined;
    }
  /** A layer that owns its weights. */
  | { readonly kind: 'layer'; readonly layer: Layer }
  /** A finished stage with the values bound in it. */
  | { readonly kind: 'stage'; readonly name: string; readonly members: ReadonlyMap<string, Value> }
  /** The named outputs of a block. */
  | { readonly kind: 'outputs'; readonly block: string; readonly members: ReadonlyMap<string, Value> }
  /** Of a known type but not known itself: bodies are checked with such values before they are instantiated. */
  | { readonly kind: 'unknown'; readonly type: Type }
  /** The result of a mistake that was reported. Whatever meets it stays silent. */
  | { readonly kind: 'poison' };

/** An application that owns its weights under a path of its own: parentheses create, the bare name reuses. */
export interface Layer {
  readonly path: string;
  readonly application: Application;
}

/** What can be applied to tensors. */
export type Callee =
  | { readonly kind: 'operation'; readonly op: AppliedOperation }
  | { readonly kind: 'block'; readonly block: Declared<ast.Block> };

/** An operation that a body can apply. */
export type AppliedOperation = Exclude<OperationName, 'input'>;

/** An operation or block with the arguments that it has so far, by parameter. */
export interface PartialApplication {
  readonly callee: Callee;
  readonly given: ReadonlyMap<string, Given>;
}

/** A call of an operation or block, with all its arguments, that tensors can be fed to. */
export type Application = OperationApplication | BlockApplication;

export interface OperationApplication {
  readonly kind: 'operation';
  readonly op: AppliedOperation;
  readonly arguments: Readonly<Record<string, ArgumentValue>>;
  /** Which argument decided each attribute that was given. */
  readonly places: ReadonlyMap<string, Span>;
  readonly span: Span;
}

export interface BlockApplication {
  readonly kind: 'block';
  readonly block: Declared<ast.Block>;
  readonly given: ReadonlyMap<string, Given>;
  readonly span: Span;
}

/** A value given for a parameter, and where. */
export interface Given {
  readonly value: Value;
  readonly at: Span;
  /** The argument that decided the value, possibly further out: diagnostics about the value point there. */
  readonly decided?: Span;
}

export const poison: Value = { kind: 'poison' };

export function int(value: number): Value {
  return { kind: 'number', type: 'int', value: whole(value) };
}

/** A value of which nothing is known: what a block that is not known either makes. */
export const unknown: Value = { kind: 'unknown', type: anyType };

/** Whether nothing is known of a value, not even its type. */
export function isUnknown(value: Value): boolean {
  return value.kind === 'unknown' && value.type.kind === 'any';
}

export function isTensor(value: Value): boolean {
  return value.kind === 'tensor' || (value.kind === 'unknown' && value.type.kind === 'tensor');
}

/** The type of a value; undefined for what has none, such as declarations other than blocks, ranges, layers and stages. */
export function typeOf(value: Value): Type | undefined {
  switch (value.kind) {
    case 'number':
      return { kind: value.type };
    case 'quantity':
      return { kind: 'quantity', quantity: value.quantity };
    case 'bool':
    case 'string':
    case 'tensor':
      return { kind: value.kind };
    case 'list': {
      const types = value.items.map((item) => typeOf(item) ?? anyType);
      const widest = types.find((type) => types.every((other) => assignable(other, type)));
      return { kind: 'list', element: widest ?? anyType, length: value.items.length };
    }
    case 'declared':
      return value.declared.declaration.kind === 'block' ? { kind: 'block' } : undefined;
    case 'function':
      return value.name in operations ? { kind: 'block' } : undefined;
    case 'partial':
      return { kind: 'block' };
    case 'unknown':
      return value.type;
    case 'poison':
      return anyType;
    default:
      return undefined;
  }
}

/** The name of an operation or block. */
export function calleeName(callee: Callee): string {
  return callee.kind === 'operation' ? callee.op : callee.block.declaration.name.text;
}

/** The value as the language writes it: `[3, 5, 7]`, `0.9`, `Dac`, `-15deg .. 15deg`. */
export function formatValue(value: Value): string {
  switch (value.kind) {
    case 'number':
      return formatRational(value.value);
    case 'quantity':
      return `${formatRational(value.value)}${quantities[value.quantity].unit}`;
    case 'bool':
      return String(value.value);
    case 'string':
      return JSON.stringify(value.value);
    case 'list':
      return `[${value.items.map(formatValue).join(', ')}]`;
    case 'range': {
      const step = value.step ? ` step ${formatValue(value.step)}` : '';
      return `${formatValue(value.low)} .. ${formatValue(value.high)}${step}`;
    }
    case 'declared':
      return value.declared.declaration.name.text;
    case 'function':
    case 'stage':
      return value.name;
    case 'partial': {
      const given = [...value.partial.given].map(([name, own]) => `${name} = ${formatValue(own.value)}`);
      return `${calleeName(value.partial.callee)}(${given.join(', ')})`;
    }
    default:
      return value.kind;
  }
}

/** Whether both are the same value, wherever they were written. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.kind === 'declared' && b.kind === 'declared') return a.declared === b.declared;
  if (a.kind === 'number' && b.kind === 'number') return compare(a.value, b.value) === 0;
  if (a.kind === 'list' && b.kind === 'list') {
    return a.items.length === b.items.length && a.items.every((item, at) => sameValue(item, b.items[at]!));
  }
  return a.kind === b.kind && formatValue(a) === formatValue(b);
}

/** The number as a double, of plain numbers and quantities. */
export function numeric(value: Value): number | undefined {
  return value.kind === 'number' || value.kind === 'quantity' ? toNumber(value.value) : undefined;
}

/** How many of a quantity's own unit another unit of it is. */
export function inOwnUnit(value: Rational, unit: string): Rational {
  return unit === 'GB' ? multiply(value, whole(1000)) : value;
}
