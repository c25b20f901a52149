import type { Diagnostic, Edit } from './diagnostic.ts';
import type { Sources } from './render.ts';

/** What {@link applyFixes} did. */
export interface Fixed {
  /** The new texts of the files that changed, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** The diagnostics whose help was applied. */
  readonly applied: readonly Diagnostic[];
}

/**
 * Applies the edits that are sure. A diagnostic takes part when exactly one of its helps has edits, and all of
 * them lie in known files and touch nothing that an earlier one has changed. Run the check again for the others.
 */
export function applyFixes(diagnostics: readonly Diagnostic[], sources: Sources): Fixed {
  const taken = new Map<string, Edit[]>();
  const applied: Diagnostic[] = [];
  for (const item of diagnostics) {
    const [offer, other] = item.help.filter(({ edits = [] }) => edits.length > 0);
    if (offer?.applicability !== 'sure' || other !== undefined) continue;
    const edits = offer.edits!;
    if (!edits.every((edit) => fits(edit, taken, sources))) continue;
    for (const edit of edits) taken.set(edit.span.file, [...(taken.get(edit.span.file) ?? []), edit]);
    applied.push(item);
  }
  const texts = new Map(
    [...taken].map(([path, edits]) => [path, applyEdits(sources.get(path)!.text, edits)]),
  );
  return { texts, applied };
}

/** A text with edits made. They must lie in it and must not overlap; several at one place keep their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let out = '';
  let at = 0;
  for (const { span, text: replacement } of ordered) {
    out += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return out + text.slice(at);
}

function fits(edit: Edit, taken: ReadonlyMap<string, readonly Edit[]>, sources: Sources): boolean {
  const { file, start, end } = edit.span;
  const source = sources.get(file);
  if (source === undefined || start < 0 || start > end || end > source.text.length) return false;
  return (taken.get(file) ?? []).every(({ span }) => !overlaps(edit.span, span));
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Whether two stretches share a character, or something is put inside one that is replaced. */
function overlaps(a: Stretch, b: Stretch): boolean {
  return a.start < b.end && b.start < a.end;
}
