import type { SourceFile } from '../source/source-file.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import { annotated } from './program/annotations.ts';
import { datasetTable } from './settings/dataset-table.ts';
import type { Key, Table } from './settings/table.ts';
import { experimentTable } from './settings.ts';
import { formatExpression } from './studies/sweeps.ts';

/** Where one value of a spec comes from. */
export interface Provenance {
  /** `CmrNet.width`, `Paper.train.batch`, `FpmA`. */
  readonly path: string;
  /** As written; empty for whole declarations and stages. */
  readonly value: string;
  /** `default` when the spec leaves the value to the language, `unsaid` when nothing says where it comes from. */
  readonly kind: 'paper' | 'assumed' | 'default' | 'unsaid';
  /** The annotation's text, or the source of a default. */
  readonly source: string;
  readonly documentation: string | undefined;
  readonly span: Span;
}

interface Source {
  readonly kind: Provenance['kind'];
  readonly source: string;
}

const unsaid: Source = { kind: 'unsaid', source: '' };

/**
 * Every value of a file with its source: its own annotation, else that of the part around it. Settings that are left
 * out are listed with their defaults.
 */
export function provenanceOf(
  file: ast.File,
  sources: ReadonlyMap<string, SourceFile>,
): readonly Provenance[] {
  return file.declarations.flatMap((declaration) => {
    const { name } = declaration;
    const own = sourceOf(declaration.annotations, unsaid);
    const whole = item(name.text, '', own, declaration, name.span);
    switch (declaration.kind) {
      case 'block':
      case 'network':
      case 'loss':
        return [
          whole,
          ...parametersOf(declaration, own, sources),
          ...statementsOf(declaration.body, name.text, own),
        ];
      case 'dataset':
      case 'experiment': {
        const table: Table = declaration.kind === 'dataset' ? datasetTable : experimentTable;
        return [
          whole,
          ...parametersOf(declaration, own, sources),
          ...settingsOf(declaration.settings.entries, name.text, own, sources),
          ...defaultsOf(table, declaration.settings.entries, name),
        ];
      }
      default:
        return [whole, ...settingsOf(settingsIn(declaration.body), name.text, own, sources)];
    }
  });
}

function parametersOf(
  { name, parameters }: Extract<ast.Declaration, { parameters: unknown }>,
  around: Source,
  sources: ReadonlyMap<string, SourceFile>,
): readonly Provenance[] {
  return parameters.map((parameter) =>
    item(
      `${name.text}.${parameter.name.text}`,
      parameter.initial ? formatExpression(parameter.initial, sources) : '',
      sourceOf(parameter.annotations, around),
      parameter,
      parameter.name.span,
    ),
  );
}

/** Statements say where they come from only with an annotation of their own: a body's values come with its parts. */
function statementsOf(graph: ast.Graph, path: string, around: Source): readonly Provenance[] {
  return graph.statements.flatMap((statement) => {
    if (statement.kind === 'output') return [];
    const inner = `${path}.${statement.name.text}`;
    const own = sourceOf(statement.annotations, around);
    const annotatedHere = own !== around ? [item(inner, '', own, statement, statement.name.span)] : [];
    const inside = statement.kind === 'stage' ? statementsOf(statement.body, inner, own) : [];
    return [...annotatedHere, ...inside];
  });
}

function settingsOf(
  settings: readonly ast.Setting[],
  path: string,
  around: Source,
  sources: ReadonlyMap<string, SourceFile>,
): readonly Provenance[] {
  return settings.flatMap((setting) => {
    const inner = [path, ...setting.path.names.map(({ text }) => text)].join('.');
    const own = sourceOf(setting.annotations, around);
    if (setting.value.kind === 'settings') return settingsOf(setting.value.entries, inner, own, sources);
    return [item(inner, formatExpression(setting.value, sources), own, setting, setting.path.span)];
  });
}

function settingsIn(body: ast.Derived): readonly ast.Setting[] {
  return body.items.filter((part) => part.kind === 'setting');
}

/** The keys of a table that a declaration leaves out; also those inside calls such as `rmsprop(lr = 0.003)`. */
function defaultsOf(
  table: Table,
  settings: readonly ast.Setting[],
  name: ast.Name,
  path: readonly string[] = [],
): readonly Provenance[] {
  const written = writtenPaths(settings);
  return Object.entries(table).flatMap(([key, part]) => {
    const inner = [...path, key];
    if (part.kind === 'group') return defaultsOf(part.keys, settings, name, inner);
    const full = inner.join('.');
    const value = written.get(full);
    if (value?.kind === 'call') return callDefaults(part, value, name, inner);
    const given = value !== undefined || [...written.keys()].some((other) => other.startsWith(`${full}.`));
    return given ? [] : defaultOf(part, inner, name);
  });
}

function callDefaults(
  part: Key<unknown>,
  call: ast.Call,
  name: ast.Name,
  path: readonly string[],
): readonly Provenance[] {
  const callee = call.callee.kind === 'reference' ? call.callee.name.text : '';
  const table = part.type.inside?.[callee] ?? {};
  const positional = call.arguments.filter((argument) => argument.form === 'positional').length;
  const named = call.arguments.map((argument) => argument.name?.text);
  return Object.entries(table).flatMap(([key, inner], index) =>
    inner.kind === 'group' || index < positional || named.includes(key)
      ? []
      : defaultOf(inner, [...path, key], name),
  );
}

function defaultOf(part: Key<unknown>, path: readonly string[], name: ast.Name): readonly Provenance[] {
  if (!('default' in part) || (part.default === null && part.written === undefined)) return [];
  return [
    {
      path: [name.text, ...path].join('.'),
      value: part.written ?? String(part.default),
      kind: 'default',
      source: part.source ?? '',
      documentation: part.doc,
      span: name.span,
    },
  ];
}

function writtenPaths(
  settings: readonly ast.Setting[],
  before: readonly string[] = [],
): ReadonlyMap<string, ast.Expression> {
  const paths = new Map<string, ast.Expression>();
  for (const { path, value } of settings) {
    const inner = [...before, ...path.names.map(({ text }) => text)];
    if (value.kind !== 'settings') paths.set(inner.join('.'), value);
    else for (const [text, expression] of writtenPaths(value.entries, inner)) paths.set(text, expression);
  }
  return paths;
}

function sourceOf(annotations: readonly ast.Annotation[], around: Source): Source {
  const paper = annotated(annotations, 'paper');
  if (paper !== undefined) return { kind: 'paper', source: paper };
  const assumed = annotated(annotations, 'assumed');
  return assumed === undefined ? around : { kind: 'assumed', source: assumed };
}

function item(
  path: string,
  value: string,
  source: Source,
  { documentation }: { readonly documentation: string | undefined },
  span: Span,
): Provenance {
  return { path, value, ...source, documentation, span };
}
