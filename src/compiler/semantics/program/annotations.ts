import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { encloses, type Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import { nodesIn } from './walk.ts';

/** What can be annotated: where a value comes from, what was guessed, and which warning is meant to be. */
export const annotationNames = ['paper', 'assumed', 'allow'] as const;

export type AnnotationName = (typeof annotationNames)[number];

/** The text in quotes that an annotation holds. */
export function annotationText(annotation: ast.Annotation): string | undefined {
  const [argument, extra] = annotation.arguments;
  const fits = argument && !extra && argument.form === 'positional' && argument.value.kind === 'string';
  return fits ? (argument.value as ast.StringLiteral).value : undefined;
}

/** The first text of an annotation of a name on a node. */
export function annotated(annotations: readonly ast.Annotation[], name: AnnotationName): string | undefined {
  const found = annotations.find((annotation) => annotation.name.text === name);
  return found && annotationText(found);
}

/** A part of a file in which warnings of one name are silenced. */
export interface Allowance {
  readonly name: string;
  readonly span: Span;
}

/** What the `@allow("…")` annotations of a file silence. */
export function allowancesIn(file: ast.File): readonly Allowance[] {
  const allowances: Allowance[] = [];
  for (const node of nodesIn(file)) {
    for (const annotation of 'annotations' in node ? node.annotations : []) {
      const name = annotation.name.text === 'allow' ? annotationText(annotation) : undefined;
      if (name !== undefined) allowances.push({ name, span: node.span });
    }
  }
  return allowances;
}

/**
 * Whether an annotation silences a warning: one of its marks lies inside the annotated part, or `around` does, which
 * are the declarations that the warning arises for, such as a variant.
 */
export function isAllowed(
  item: Diagnostic,
  allowances: readonly Allowance[],
  around: readonly Span[] = [],
): boolean {
  if (item.severity === 'error') return false;
  const spans = [item.primary.span, ...item.secondary.map((label) => label.span), ...around];
  return allowances.some(
    ({ name, span }) => name === item.name && spans.some((mark) => encloses(span, mark)),
  );
}
