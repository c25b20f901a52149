export type Severity = 'error' | 'warning' | 'note';

/** Fills the holes of a message. */
export type Message<A extends string> = (holes: Readonly<Record<A, string | number>>) => string;

/**
 * What a mistake arises from. In a spec or its data: its characters, a network's graph, the statistics that batch norm takes
 * from the steps of an epoch, the published values, or anything of an experiment. Around it: the words of the command line, the
 * machine with its files, or cmrnet itself.
 */
export type Cause =
  | 'text'
  | 'network'
  | 'statistics'
  | 'publication'
  | 'experiment'
  | 'command line'
  | 'environment'
  | 'cmrnet';

/**
 * Whether an edit may be made unseen. `sure`: only one thing can have been meant, so that no meaning is lost. `maybe`: people
 * have to look, because the edit chooses one of several meanings.
 */
export type Applicability = 'sure' | 'maybe';

/** What one code says. `CodeEntry<never>` holds a message with any holes. */
export interface CodeEntry<A extends string = string> {
  readonly code: `CMR${number}`;
  readonly severity: Severity;
  readonly message: [A] extends [never] ? (holes: never) => string : Message<A>;
  /** Left out where it is that of its table. */
  readonly cause?: Cause;
  /** The edits that its helps may offer, by name. A help offers none that its code does not list. */
  readonly fixes?: Readonly<Record<string, Applicability>>;
}

/** The fix of a misspelt name: which of the names nearby was meant is a guess. */
export const spelling = { spelling: 'maybe' } as const;

/** A table of codes, which all arise from one cause but for those that name another. */
export function codeTable<const Codes extends Readonly<Record<string, CodeEntry<never>>>>(
  cause: Cause,
  codes: Codes,
): { readonly [Name in keyof Codes]: Codes[Name] & { readonly cause: Cause } } {
  const entries = Object.entries(codes).map(([name, entry]) => [name, { cause, ...entry }]);
  return Object.fromEntries(entries);
}

/** A message template with named holes: msg`no ${'kind'} named \`${'name'}\``. */
export function msg<const A extends string = never>(
  text: TemplateStringsArray,
  ...holes: readonly A[]
): Message<A> {
  return (values) =>
    text.reduce(
      (out, part, index) => out + (index === 0 ? '' : String(values[holes[index - 1]!])) + part,
      '',
    );
}
