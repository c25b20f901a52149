import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast.ts';
import { type Formal, matchArguments } from '../names/arguments.ts';
import { describeExpression, leaf, valueNode, what } from './nodes.ts';
import {
  complete,
  type Key,
  type Partly,
  type Reading,
  readKey,
  type SettingType,
  type Settled,
  type Table,
  unknownName,
} from './table.ts';
import { firstEntry, pathOf, type SettingNode } from './tree.ts';

type Functions = Readonly<Record<string, Table>>;
type Called<F extends Functions> = { [N in keyof F & string]: { readonly kind: N } & Settled<F[N]> }[keyof F &
  string];

/**
 * A call of one of some functions, such as `rmsprop(lr = 0.003)`: its name and arguments as plain data.
 * @param docs what each function does
 */
export function call<const F extends Functions>(
  functions: F,
  docs: Readonly<Record<keyof F & string, string>>,
): SettingType<Called<F>> {
  const names = Object.keys(functions);
  return {
    describe: alternatives(names.map((name) => `${name}(…)`)),
    inside: functions,
    insideDocs: docs,
    example: exampleCall(names[0]!, functions[names[0]!]!),
    read(node, reading) {
      const entry = node.entry;
      if (!entry) return reportValueless(node, reading);
      const { value } = entry;
      const callee = value.kind === 'call' ? value.callee : value;
      const name = callee.kind === 'reference' ? callee.name.text : undefined;
      const table = name !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (name === undefined || !table || value.kind !== 'call') {
        if (callee.kind !== 'hole') reportNoCall(node, names, table, reading);
        return undefined;
      }
      const values = readArguments(name, table, value, node, reading);
      return values && ({ kind: name, ...values } as Called<F>);
    },
  };
}

/** One value, or a list of them. */
export function oneOrMore<T>(type: SettingType<T>): SettingType<readonly T[]> {
  return {
    describe: `${type.describe}, or a list of them`,
    ...(type.inside && { inside: type.inside, insideDocs: type.insideDocs! }),
    ...(type.example !== undefined && { example: type.example }),
    read(node, reading) {
      const entry = node.entry;
      if (!entry) return reportValueless(node, reading);
      if (entry.value.kind !== 'list') {
        const only = type.read(node, reading);
        return only === undefined ? undefined : [only];
      }
      if (!leaf(node, reading)) return undefined;
      const values = entry.value.items.map((item) => type.read(valueNode(node, item, entry), reading));
      return values.includes(undefined) ? undefined : (values as T[]);
    },
  };
}

/** The arguments of a call by name: from the call itself, then from paths that reach into it. */
export function argumentNodes(
  callee: string,
  formals: readonly Formal[],
  value: ast.Call,
  node: SettingNode,
  reading: Reading,
): ReadonlyMap<string, SettingNode> {
  const given = new Set([...node.children].filter(([, child]) => child.entry).map(([name]) => name));
  const matched = matchArguments(
    { name: callee, span: value.span, formals, given },
    value.arguments,
    reading.reporter,
  );
  const nodes = new Map<string, SettingNode>();
  for (const { name } of formals) {
    const written = matched.get(name);
    const override = node.children.get(name);
    if (override?.entry) nodes.set(name, override);
    else if (written) {
      const named: ast.Name = written.name ?? { kind: 'name', text: name, span: written.span };
      const inner = valueNode(node, written.value, node.entry!, named);
      nodes.set(name, override ? { ...inner, children: override.children } : inner);
    }
  }
  return nodes;
}

function readArguments(
  callee: string,
  table: Table,
  value: ast.Call,
  node: SettingNode,
  reading: Reading,
): Record<string, unknown> | undefined {
  const keys = Object.entries(table).filter((pair): pair is [string, Key<unknown>] => pair[1].kind === 'key');
  const formals = keys.map(([name, part]) => ({ name, required: !('default' in part) }));
  const nodes = argumentNodes(callee, formals, value, node, reading);
  let sound = value.arguments.every((argument) => !argument.name || argument.name.text in table);
  for (const child of node.children.values()) {
    if (child.name!.text in table) continue;
    unknownName(child, `\`${callee}\``, Object.keys(table), reading);
    sound = false;
  }
  const values: Record<string, unknown> = {};
  for (const [name, part] of keys) {
    const own = nodes.get(name);
    // A missing argument was reported with the call.
    values[name] = own || 'default' in part ? readKey(part, name, own, `\`${callee}\``, reading) : undefined;
  }
  return sound ? complete(values as Partly<Table>) : undefined;
}

function reportValueless(node: SettingNode, reading: Reading): undefined {
  const [child] = node.children.values();
  const entry = child && firstEntry(child);
  if (!entry) return undefined;
  reading.reporter.report('unknownPath', {
    at: child.name!.span,
    arguments: { of: reading.name, path: pathOf(entry.names) },
    notes: [`${what(node)} is not set, so there is nothing in it to change`],
    help: [{ message: `set ${what(node)} as a whole` }],
  });
  return undefined;
}

function reportNoCall(
  node: SettingNode,
  names: readonly string[],
  table: Table | undefined,
  reading: Reading,
): void {
  const { value } = node.entry!;
  const expected = alternatives(names.map((name) => `${name}(…)`));
  const callee = value.kind === 'call' ? value.callee : value;
  if (callee.kind === 'reference' && !table) {
    reading.reporter.report('unknownName', {
      at: callee.span,
      arguments: { kind: node.name?.text ?? 'choice', name: callee.name.text },
      notes: [`${what(node)} is ${expected}`],
      help: didYouMean(callee.span, callee.name.text, names),
    });
    return;
  }
  reading.reporter.report('typeMismatch', {
    at: value.span,
    arguments: { what: what(node), expected, actual: describeExpression(value) },
    help:
      callee.kind === 'reference' && table
        ? [{ message: `write \`${callExample(callee.name.text, table)}\`` }]
        : [],
  });
}

/** A call with usual values of the arguments that it needs: `resample(1.4mm)`. */
export function exampleCall(name: string, table: Table): string {
  const needed = Object.values(table).filter((part) => part.kind === 'key' && !('default' in part));
  return `${name}(${needed.map((part) => exampleOf(part as Key<unknown>)).join(', ')})`;
}

/** A value of a key as the language writes it; empty where it needs a spec around it. */
export function exampleOf({ example, type }: Key<unknown>): string {
  return example ?? type.example ?? '';
}

/** A call with the arguments that it needs: `rmsprop(lr = …)`. */
function callExample(name: string, table: Table): string {
  const needed = Object.entries(table).filter(([, part]) => !('default' in part));
  return `${name}(${needed.map(([key]) => `${key} = …`).join(', ')})`;
}
