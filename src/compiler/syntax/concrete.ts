import type { Token } from '../../../grammar/tokens.ts';
import type { Bag } from '../diagnostics/diagnostic.ts';
import type { Span } from '../source/span.ts';
import type * as ast from './ast.ts';

// The tree is made by one function per rule, typed by the generated grammar/cst.ts, so that a rule or child that is
// renamed is a compile error. Recovery leaves holes: every child counts as absent, whatever the generated types say.

/** What those functions share. */
export interface Surroundings {
  readonly path: string;
  /** Documentation by the offset of the token that it precedes. */
  readonly documentation: ReadonlyMap<number, string>;
  readonly bag: Bag;
}

export function name(token: Token | undefined, around: Surroundings): ast.Name | undefined {
  const written = real(token);
  return written && { kind: 'name', text: written.image, span: spanOfToken(written, around.path) };
}

export function hole(within: Span): ast.Hole {
  return { kind: 'hole', span: { ...within, start: within.end } };
}

/** Stands for a name that was not written; its text is empty. */
export function nameless(within: Span): ast.Name {
  return { kind: 'name', text: '', span: { ...within, start: within.end } };
}

/** A span from the start of one to the end of the other, even if recovery left the other before it. */
export function reach(from: Span, to: Span): Span {
  return { ...from, end: Math.max(from.end, to.end) };
}

/** A node's span; for an absent or empty node, the end of what it would be in. */
export function spanOf(node: Located | undefined, within: Span): Span {
  const start = node?.location?.startOffset;
  const end = node?.location?.endOffset;
  if (start === undefined || end === undefined || Number.isNaN(start) || Number.isNaN(end)) {
    return { ...within, start: within.end };
  }
  return { ...within, start, end: Math.max(start, end + 1) };
}

interface Located {
  readonly location?: { readonly startOffset: number; readonly endOffset?: number };
}

/** The span of a token that the text has. */
export function spanOfToken(token: Token, file: string): Span {
  return { file, start: token.startOffset, end: token.endOffset! + 1 };
}

/** A token that the text has; recovery invents others, without a place. */
export function real(token: Token | undefined): Token | undefined {
  return token === undefined || Number.isNaN(token.startOffset) ? undefined : token;
}

export function children<C extends object>(node: { readonly children: C } | undefined): Partial<C> {
  return node?.children ?? {};
}

export function first<T>(items: readonly T[] | undefined): T | undefined {
  return items?.[0];
}

export function all<T, R>(items: readonly T[] | undefined, make: (item: T) => R | undefined): readonly R[] {
  return (items ?? []).flatMap((item) => make(item) ?? []);
}
