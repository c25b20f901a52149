import type { SourceFile } from '../../source/source-file.ts';
import { displayWidth } from '../../source/width.ts';
import type * as ast from '../ast.ts';
import { type Attached, attachComments } from './comments.ts';
import { type Doc, group, hardline, indent, join, line, print } from './doc.ts';
import { args, chainOf, expression, number, shape, string } from './expressions.ts';
import { block, bracketed, framed, remarks } from './placement.ts';

/** How many columns the canonical form may take. */
const lineWidth = 100;

/**
 * The canonical form of a file that parsed without errors: two spaces, 100 columns, aligned `=`, sorted imports.
 * It means the same, keeps every comment, and formatting it again changes nothing. Brackets with a comma after their
 * last item stay broken.
 */
export function formatFile(file: ast.File, source: SourceFile): string {
  const comments = attachComments(file, source);
  const imports = sortedImports(file.imports).map((item) =>
    framed(item, importation(item, comments), comments),
  );
  const last = [...comments.leading(file), ...comments.closing(file)];
  const parts: Doc[] = file.declarations.map((item) => framed(item, declaration(item, comments), comments));
  if (imports.length > 0) parts.unshift(join(hardline, imports));
  if (file.edition !== undefined)
    parts.unshift(framed(file.edition, ['cmrnet ', file.edition.text], comments));
  if (last.length > 0) parts.push(remarks(last));
  return parts.length === 0 ? '' : print([join([hardline, hardline], parts), hardline], lineWidth);
}

/** By file, then by names: the order of the canonical form. */
function sortedImports(imports: readonly ast.Import[]): readonly ast.Import[] {
  const names = (item: ast.Import) =>
    sortedNames(item.names)
      .map(({ text }) => text)
      .join();
  return imports.toSorted((a, b) => compare(a.from.value, b.from.value) || compare(names(a), names(b)));
}

