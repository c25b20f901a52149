import type { Bag, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';

/** A declaration together with the file whose names it sees. */
export interface Declared<D extends ast.Declaration = ast.Declaration> {
  readonly declaration: D;
  readonly module: Module;
}

/** One file with the names that its declarations see: its own and the imported ones. */
export interface Module {
  readonly path: string;
  readonly file: ast.File;
  readonly names: ReadonlyMap<string, Declared>;
  /** Names whose import failed; that was reported, so using them is no second mistake. */
  readonly unresolved: ReadonlySet<string>;
}

/** A file and all that it imports. */
export interface Program {
  readonly main: Module;
  /** Imported files come before the files that import them; the main file is last. */
  readonly modules: readonly Module[];
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** Where mistakes are reported. A {@link Bag} is one; instantiations wrap it to say where they are. */
export type Reporter = Pick<Bag, 'report'>;

/** `a block`, `an experiment`: a declaration in words. */
export function describeDeclaration(declaration: ast.Declaration): string {
  return `${declaration.kind === 'experiment' ? 'an' : 'a'} ${declaration.kind}`;
}

/** Whether a declaration can be trained. */
export function isTrainable(
  declaration: ast.Declaration,
): declaration is ast.Experiment | ast.Variant | ast.Sweep {
  return declaration.kind === 'experiment' || declaration.kind === 'variant' || declaration.kind === 'sweep';
}

/** A place where warnings of one name are silenced. */
export interface Allowance {
  readonly name: string;
  readonly span: Span;
}

/** Whether an annotation silences a diagnostic: a warning of that name with a mark inside the annotated part. */
export function isAllowed(item: Diagnostic, allowances: readonly Allowance[]): boolean {
  if (item.severity === 'error') return false;
  const spans = [item.primary.span, ...item.secondary.map((label) => label.span)];
  return allowances.some(
    (allowance) =>
      allowance.name === item.name &&
      spans.some(
        (span) =>
          span.file === allowance.span.file &&
          allowance.span.start <= span.start &&
          span.end <= allowance.span.end,
      ),
  );
}
