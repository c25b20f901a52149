import { didYouMean } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast.ts';
import { matchArguments, parameterNote } from '../names/arguments.ts';
import { type Declared, describeDeclaration } from '../program/program.ts';
import { nodesIn } from '../program/walk.ts';
import type { Given } from '../values/values.ts';
import { describeExpression, leaf, what } from './nodes.ts';
import type { Reading, SettingType } from './table.ts';
import { firstEntry, pathOf, type SettingNode } from './tree.ts';

/** A network or dataset with the values given for its parameters. */
export interface Chosen<K extends 'network' | 'dataset'> {
  readonly declared: Declared<Extract<ast.Declaration, { kind: K }>>;
  readonly given: ReadonlyMap<string, Given>;
  /** What overrides set inside a dataset besides its parameters. */
  readonly settings: ReadonlyMap<string, SettingNode>;
  /** Where it was chosen. */
  readonly at: ast.Expression;
}

/** `CmrNet(width = 8)`: a declaration with arguments, which overrides reach by name. */
export function declared<K extends 'network' | 'dataset'>(kind: K): SettingType<Chosen<K>> {
  return {
    describe: `a ${kind}`,
    read(node, reading) {
      const { entry } = node;
      if (!entry) return undefined;
      const { value } = entry;
      const callee = value.kind === 'call' ? value.callee : value;
      if (callee.kind !== 'reference') {
        if (callee.kind !== 'hole') mismatch(node, callee, `a ${kind}`, describeExpression(value), reading);
        return undefined;
      }
      const found = reading.evaluation(entry.home).lookup(callee.name);
      if (found.kind === 'poison') return undefined;
      if (found.kind !== 'declared' || found.declared.declaration.kind !== kind) {
        const actual =
          found.kind === 'declared' ? describeDeclaration(found.declared.declaration) : 'a parameter';
        reading.reporter.report('wrongDeclaration', {
          at: callee.span,
          arguments: { name: callee.name.text, actual, expected: `a ${kind}` },
        });
        return undefined;
      }
      const target = found.declared as Chosen<K>['declared'];
      const given = givenTo(target, value, node, reading);
      return given && { declared: target, ...given, at: value };
    },
  };
}

function givenTo(
  { declaration }: Declared<ast.Network | ast.Dataset>,
  value: ast.Expression,
  node: SettingNode,
  reading: Reading,
):
  | { readonly given: ReadonlyMap<string, Given>; readonly settings: ReadonlyMap<string, SettingNode> }
  | undefined {
  const formals = reading.signatures.of(declaration.parameters);
  const names = formals.map(({ name }) => name);
  const overridden = new Set(names.filter((name) => node.children.get(name)?.entry));
  const written = value.kind === 'call' ? value.arguments : [];
  const matched = matchArguments(
    { name: declaration.name.text, span: value.span, formals, given: overridden },
    written,
    reading.reporter,
  );
  const given = new Map<string, Given>();
  const evaluation = reading.evaluation(node.entry!.home);
  for (const [name, argument] of matched) {
    if (overridden.has(name)) continue;
    given.set(name, { value: evaluation.evaluate(argument.value), at: argument.value.span });
  }
  const settings = new Map<string, SettingNode>();
  let sound = matched.size === written.length;
  for (const [name, child] of node.children) {
    if (names.includes(name) && leaf(child, reading)) {
      const { value: expression, home } = child.entry;
      given.set(name, { value: reading.evaluation(home).evaluate(expression), at: expression.span });
    } else if (declaration.kind === 'dataset') settings.set(name, child);
    else {
      if (!names.includes(name)) unknownParameter(declaration, child, names, reading);
      sound = false;
    }
  }
  const missing = formals.some(({ name, required }) => required && !given.has(name));
  const poisoned = [...given.values()].some((own) => own.value.kind === 'poison');
  return sound && !missing && !poisoned ? { given, settings } : undefined;
}

function unknownParameter(
  network: ast.Network | ast.Dataset,
  node: SettingNode,
  names: readonly string[],
  { reporter }: Reading,
): void {
  const name = node.name!;
  const entry = firstEntry(node)!;
  const notes = parameterNote(network.name.text, names);
  const help = didYouMean(name.span, name.text, names);
  const inside = [...nodesIn(network)].some(
    (part) =>
      'name' in part && part.kind !== 'parameter' && part.kind !== 'reference' && nameOf(part) === name.text,
  );
  if (inside && help.length === 0) {
    reporter.report('insideNetwork', {
      at: name.span,
      arguments: { path: pathOf(entry.names) },
      notes: ['overrides reach parameters and settings, nothing inside a network', ...notes],
    });
    return;
  }
  reporter.report('unknownParameter', {
    at: name.span,
    arguments: { of: network.name.text, name: name.text },
    label: 'unknown parameter',
    notes,
    help,
  });
}

function nameOf(node: ast.Node): string | undefined {
  const declares =
    node.kind === 'let' || node.kind === 'layer' || node.kind === 'stage' || node.kind === 'head';
  return declares ? node.name.text : undefined;
}

function mismatch(
  node: SettingNode,
  { span }: ast.Expression,
  expected: string,
  actual: string,
  { reporter }: Reading,
): void {
  reporter.report('typeMismatch', { at: span, arguments: { what: what(node), expected, actual } });
}
