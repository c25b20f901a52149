import type { Graph } from '../../ir/graph.ts';
import type { Given, Member, ModuleClass, Read } from './classes.ts';
import { argumentsOf } from './classes.ts';
import { type Argument, formOf, type Literal } from './forms.ts';

/**
 * A class as Python.
 * @param docs what the spec says of its blocks, by name
 * @param shared lines that make modules one
 */
export function writeClass(
  graph: Graph,
  one: ModuleClass,
  docs: ReadonlyMap<string, string>,
  shared: readonly string[],
): string {
  const modules = one.members.filter((member) => isModule(member));
  const kept = keptParameters(one);
  const lines = [
    `class ${one.name}(nn.Module):`,
    ...docstring(one, docs),
    '',
    `    def __init__(${['self', ...one.parameters].join(', ')}):`,
    '        super().__init__()',
    ...kept.map((name) => `        self.${name} = ${name}`),
    ...modules.map((member) => `        self.${member.name} = ${constructed(graph, member)}`),
    ...shared.map((line) => `        ${line}`),
    '',
    ...forward(graph, one),
  ];
  return lines.join('\n');
}

function docstring({ block, parts }: ModuleClass, docs: ReadonlyMap<string, string>): readonly string[] {
  const text = block === null ? undefined : docs.get(block);
  const places = parts.map(({ path }) => path).filter((path) => path !== '');
  const where =
    places.length === 0
      ? ''
      : `At ${places.slice(0, 3).join(', ')}${places.length > 3 ? ' and others' : ''}.`;
  const lines = [text?.replaceAll('\\', '\\\\').replaceAll('"""', "'''"), where].flatMap((words) =>
    words ? words.split('\n') : [],
  );
  if (lines.length === 0) return [];
  if (lines.length === 1) return [`    """${lines[0]}"""`];
  return [`    """${lines[0]}`, '', ...lines.slice(1).map((line) => `    ${line}`), '    """'];
}

function isModule({ what }: Member): boolean {
  return what.kind === 'part' || formOf(what.node).module;
}

/** Parameters that a function needs when it runs. */
function keptParameters({ members }: ModuleClass): readonly string[] {
  const names = members.flatMap((member) =>
    isModule(member) ? [] : member.what.given.flatMap((one) => ('parameter' in one ? [one.parameter] : [])),
  );
  return [...new Set(names)];
}

function constructed(graph: Graph, { what }: Member): string {
  if (what.kind === 'part') {
    const given = what.of.parameters.map((name, place) => `${name}=${written(what.given[place]!, '')}`);
    return `${what.of.name}(${given.join(', ')})`;
  }
  return `${formOf(what.node).callable}(${listed(argumentsOf(graph, what.node), what.given, '').join(', ')})`;
}

/** Arguments as they are written: by place as long as none is left out, then by name. */
function listed(all: readonly Argument[], given: readonly Given[], owner: string): readonly string[] {
  return all.flatMap(({ name, default: usual }, place) => {
    const one = given[place]!;
    if (usual === undefined) return [written(one, owner)];
    const isUsual = 'literal' in one && JSON.stringify(one.literal) === JSON.stringify(usual);
    return isUsual ? [] : [`${name}=${written(one, owner)}`];
  });
}

function written(given: Given, owner: string): string {
  return 'parameter' in given ? owner + given.parameter : literal(given.literal);
}

function literal(value: Literal): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return String(value);
  return value.length === 2 && value[0] === value[1] ? String(value[0]) : `(${value.join(', ')})`;
}

/** What runs. A result that the next line alone reads is `y`. */
function forward(graph: Graph, one: ModuleClass): readonly string[] {
  const inputs = inputNames(one);
  const readers = readersOf(one);
  const name = (read: Read): string => {
    if (read.kind === 'input') return inputs[read.index]!;
    return resultNames(one, readers, read.member)[read.result]!;
  };
  const lines = one.members.map((member, index) => {
    const results = resultNames(one, readers, index).join(', ');
    return `        ${results} = ${called(graph, member, member.reads.map(name))}`;
  });
  const outputs = one.outputs.map(name).join(', ');
  const isNetwork = one.parts[0]!.path === '';
  const last = lines.at(-1);
  const direct = !isNetwork && last?.startsWith(`        ${outputs} = `);
  return [
    `    def forward(self, ${inputs.join(', ')}):`,
    ...(direct ? lines.slice(0, -1) : lines),
    direct
      ? last!.replace(`${outputs} = `, 'return ')
      : `        return ${isNetwork ? headsOf(graph, one, name) : outputs}`,
  ];
}

function called(graph: Graph, member: Member, operands: readonly string[]): string {
  const { what } = member;
  if (isModule(member)) return `self.${member.name}(${operands.join(', ')})`;
  if (what.kind === 'part') throw new Error('a part is a module');
  if (what.node.op === 'concat') return `torch.cat([${operands.join(', ')}], 1)`;
  const rest = listed(argumentsOf(graph, what.node), what.given, 'self.');
  return `${formOf(what.node).callable}(${[...operands, ...rest].join(', ')})`;
}

function inputNames({ parts, inputs }: ModuleClass): readonly string[] {
  if (parts[0]!.path === '') return ['image'];
  return inputs === 1 ? ['x'] : Array.from({ length: inputs }, (_, index) => `x${index + 1}`);
}

/** Which members read each member's results; the class's own outputs count as a reader behind all. */
function readersOf({ members, outputs }: ModuleClass): readonly (readonly number[])[] {
  const readers = members.map((): number[] => []);
  for (const [index, { reads }] of members.entries())
    for (const read of reads) if (read.kind === 'member') readers[read.member]!.push(index);
  for (const read of outputs) if (read.kind === 'member') readers[read.member]!.push(members.length);
  return readers;
}

function resultNames(
  { members }: ModuleClass,
  readers: readonly (readonly number[])[],
  index: number,
): readonly string[] {
  const { name, results } = members[index]!;
  if (results > 1) return Array.from({ length: results }, (_, result) => `${name}_${result + 1}`);
  const next = readers[index]!.every((reader) => reader === index + 1);
  return [next ? 'y' : name];
}

/** The answers of the network by head. */
function headsOf(graph: Graph, { outputs, parts }: ModuleClass, name: (read: Read) => string): string {
  const of = new Map(parts[0]!.outputs.map((id, index) => [id, name(outputs[index]!)]));
  const entries = graph.heads.map((head) => `${JSON.stringify(head.name)}: ${of.get(head.node)}`);
  return `{${entries.join(', ')}}`;
}
