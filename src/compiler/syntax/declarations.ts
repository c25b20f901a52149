import type * as cst from '../../../grammar/cst.ts';
import type { Span } from '../source/span.ts';
import type * as ast from './ast.ts';
import { all, children, first, name, nameless, real, type Surroundings, spanOf } from './concrete.ts';
import { args, expression, list, number, shape, string } from './expressions.ts';

/** A file's tree from what the parser recognised. `whole` is the span of the text. */
export function fileFrom(
  node: cst.FileCstNode | undefined,
  comments: readonly ast.Comment[],
  whole: Span,
  around: Surroundings,
): ast.File {
  const parts = children(node);
  return {
    kind: 'file',
    edition: edition(first(parts.edition), around),
    imports: all(parts.importation, (item) => importation(item, whole, around)),
    declarations: all(parts.declaration, (item) => declaration(item, whole, around)),
    comments,
    span: whole,
  };
}

/** One setting, as an override on the command line is. */
export function settingFrom(
  node: cst.SettingCstNode | undefined,
  within: Span,
  around: Surroundings,
): ast.Setting | undefined {
  const parts = children(node);
  return assignment(first(parts.assignment), head(parts.annotation, within, around), within, around);
}

function edition(node: cst.EditionCstNode | undefined, around: Surroundings): ast.NumberLiteral | undefined {
  const token = real(first(children(node).Number));
  return token === undefined || token.image === '' ? undefined : number(token, around);
}

function importation(
  node: cst.ImportationCstNode,
  within: Span,
  around: Surroundings,
): ast.Import | undefined {
  const parts = children(node);
  const from = real(first(parts.String));
  if (from === undefined) return undefined;
  const names = all(parts.Identifier, (token) => name(token, around));
  return { kind: 'import', names, from: string(from, around), span: spanOf(node, within) };
}

/** What stands before the keyword of a declaration, statement, setting or parameter. */
interface Header {
  readonly annotations: readonly ast.Annotation[];
  /** Where the annotations start. */
  readonly start: number | undefined;
}

function head(
  nodes: readonly cst.AnnotationCstNode[] | undefined,
  within: Span,
  around: Surroundings,
): Header {
  const annotations = all(nodes, (node) => annotation(node, within, around));
  return { annotations, start: annotations[0]?.span.start };
}

/** The part that every documented node has; `core` is the span without the annotations. */
function documented(header: Header, core: Span, around: Surroundings) {
  const places = [...header.annotations.map((item) => item.span.start), core.start];
  const texts = places.flatMap((place) => around.documentation.get(place) ?? []);
  return {
    annotations: header.annotations,
    documentation: texts.length === 0 ? undefined : texts.join('\n'),
    span: { ...core, start: header.start ?? core.start },
  };
}

function annotation(
  node: cst.AnnotationCstNode,
  within: Span,
  around: Surroundings,
): ast.Annotation | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier), around);
  if (called === undefined) return undefined;
  return { kind: 'annotation', name: called, arguments: args(first(parts.arguments), span, around), span };
}

function declaration(
  node: cst.DeclarationCstNode,
  within: Span,
  around: Surroundings,
): ast.Declaration | undefined {
  const parts = children(node);
  const header = head(parts.annotation, within, around);
  const graphLike = first(parts.graphDeclaration);
  if (graphLike !== undefined) return graphDeclaration(graphLike, header, within, around);
  const settingsLike = first(parts.settingsDeclaration);
  if (settingsLike !== undefined) return settingsDeclaration(settingsLike, header, within, around);
  const measuring = first(parts.lossDeclaration);
  if (measuring !== undefined) return lossDeclaration(measuring, header, within, around);
  const derived = first(parts.derivation);
  if (derived !== undefined) return derivation(derived, header, within, around);
  const compared = first(parts.comparison);
  return compared && comparison(compared, header, within, around);
}

function graphDeclaration(
  node: cst.GraphDeclarationCstNode,
  header: Header,
  within: Span,
  around: Surroundings,
): ast.Block | ast.Network | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier), around);
  if (called === undefined) return undefined;
  return {
    kind: parts.Network === undefined ? 'block' : 'network',
    name: called,
    parameters: parameters(first(parts.parameters), span, around),
    body: graph(first(parts.graph), span, around),
    ...documented(header, span, around),
  };
}

