import { causeOf } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { contains, type Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';

/** The places of a program that could not be read. What is around them is not checked further. */
export class UnreadPlaces {
  readonly #spans: readonly Span[];

  /** @param diagnostics what was found while the files were read */
  constructor(diagnostics: readonly Diagnostic[]) {
    this.#spans = diagnostics
      .filter(({ code }) => causeOf(code) === 'text')
      .map(({ primary }) => primary.span);
  }

  /** Whether a declaration was read in full. */
  readonly isRead = ({ span }: ast.Declaration): boolean =>
    !this.#spans.some(({ file, start }) => file === span.file && contains(span, start));

  /** Whether a file was read in full. */
  isWhole(path: string): boolean {
    return !this.#spans.some(({ file }) => file === path);
  }
}
