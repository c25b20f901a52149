import { causeOf, codes } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { limited } from '../diagnostics/limit.ts';
import { listed } from '../diagnostics/listing.ts';
import type { Cause } from '../diagnostics/message.ts';
import { type Allowance, isAllowed } from '../semantics/program/annotations.ts';
import type { Trainable } from '../semantics/studies/instances.ts';
import { encloses, type Span } from '../source/span.ts';

/** For whom a diagnostic arises; undefined for a file or network as it is declared. */
export type Subject = Pick<Trainable, 'name' | 'distinct' | 'declarations'> | undefined;

interface Finding {
  readonly item: Diagnostic;
  readonly subjects: Subject[];
}

/** How many instances a note names, and how many changes of the first of them. */
const limits = { instances: 5, changes: 3 };

/**
 * Collects diagnostics of all phases and instances: a mistake that several experiments share is told once, with the figures
 * of the first and a note that says where it arises when that is not plain from the place. Left out are warnings that are
 * allowed, and where there are errors those of things unused: what a mistake names wrongly it does not use.
 */
export class Findings {
  readonly #byPlace = new Map<string, Finding>();
  /** What was found first at a place, by code and place. */
  readonly #first = new Map<string, Finding>();
  readonly #allowances: readonly Allowance[];

  constructor(allowances: readonly Allowance[]) {
    this.#allowances = allowances;
  }

  add(items: Iterable<Diagnostic>, subject?: Subject): void {
    for (const item of items) {
      if (isAllowed(item, this.#allowances, subject?.declarations)) continue;
      const { file, start, end } = item.primary.span;
      const place = `${item.code} ${file} ${start} ${end}`;
      const key = `${place} ${item.message}`;
      const same = this.#byPlace.get(key) ?? this.#ofAnother(place, item, subject);
      if (same) {
        if (!same.subjects.includes(subject)) same.subjects.push(subject);
        continue;
      }
      const finding = { item, subjects: [subject] };
      this.#byPlace.set(key, finding);
      if (!this.#first.has(place)) this.#first.set(place, finding);
    }
  }

  /** The same mistake at a place with other figures in it, as another instance has it. */
  #ofAnother(place: string, item: Diagnostic, subject: Subject): Finding | undefined {
    const first = this.#first.get(place);
    if (first === undefined || item.severity !== 'error' || subject === undefined) return undefined;
    return first.subjects[0] === subject ? undefined : first;
  }

  /** By file in the given order, then by place. */
  sorted(files: readonly string[]): readonly Diagnostic[] {
    const rank = ({ file }: Span) => (files.includes(file) ? files.indexOf(file) : files.length);
    const found = [...this.#byPlace.values()];
    const hasErrors = found.some(({ item }) => item.severity === 'error');
    const shown = found
      .filter(({ item }) => !hasErrors || !unused.includes(item.code))
      .map(diagnosticOf)
      .sort(
        (a, b) => rank(a.primary.span) - rank(b.primary.span) || a.primary.span.start - b.primary.span.start,
      );
    return limited(shown);
  }
}

/** What warns of names that nothing uses. */
const unused: readonly string[] = [codes.unusedImport.code, codes.unusedName.code];

function diagnosticOf({ item, subjects }: Finding): Diagnostic {
  const changed = subjects.flatMap((subject) =>
    subject === undefined || subject.distinct.length === 0 ? [] : [subject],
  );
  const plain =
    changed.length < subjects.length || subjects.some((subject) => subject && isInside(item, subject));
  if (plain) return item;
  const [first, ...others] = changed as [NonNullable<Subject>];
  const rest = [...new Set(others.map(({ name }) => name))].filter((name) => name !== first.name);
  const named = shortened(rest, limits.instances).join(', ');
  const also = named === '' ? '' : `; also in ${named}`;
  return { ...item, notes: [...item.notes, `in ${describe(first, item.code)}${also}`] };
}

/** `` `SerialRates[3]`, where `model.serial_rates = [6, 12, 18]` ``, with what can have to do with a finding alone. */
function describe({ name, distinct }: NonNullable<Subject>, code: string): string {
  const causes = distinct.filter((change) => canCause(code, change));
  return causes.length === 0
    ? `\`${name}\``
    : `\`${name}\`, where ${listed(shortened(causes, limits.changes))}`;
}

/** The sections of an experiment that what arises from a cause does not depend on. */
const unrelatedSections: Readonly<Record<Cause, readonly string[]>> = {
  text: ['budget', 'reported'],
  network: ['loss', 'train', 'augment', 'evaluate', 'budget', 'reported'],
  statistics: ['loss', 'augment', 'budget', 'reported'],
  publication: ['model', 'loss', 'train', 'augment', 'budget'],
  experiment: ['budget', 'reported'],
  'command line': ['budget', 'reported'],
  environment: ['budget', 'reported'],
  cmrnet: ['budget', 'reported'],
};

function canCause(code: string, change: string): boolean {
  const [section] = change.split(/[. ]/);
  return !unrelatedSections[causeOf(code)].includes(section!);
}

/** Names in backticks, of which the last are only counted where there are more than so many. */
function shortened(names: readonly string[], limit: number): readonly string[] {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length <= limit + 1 ? quoted : [...quoted.slice(0, limit), `${quoted.length - limit} more`];
}

/** Whether the mark lies in the declaration of the variant or sweep itself. */
function isInside({ primary: { span } }: Diagnostic, { declarations }: NonNullable<Subject>): boolean {
  return encloses(declarations[0]!, span);
}