function settingsDeclaration(
  node: cst.SettingsDeclarationCstNode,
  header: Header,
  within: Span,
  around: Surroundings,
): ast.Dataset | ast.Experiment | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier), around);
  if (called === undefined) return undefined;
  return {
    kind: parts.Experiment === undefined ? 'dataset' : 'experiment',
    name: called,
    parameters: parameters(first(parts.parameters), span, around),
    settings: settings(first(parts.settings), span, around),
    ...documented(header, span, around),
  };
}

function lossDeclaration(
  node: cst.LossDeclarationCstNode,
  header: Header,
  within: Span,
  around: Surroundings,
): ast.Loss | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier), around);
  if (called === undefined) return undefined;
  return {
    kind: 'loss',
    name: called,
    parameters: parameters(first(parts.parameters), span, around),
    headKind: name(first(parts.headKind), around) ?? nameless(span),
    body: graph(first(parts.graph), span, around),
    ...documented(header, span, around),
  };
}

function derivation(
  node: cst.DerivationCstNode,
  header: Header,
  within: Span,
  around: Surroundings,
): ast.Variant | ast.Sweep | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier), around);
  if (called === undefined) return undefined;
  return {
    kind: parts.Sweep === undefined ? 'variant' : 'sweep',
    name: called,
    of: name(first(parts.base), around) ?? nameless(span),
    body: derived(first(parts.derived), span, around),
    ...documented(header, span, around),
  };
}

function comparison(
  node: cst.ComparisonCstNode,
  header: Header,
  within: Span,
  around: Surroundings,
): ast.Compare | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier), around);
  if (called === undefined) return undefined;
  return {
    kind: 'compare',
    name: called,
    of: list(first(parts.list), span, around),
    body: derived(first(parts.derived), span, around),
    ...documented(header, span, around),
  };
}

function parameters(
  node: cst.ParametersCstNode | undefined,
  within: Span,
  around: Surroundings,
): readonly ast.Parameter[] {
  return all(children(node).parameter, (item) => parameter(item, within, around));
}

function parameter(
  node: cst.ParameterCstNode,
  within: Span,
  around: Surroundings,
): ast.Parameter | undefined {
  const parts = children(node);
  const called = name(first(parts.Identifier), around);
  if (called === undefined) return undefined;
  const span = spanOf(node, within);
  const bounds = first(parts.bounds);
  const initial = first(parts.initial);
  return {
    kind: 'parameter',
    name: called,
    type: type(first(parts.type), span, around),
    bounds: bounds && expression(bounds, span, around),
    initial: initial && expression(initial, span, around),
    ...documented(head(parts.annotation, span, around), { ...span, start: called.span.start }, around),
  };
}

function type(node: cst.TypeCstNode | undefined, within: Span, around: Surroundings): ast.TypeExpression {
  const parts = children(node);
  const span = spanOf(node, within);
  const called = name(first(parts.Identifier) ?? first(parts.Block), around);
  const options = all(parts.String, (token) => real(token) && string(token, around));
  const length = real(first(parts.Number));
  return {
    kind: 'type',
    base:
      options.length > 0 ? { kind: 'choice', options } : { kind: 'named', name: called ?? nameless(within) },
    list: parts.OpenBracket && { length: length && number(length, around) },
    span,
  };
}

function graph(node: cst.GraphCstNode | undefined, within: Span, around: Surroundings): ast.Graph {
  const span = spanOf(node, within);
  const statements = all(children(node).statement, (item) => statement(item, span, around));
  return { kind: 'graph', statements, span };
}