function sortedNames(names: readonly ast.Name[]): readonly ast.Name[] {
  return names.toSorted((a, b) => compare(a.text, b.text));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function importation(node: ast.Import, comments: Attached): Doc {
  const last = node.names.at(-1);
  const names = sortedNames(node.names).map((name): [ast.Node, Doc] => [name, name.text]);
  const broken = last !== undefined && comments.commaFollows(last);
  return [
    'import ',
    bracketed(node, names, { open: '{', close: '}', padding: line, broken }, comments),
    ` from ${string(node.from)}`,
  ];
}

function declaration(node: ast.Declaration, comments: Attached): Doc {
  const head = [annotations(node, comments), `${node.kind} ${node.name.text}`];
  switch (node.kind) {
    case 'block':
    case 'network':
      return [head, parameters(node, comments), ' ', graph(node.body, comments)];
    case 'loss':
      return [head, parameters(node, comments), ` of ${node.headKind.text} `, graph(node.body, comments)];
    case 'dataset':
    case 'experiment':
      return [head, parameters(node, comments), ' ', entries(node.settings, node.settings.entries, comments)];
    case 'variant':
    case 'sweep':
      return [head, ` of ${node.of.text} `, entries(node.body, node.body.items, comments)];
    case 'compare':
      return [
        head,
        ' of ',
        expression(node.of, comments),
        ' ',
        entries(node.body, node.body.items, comments),
      ];
    default:
      return node satisfies never;
  }
}

function annotations(node: { readonly annotations: readonly ast.Annotation[] }, comments: Attached): Doc {
  return node.annotations.map((item): Doc => [`@${item.name.text}`, args(item, comments), hardline]);
}

function parameters(
  node: Extract<ast.Declaration, { readonly parameters: unknown }>,
  comments: Attached,
): Doc {
  if (node.parameters.length === 0) return '';
  const items = node.parameters.map((item): [ast.Node, Doc] => [item, parameter(item, comments)]);
  return bracketed(node, items, { open: '(', close: ')', spaced: true }, comments);
}

function parameter(node: ast.Parameter, comments: Attached): Doc {
  return [
    annotations(node, comments),
    `${node.name.text}: ${type(node.type)}`,
    node.bounds === undefined ? '' : [' in ', expression(node.bounds, comments)],
    node.initial === undefined ? '' : [' = ', expression(node.initial, comments)],
  ];
}

function type({ base, list }: ast.TypeExpression): string {
  const name = base.kind === 'named' ? base.name.text : base.options.map(string).join(' | ');
  return list === undefined ? name : `${name}[${list.length === undefined ? '' : number(list.length)}]`;
}

function graph(node: ast.Graph, comments: Attached): Doc {
  const lines = aligned(node.statements, comments, (item, width) => statement(item, width, comments));
  return block(node, lines, comments);
}

function statement(node: ast.Statement, width: number, comments: Attached): Doc {
  const above = annotations(node, comments);
  switch (node.kind) {
    case 'input':
      return [above, `input ${node.name.text}: ${shape(node.shape, comments)}`];
    case 'let':
    case 'layer':
      return [above, head(node, comments).padEnd(width), ' = ', expression(node.value, comments)];
    case 'stage':
      return [above, `stage ${node.name.text} `, graph(node.body, comments)];
    case 'head':
      return [above, `head ${node.name.text}: ${node.headKind.text} = `, expression(node.value, comments)];
    case 'output':
      return [above, output(node, comments)];
    default:
      return node satisfies never;
  }
}

/** The shape is one more link of the value's chain. */
function output(node: ast.Output, comments: Attached): Doc {
  const opening = node.name === undefined ? 'output ' : `output ${node.name.text} = `;
  if (node.shape === undefined) return [opening, expression(node.value, comments)];
  const chain = chainOf(node.value, comments);
  const value = [chain.head, indent(chain.links.map((link) => [line, link]))];
  const result = indent([line, ': ', shape(node.shape, comments)]);
  return group([opening, framed(node.value, value, comments), result]);
}

/** Settings, and in what derives from an experiment also axes and reports. */
function entries(
  node: ast.Settings | ast.Derived,
  items: readonly (ast.Setting | ast.Axis | ast.Report)[],
  comments: Attached,
): Doc {
  return block(
    node,
    aligned(items, comments, (item, width) => entry(item, width, comments)),
    comments,
  );
}

function entry(node: ast.Setting | ast.Axis | ast.Report, width: number, comments: Attached): Doc {
  const above = annotations(node, comments);
  switch (node.kind) {
    case 'setting':
      if (node.value.kind === 'settings') {
        return [above, path(node.path), ' ', entries(node.value, node.value.entries, comments)];
      }
      return [above, head(node, comments).padEnd(width), ' = ', expression(node.value, comments)];
    case 'axis': {
      const varied = node.paired
        ? evenly('vary (', node.paths, ') in ')
        : evenly('vary ', node.paths, ' in ');
      return [above, varied, expression(node.values, comments)];
    }
    case 'report':
      return [above, report(node)];
    default:
      return node satisfies never;
  }
}

function report(node: ast.Report): Doc {
  const by = node.by === undefined ? '' : ` by ${path(node.by)}`;
  return evenly(`${node.verb} `, node.paths, by);
}

/** Paths below each other where they do not fit: as few lines as possible, filled evenly. */
function evenly(before: string, nodes: readonly ast.Path[], after: string): Doc {
  const paths = nodes.map(path);
  for (let count = 1; ; count++) {
    const length = Math.ceil(paths.length / count);
    const lines = paths.flatMap((_, start) =>
      start % length === 0 ? [paths.slice(start, start + length).join(', ')] : [],
    );
    const rows = lines.map((row, index) => row + (index === lines.length - 1 ? after : ','));
    const room = lineWidth - reportIndentation - before.length;
    if (count >= paths.length || rows.every((row) => displayWidth(row) <= room)) {
      return [before, indent(join(hardline, rows), before.length)];
    }
  }
}

// Reports occur only directly inside a declaration.
const reportIndentation = 2;

function path(node: ast.Path): string {
  return node.names.map((name) => name.text).join('.');
}

/** The items with their documents; the `=` of neighbours of one kind stand below each other. */
function aligned<N extends ast.Statement | ast.Setting | ast.Axis | ast.Report>(
  items: readonly N[],
  comments: Attached,
  make: (item: N, width: number) => Doc,
): readonly [N, Doc][] {
  const runs: N[][] = [];
  for (const item of items) {
    const run = runs.at(-1);
    const joins = run !== undefined && sameColumn(run.at(-1)!, item) && !comments.blankAbove(item);
    if (joins) run.push(item);
    else runs.push([item]);
  }
  return runs.flatMap((run) => {
    const width = Math.max(...run.map((item) => (assigns(item) ? head(item, comments).length : 0)));
    return run.map((item): [N, Doc] => [item, make(item, width)]);
  });
}

type Assigning = ast.Let | ast.Layer | ast.Setting;

function assigns(node: ast.Node): node is Assigning {
  return (
    node.kind === 'let' ||
    node.kind === 'layer' ||
    (node.kind === 'setting' && node.value.kind !== 'settings')
  );
}

function sameColumn(above: ast.Node, below: ast.Node): boolean {
  return assigns(above) && assigns(below) && above.kind === below.kind;
}

/** What stands before the `=`. */
function head(node: Assigning, comments: Attached): string {
  if (node.kind === 'setting') return path(node.path);
  const bound = node.kind === 'let' && node.shape !== undefined ? `: ${shape(node.shape, comments)}` : '';
  return `${node.kind} ${node.name.text}${bound}`;
}
