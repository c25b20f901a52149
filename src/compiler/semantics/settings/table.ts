import type { Advice, Details } from '../../diagnostics/diagnostic.ts';
import { alternatives, didYouMean, mayMean } from '../../diagnostics/suggest.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Signatures } from '../names/signatures.ts';
import type { Module, Reporter } from '../program/program.ts';
import type { Evaluation } from '../values/evaluation.ts';
import { firstEntry, pathOf, type SettingNode } from './tree.ts';

/** What a setting accepts, and how it becomes plain data. */
export interface SettingType<T> {
  /** In words, for documentation and messages: `a whole number above 0`. */
  readonly describe: string;
  /** The value, or undefined when a mistake was reported. */
  read(node: SettingNode, reading: Reading): T | undefined;
  /** A value as the language writes it, for documentation; none where it needs a spec around it. */
  readonly example?: string;
  /** Whether its words stand without quotes. */
  readonly bare?: true;
  /** The settings inside, when overrides can reach them: the parameters of `rmsprop` and the like. */
  readonly inside?: Readonly<Record<string, Table>>;
  /** What each function inside does, a sentence without a full stop. */
  readonly insideDocs?: Readonly<Record<string, string>>;
}

/** One key of a table. */
export interface Key<T> {
  readonly kind: 'key';
  readonly type: SettingType<T>;
  /** One sentence without a full stop. */
  readonly doc: string;
  /** Absent when the setting is required. */
  readonly default?: T;
  /** The default as the language writes it, when it is not just the value. */
  readonly written?: string;
  /** Where the default comes from. */
  readonly source?: string;
  /** A usual value as the language writes it, where any of the type would be odd. */
  readonly example?: string;
}

