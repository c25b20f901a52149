import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { type Allowance, isAllowed } from './semantics/annotations.ts';
import type { Trainable } from './semantics/instances.ts';
import type { Span } from './source/span.ts';

/** For whom a diagnostic arises; undefined for a file or network as it is declared. */
export type Subject = Pick<Trainable, 'where' | 'declarations'> | undefined;

interface Finding {
  readonly item: Diagnostic;
  readonly subjects: Subject[];
}

/** How many instances a note names. */
const shown = 5;

/**
 * Collects diagnostics of all phases and instances: a mistake that several experiments share is told once, with a note
 * that says where it arises when that is not plain from the place. Warnings that are allowed are left out.
 */
export class Findings {
  readonly #byPlace = new Map<string, Finding>();
  readonly #allowances: readonly Allowance[];

  constructor(allowances: readonly Allowance[]) {
    this.#allowances = allowances;
  }

  add(items: Iterable<Diagnostic>, subject?: Subject): void {
    for (const item of items) {
      if (isAllowed(item, this.#allowances, subject?.declarations)) continue;
      const { file, start, end } = item.primary.span;
      const key = `${item.code} ${file} ${start} ${end} ${item.message}`;
      const known = this.#byPlace.get(key);
      if (known) known.subjects.push(subject);
      else this.#byPlace.set(key, { item, subjects: [subject] });
    }
  }

  /** By file in the given order, then by place. */
  sorted(files: readonly string[]): readonly Diagnostic[] {
    const rank = ({ file }: Span) => (files.includes(file) ? files.indexOf(file) : files.length);
    return [...this.#byPlace.values()]
      .map(told)
      .sort(
        (a, b) => rank(a.primary.span) - rank(b.primary.span) || a.primary.span.start - b.primary.span.start,
      );
  }
}

function told({ item, subjects }: Finding): Diagnostic {
  const named = subjects.flatMap((subject) => subject?.where ?? []);
  const plain =
    named.length < subjects.length || subjects.some((subject) => subject && isInside(item, subject));
  if (plain) return item;
  const [first, ...others] = [...new Set(named)];
  const rest = others.map((where) => where.slice(0, where.indexOf('`', 1) + 1));
  const more = rest.length > shown ? [...rest.slice(0, shown), `${rest.length - shown} more`] : rest;
  const also = more.length === 0 ? '' : `; also in ${more.join(', ')}`;
  return { ...item, notes: [...item.notes, `in ${first}${also}`] };
}

/** Whether the mark lies in the declaration of the variant or sweep itself. */
function isInside({ primary: { span } }: Diagnostic, { declarations }: NonNullable<Subject>): boolean {
  const own = declarations[0]!;
  return own.file === span.file && own.start <= span.start && span.end <= own.end;
}
