import { type Diagnostic, diagnostic } from './diagnostic.ts';

/** More than anybody reads: a file that is no spec has thousands. */
const maxShown = 200;

/** The first diagnostics, and where there are too many a note that says how many are left out. */
export function limited(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const [next] = diagnostics.slice(maxShown);
  if (next === undefined) return diagnostics;
  const note = diagnostic('tooManyMistakes', {
    at: next.primary.span,
    arguments: { count: diagnostics.length - maxShown },
    help: [{ message: 'mend the first ones and check again' }],
  });
  return [...diagnostics.slice(0, maxShown), note];
}