/** Keys in braces under a name of their own. */
export interface Group<T extends Table = Table> {
  readonly kind: 'group';
  readonly doc: string;
  readonly keys: T;
  /** The key for the name of a head; undefined for a name that is none. */
  readonly others?: (name: ast.Name, reading: Reading) => Key<unknown> | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds keys of all types
export type Table = { readonly [name: string]: Key<any> | Group<any> };

/** The plain data that a table describes. */
export type Settled<T extends Table> = {
  readonly [K in keyof T]: T[K] extends Key<infer V> ? V : T[K] extends Group<infer G> ? Settled<G> : never;
};

/** As {@link Settled}, with undefined for what could not be read. */
export type Partly<T extends Table> = { readonly [K in keyof T]: Settled<T>[K] | undefined };

/** A key that must be given, or has a default that `fallback` holds. */
export function key<T>(
  type: SettingType<T>,
  doc: string,
  fallback: Pick<Key<T>, 'default' | 'written' | 'source' | 'example'> = {},
): Key<T> {
  return { kind: 'key', type, doc, ...fallback };
}

/** What reading settings needs to know. */
export interface Reading {
  readonly reporter: Reporter;
  readonly signatures: Signatures;
  /** Of what is being resolved, such as `Paper`. */
  readonly name: string;
  /** Where it is declared. */
  readonly at: Span;
  /** Evaluates what a file wrote, with the parameters of the experiment or dataset in sight. */
  evaluation(home: Module): Evaluation;
  /** The heads of the model; undefined when there is no telling. */
  readonly heads: readonly ast.Head[] | undefined;
  /** Parameters that overrides can name beside the settings. */
  readonly parameters: readonly string[];
  /** Paths of the model's parameters, such as `model.width`. */
  readonly elsewhere?: readonly string[];
}

/** Reads all keys of a table; reports keys that it does not have and required ones that are missing. */
export function readTable<T extends Table>(
  table: T,
  node: SettingNode,
  section: string,
  reading: Reading,
  others?: Group['others'],
): Partly<T> {
  const values: Record<string, unknown> = {};
  const atRoot = node.name === undefined;
  const unknown = [...node.children.keys()].filter((name) => !(name in table));
  for (const [name, part] of Object.entries(table)) {
    const child = node.children.get(name);
    // One that is misspelt is not missed as well.
    const misspelt = !child && unknown.some((word) => mayMean(word, name));
    values[name] =
      part.kind === 'key'
        ? misspelt
          ? undefined
          : readKey(part, name, child, section, reading)
        : readGroup(part, child ?? { name: undefined, entry: undefined, children: new Map() }, name, reading);
  }
  for (const [name, child] of node.children) {
    if (name in table) continue;
    const other = others?.(child.name!, reading);
    if (other) values[name] = other.type.read(child, reading);
    else {
      const own = others ? reading.heads?.map((head) => head.name.text) : atRoot ? reading.parameters : [];
      const deeper = atRoot ? [...pathsIn(table), ...(reading.elsewhere ?? [])] : [];
      const paths = deeper.filter((path) => path.endsWith(`.${name}`));
      unknownName(child, section, [...Object.keys(table), ...(own ?? [])], reading, paths);
    }
  }
  return values as Partly<T>;
}

/** The paths of all settings below the names of a table, into the arguments of `rmsprop` and the like. */
function pathsIn(table: Table): readonly string[] {
  const paths = Object.entries(table).flatMap(([name, part]) => {
    const inner: readonly Table[] =
      part.kind === 'group' ? [part.keys] : Object.values(part.type.inside ?? {});
    const below = inner.flatMap((keys) => [...Object.keys(keys), ...pathsIn(keys)]);
    return below.map((path) => `${name}.${path}`);
  });
  return [...new Set(paths)];
}

/** The value of a key, its default, or undefined when a mistake was reported. */
export function readKey<T>(
  key: Key<T>,
  name: string,
  node: SettingNode | undefined,
  section: string,
  reading: Reading,
): T | undefined {
  if (node) return key.type.read(node, reading);
  if (!('default' in key)) {
    reading.reporter.report('missingSetting', {
      at: reading.at,
      arguments: { section, name },
      notes: [`\`${name}\`: ${key.doc[0]!.toLowerCase()}${key.doc.slice(1)}`],
    });
  }
  return key.default;
}

/** All values, or undefined when any could not be read. */
export function complete<T extends Table>(values: Partly<T>): Settled<T> | undefined {
  return Object.values(values).includes(undefined) ? undefined : (values as Settled<T>);
}

/**
 * Reports a setting that does not exist, as an unknown path when an override names it.
 * @param paths where there are settings of that name, deeper down
 */
export function unknownName(
  node: SettingNode,
  section: string,
  candidates: readonly string[],
  reading: Reading,
  paths: readonly string[] = [],
): void {
  const name = node.name!;
  const entry = firstEntry(node);
  const details = {
    at: name.span,
    notes: listed(section, candidates),
    help: paths.length > 0 ? [deeper(name.span, paths)] : didYouMean(name.span, name.text, candidates),
  } satisfies Partial<Details<'unknownSetting'>>;
  if (!entry?.override) {
    reading.reporter.report('unknownSetting', { ...details, arguments: { section, name: name.text } });
    return;
  }
  const path = pathOf(entry.names.slice(0, entry.names.indexOf(name) + 1)) || name.text;
  reading.reporter.report('unknownPath', { ...details, arguments: { of: reading.name, path } });
}

function deeper(span: Span, paths: readonly string[]): Advice<'spelling'> {
  const message = `write its path: ${alternatives(paths)}`;
  if (paths.length > 1) return { message };
  return { message, fix: 'spelling', edits: [{ span, text: paths[0]! }] };
}

function readGroup<T extends Table>(
  group: Group<T>,
  node: SettingNode,
  name: string,
  reading: Reading,
): Settled<T> | undefined {
  const section = `\`${name}\``;
  if (node.entry) {
    reading.reporter.report('typeMismatch', {
      at: node.entry.value.span,
      arguments: { what: section, expected: 'settings in braces', actual: 'a value' },
    });
    return undefined;
  }
  return complete(readTable(group.keys, node, section, reading, group.others));
}

function listed(section: string, candidates: readonly string[]): readonly string[] {
  return candidates.length === 0 ? [] : [`${section} has ${alternatives(candidates, 'and')}`];
}