function statement(
  node: cst.StatementCstNode,
  within: Span,
  around: Surroundings,
): ast.Statement | undefined {
  const parts = children(node);
  const header = head(parts.annotation, within, around);
  const core =
    first(parts.inputStatement) ??
    first(parts.letStatement) ??
    first(parts.layerStatement) ??
    first(parts.stageStatement) ??
    first(parts.headStatement) ??
    first(parts.outputStatement);
  if (core === undefined) return undefined;
  const span = spanOf(core, within);
  const rest = documented(header, span, around);
  if (core.name === 'outputStatement') {
    const { expression: value, shape: axes } = children(core);
    const written = first(axes);
    return {
      kind: 'output',
      name: name(first(core.children.Identifier), around),
      value: expression(first(value), span, around),
      shape: written && shape(written, span, around),
      ...rest,
    };
  }
  const called = name(first(core.children.Identifier), around);
  if (called === undefined) return undefined;
  switch (core.name) {
    case 'inputStatement':
      return {
        kind: 'input',
        name: called,
        shape: shape(first(children(core).shape), span, around),
        ...rest,
      };
    case 'letStatement': {
      const { expression: value, shape: axes } = children(core);
      const written = first(axes);
      return {
        kind: 'let',
        name: called,
        shape: written && shape(written, span, around),
        value: expression(first(value), span, around),
        ...rest,
      };
    }
    case 'layerStatement':
      return {
        kind: 'layer',
        name: called,
        value: expression(first(children(core).expression), span, around),
        ...rest,
      };
    case 'stageStatement':
      return { kind: 'stage', name: called, body: graph(first(children(core).graph), span, around), ...rest };
    case 'headStatement':
      return {
        kind: 'head',
        name: called,
        headKind: name(first(children(core).headKind), around) ?? nameless(span),
        value: expression(first(children(core).expression), span, around),
        ...rest,
      };
    default:
      return core satisfies never;
  }
}

function settings(node: cst.SettingsCstNode | undefined, within: Span, around: Surroundings): ast.Settings {
  const span = spanOf(node, within);
  const entries = all(children(node).setting, (item) => settingFrom(item, span, around));
  return { kind: 'settings', entries, span };
}

function assignment(
  node: cst.AssignmentCstNode | undefined,
  header: Header,
  within: Span,
  around: Surroundings,
): ast.Setting | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const target = path(first(parts.path), span, around);
  if (target.names.length === 0) return undefined;
  const nested = first(parts.settings);
  const value =
    nested === undefined ? expression(first(parts.expression), span, around) : settings(nested, span, around);
  return { kind: 'setting', path: target, value, ...documented(header, span, around) };
}

function derived(node: cst.DerivedCstNode | undefined, within: Span, around: Surroundings): ast.Derived {
  const span = spanOf(node, within);
  const items = all(children(node).derivedItem, (item) => derivedItem(item, span, around));
  return { kind: 'derived', items, span };
}

function derivedItem(
  node: cst.DerivedItemCstNode,
  within: Span,
  around: Surroundings,
): ast.Setting | ast.Axis | ast.Report | undefined {
  const parts = children(node);
  const header = head(parts.annotation, within, around);
  const varied = first(parts.axis);
  if (varied !== undefined) return axis(varied, header, within, around);
  const reported = first(parts.report);
  if (reported !== undefined) return report(reported, header, within, around);
  return assignment(first(parts.assignment), header, within, around);
}

function axis(
  node: cst.AxisCstNode,
  header: Header,
  within: Span,
  around: Surroundings,
): ast.Axis | undefined {
  const parts = children(node);
  const span = spanOf(node, within);
  const paths = all(parts.path, (item) => path(item, span, around));
  if (paths.length === 0) return undefined;
  return {
    kind: 'axis',
    paths,
    paired: parts.OpenParenthesis !== undefined,
    values: expression(first(parts.expression), span, around),
    ...documented(header, span, around),
  };
}

function report(node: cst.ReportCstNode, header: Header, within: Span, around: Surroundings): ast.Report {
  const parts = children(node);
  const span = spanOf(node, within);
  const by = first(parts.by);
  return {
    kind: 'report',
    verb: parts.Plot === undefined ? 'report' : 'plot',
    paths: all(parts.path, (item) => path(item, span, around)),
    by: by && path(by, span, around),
    ...documented(header, span, around),
  };
}

function path(node: cst.PathCstNode | undefined, within: Span, around: Surroundings): ast.Path {
  const names = all(children(node).Identifier, (token) => name(token, around));
  return { kind: 'path', names, span: spanOf(node, within) };
}
