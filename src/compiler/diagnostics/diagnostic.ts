import type { Span } from '../source/span.ts';
import { applicabilityOf, type CodeName, codes, type FixName, type MessageArguments } from './codes.ts';
import type { Applicability, Severity } from './message.ts';

export type { Severity } from './message.ts';

/** A marked place with a few words beside it. */
export interface Label {
  readonly span: Span;
  readonly text: string;
}

/** A replacement of a piece of source text. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** What to do about a diagnostic: in words, or with edits that an entry of its code's `fixes` names. */
export type Advice<F extends string = never> =
  | { readonly message: string; readonly fix?: undefined; readonly edits?: undefined }
  | { readonly message: string; readonly fix: F; readonly edits: readonly Edit[] };

/** An {@link Advice} as it is shown. Edits are offered to editors, and to `--fix` where they are `sure`. */
export interface Help {
  readonly message: string;
  readonly edits?: readonly Edit[];
  /** Of the edits; undefined where there are none. */
  readonly applicability?: Applicability;
}

/** One finding about the user's text or data. Never thrown; collected in a {@link Bag}. */
export interface Diagnostic {
  /** The stable number, such as `CMR412`. */
  readonly code: string;
  /** The stable name in kebab case, such as `concat-shape`; what `@allow("…")` takes. */
  readonly name: string;
  readonly severity: Severity;
  /** Says what is wrong: stands alone, lowercase, no full stop. */
  readonly message: string;
  /** The smallest span that shows the problem. */
  readonly primary: Label;
  /** What contributed, possibly in other files. */
  readonly secondary: readonly Label[];
  /** Facts: shapes, the instantiation path, the list of valid names. */
  readonly notes: readonly string[];
  /** What to do. */
  readonly help: readonly Help[];
}

/** The parts of a diagnostic that its code does not already decide. */
export interface Details<N extends CodeName> {
  readonly at: Span;
  readonly arguments: MessageArguments<N>;
  /** Words beside the primary mark. */
  readonly label?: string;
  readonly secondary?: readonly Label[];
  readonly notes?: readonly string[];
  readonly help?: readonly Advice<FixName<N>>[];
}

/** Builds a diagnostic from its code's template. */
export function diagnostic<N extends CodeName>(name: N, details: Details<N>): Diagnostic {
  const entry = codes[name];
  return {
    code: entry.code,
    name: kebab(name),
    severity: entry.severity,
    message: (entry.message as (holes: MessageArguments<N>) => string)(details.arguments),
    primary: { span: details.at, text: details.label ?? '' },
    secondary: details.secondary ?? [],
    notes: details.notes ?? [],
    help: (details.help ?? []).map(({ message, fix, edits }) =>
      edits === undefined ? { message } : { message, edits, applicability: applicabilityOf(name, fix) },
    ),
  };
}

/** Collects diagnostics, drops exact repetitions, and hands them out in reading order. */
export class Bag {
  readonly #seen = new Set<string>();
  readonly #items: Diagnostic[] = [];

  add(item: Diagnostic): void {
    const { file, start, end } = item.primary.span;
    const key = `${item.code} ${file} ${start} ${end} ${item.message} ${item.notes.join('\n')}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#items.push(item);
  }

  report<N extends CodeName>(name: N, details: Details<N>): void {
    this.add(diagnostic(name, details));
  }

  get size(): number {
    return this.#items.length;
  }

  get hasErrors(): boolean {
    return this.#items.some((item) => item.severity === 'error');
  }

  /** By file in order of first appearance, then by offset. */
  sorted(): readonly Diagnostic[] {
    const files = [...new Set(this.#items.map((item) => item.primary.span.file))];
    return [...this.#items].sort(
      (a, b) =>
        files.indexOf(a.primary.span.file) - files.indexOf(b.primary.span.file) ||
        a.primary.span.start - b.primary.span.start,
    );
  }
}

/** `concatShape` → `concat-shape`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
