import type { Bag } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type * as ast from '../../syntax/ast.ts';

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
