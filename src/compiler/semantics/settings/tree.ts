import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Module, Reporter } from '../program/program.ts';

/** One `path = value`, wherever it was written. */
export interface Entry {
  readonly names: readonly ast.Name[];
  readonly value: ast.Expression;
  /** The file whose names the value sees. */
  readonly home: Module;
  /** Whether it changes what it is derived from: in variants, sweeps and on the command line. */
  readonly override: boolean;
  readonly annotations: readonly ast.Annotation[];
  readonly span: Span;
}

/** All settings of an experiment or dataset by path; what comes later replaces what was there. */
export interface SettingNode {
  /** The name as it was last written; undefined at the root. */
  readonly name: ast.Name | undefined;
  readonly entry: Entry | undefined;
  readonly children: ReadonlyMap<string, SettingNode>;
}

interface Growing {
  name: ast.Name | undefined;
  entry: Entry | undefined;
  children: Map<string, Growing>;
}

/** The entries of nested settings in the order written. A path that is set twice is reported. */
export function entriesOf(
  settings: readonly ast.Setting[],
  home: Module,
  override: boolean,
  reporter: Reporter,
): readonly Entry[] {
  const entries = settings.flatMap((setting) => flatten(setting, [], home, override));
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const path = pathOf(entry.names);
    const before = first.get(path);
    if (!before) first.set(path, entry);
    else {
      const place = ({ names }: Entry) => names.at(-1)!.span;
      const secondary = [{ span: place(before), text: 'first set here' }];
      const details = { at: place(entry), secondary };
      if (override) reporter.report('repeatedOverride', { ...details, arguments: { path } });
      else reporter.report('repeatedSetting', { ...details, arguments: { name: path } });
    }
  }
  return entries;
}

/** Grows a tree of entries. A value that is set anew forgets what was set inside the old one. */
export function growTree(entries: readonly Entry[]): SettingNode {
  const root: Growing = { name: undefined, entry: undefined, children: new Map() };
  for (const entry of entries) {
    let node = root;
    for (const name of entry.names) {
      const next = node.children.get(name.text) ?? { name, entry: undefined, children: new Map() };
      next.name = name;
      node.children.set(name.text, next);
      node = next;
    }
    node.entry = entry;
    node.children = new Map();
  }
  return root;
}

/** The nodes of a tree with those of another put over them. */
export function overlay(under: SettingNode, over: ReadonlyMap<string, SettingNode>): SettingNode {
  const children = new Map(under.children);
  for (const [name, node] of over) {
    const before = children.get(name);
    children.set(name, node.entry || !before ? node : overlay({ ...before, name: node.name }, node.children));
  }
  return { ...under, children };
}

/** The first entry at or below a node. */
export function firstEntry(node: SettingNode): Entry | undefined {
  if (node.entry) return node.entry;
  for (const child of node.children.values()) {
    const entry = firstEntry(child);
    if (entry) return entry;
  }
  return undefined;
}

/** Where the value of a path below a node is set: the value, or the name of a group; undefined when nothing sets it. */
export function placeOf(root: SettingNode, ...path: readonly string[]): Span | undefined {
  let node: SettingNode | undefined = root;
  for (const name of path) node = node?.children.get(name);
  return node?.entry?.value.span ?? node?.name?.span;
}

export function pathOf(names: readonly ast.Name[]): string {
  return names.map((name) => name.text).join('.');
}

function flatten(
  setting: ast.Setting,
  before: readonly ast.Name[],
  home: Module,
  override: boolean,
): readonly Entry[] {
  const names = [...before, ...setting.path.names].filter((name) => name.text !== '');
  const { value, annotations, span } = setting;
  if (names.length === 0) return [];
  if (value.kind !== 'settings') return [{ names, value, home, override, annotations, span }];
  return value.entries.flatMap((inner) => flatten(inner, names, home, override));
}
