export type Severity = 'error' | 'warning' | 'note';

/** Fills the holes of a message. */
export type Message<A extends string> = (holes: Readonly<Record<A, string | number>>) => string;

/** What one code says. `CodeEntry<never>` holds a message with any holes. */
export interface CodeEntry<A extends string = string> {
  readonly code: `CMR${number}`;
  readonly severity: Severity;
  readonly message: [A] extends [never] ? (holes: never) => string : Message<A>;
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
