import type { Graph, Node } from '../../ir/graph.ts';
import { type Argument, formOf, type Literal } from './forms.ts';
import { isPart, type Part } from './parts.ts';

/** A number that an object of a class is made with: written in the class, or a parameter of it. */
export type Given = { readonly literal: Literal } | { readonly parameter: string };

/** What a class holds and runs, one after the other. */
export interface Member {
  /** Of the object's attribute and of what comes out: `conv`, `chain_0`. */
  readonly name: string;
  /** Values that it reads: inputs of the class by `input`, results of members before by `member` and which of theirs. */
  readonly reads: readonly Read[];
  readonly results: number;
  readonly what:
    | { readonly kind: 'node'; readonly node: Node; readonly given: readonly Given[] }
    | { readonly kind: 'part'; readonly of: ModuleClass; readonly given: readonly Given[] };
}

export type Read =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'member'; readonly member: number; readonly result: number };

/** A class of the package: all parts of a network that differ in numbers alone are objects of one. */
export interface ModuleClass {
  readonly name: string;
  /** The block of the spec that it is; null for a binding or a stage. */
  readonly block: string | null;
  readonly parameters: readonly string[];
  readonly inputs: number;
  readonly members: readonly Member[];
  readonly outputs: readonly Read[];
  /** The parts that are objects of it. */
  readonly parts: readonly Part[];
}

/** Parts that look alike but for numbers. */
interface Kind {
  readonly parts: Part[];
  /** The numbers of each part, in one order. */
  readonly values: (readonly Leaf[])[];
}

interface Leaf {
  readonly name: string;
  readonly value: Literal;
}

/**
 * The classes of a network, those first that others are made of; the network's own is the last. Numbers that are the same in
 * all objects stand in the class, those that differ are its parameters, one for those that differ alike.
 */
export function classesOf(graph: Graph, network: Part): readonly ModuleClass[] {
  const kinds = new Map<string, Kind>();
  const keys = new Map<Part, string>();
  const gather = (part: Part): void => {
    for (const member of part.members) if (isPart(member)) gather(member);
    const key = part.path === '' ? 'network' : outlineOf(graph, part, keys);
    keys.set(part, key);
    const kind = kinds.get(key) ?? { parts: [], values: [] };
    kinds.set(key, kind);
    kind.parts.push(part);
  };
  gather(network);

  const names = new Set<string>();
  const classes = new Map<string, ModuleClass>();
  /** What each part gives its class's parameters. */
  const handed = new Map<Part, readonly Leaf[]>();
  for (const [key, { parts }] of kinds) {
    const [first] = parts as [Part];
    const leaves = parts.map((part) => part.members.map((member) => leavesOf(graph, member, handed)));
    const { parameters, given } = unified(leaves);
    const reads = readsOf(first);
    const own: ModuleClass = {
      name: freshName(first.path === '' ? graph.name : className(first), names),
      block: first.block,
      parameters: parameters.map(({ name }) => name),
      inputs: first.inputs.length,
      members: first.members.map((member, index) => ({
        name: memberName(first, member),
        reads: reads.of(member),
        results: isPart(member) ? member.outputs.length : 1,
        what: isPart(member)
          ? { kind: 'part', of: classes.get(keys.get(member)!)!, given: given[index]! }
          : { kind: 'node', node: member, given: given[index]! },
      })),
      outputs: first.outputs.map((id) => reads.value(id)),
      parts,
    };
    classes.set(key, own);
    for (const [place, part] of parts.entries())
      handed.set(
        part,
        parameters.map(({ name, values }) => ({ name, value: values[place]! })),
      );
  }
  return [...classes.values()];
}

/** Everything about a part but its numbers. */
function outlineOf(graph: Graph, part: Part, keys: ReadonlyMap<Part, string>): string {
  const reads = readsOf(part);
  const members = part.members.map((member) => {
    if (isPart(member)) return [memberName(part, member), keys.get(member), reads.of(member)];
    const fixed = argumentsOf(graph, member).map(({ name, value }) =>
      isNumeric(value) ? name : [name, value],
    );
    return [memberName(part, member), member.op, fixed, reads.of(member), member.weights.length];
  });
  return JSON.stringify([part.block, members, part.outputs.map((id) => reads.value(id))]);
}

function leavesOf(
  graph: Graph,
  member: Node | Part,
  handed: ReadonlyMap<Part, readonly Leaf[]>,
): readonly Leaf[] {
  return isPart(member) ? handed.get(member)! : argumentsOf(graph, member);
}

export function argumentsOf(graph: Graph, node: Node): readonly Argument[] {
  const operands = node.operands.map((id) => graph.nodes[id]!.shape);
  return formOf(node).arguments(node.attributes as never, operands);
}

function isNumeric(value: Literal): boolean {
  return typeof value === 'number' || Array.isArray(value);
}

/** What of the leaves `[part][member][leaf]` is the same everywhere, and what becomes a parameter. */
function unified(leaves: readonly (readonly (readonly Leaf[])[])[]) {
  const parameters: { readonly name: string; readonly values: readonly Literal[] }[] = [];
  const byValues = new Map<string, string>();
  const names = new Set<string>();
  const given = leaves[0]!.map((own, member) =>
    own.map((leaf, place): Given => {
      const values = leaves.map((part) => part[member]![place]!.value);
      const texts = values.map((value) => JSON.stringify(value));
      if (new Set(texts).size === 1) return { literal: leaf.value };
      const key = texts.join();
      const known = byValues.get(key);
      if (known !== undefined) return { parameter: known };
      const name = freshName(leaf.name, names);
      byValues.set(key, name);
      parameters.push({ name, values });
      return { parameter: name };
    }),
  );
  return { parameters, given };
}

/** Where the values lie that a part's members read. */
function readsOf(part: Part) {
  const made = new Map<number, Read>();
  for (const [index, id] of part.inputs.entries()) made.set(id, { kind: 'input', index });
  for (const [member, one] of part.members.entries()) {
    const outputs = isPart(one) ? one.outputs : [one.id];
    for (const [result, id] of outputs.entries()) made.set(id, { kind: 'member', member, result });
  }
  const value = (id: number): Read => made.get(id)!;
  return {
    value,
    of: (member: Node | Part) => (isPart(member) ? member.inputs : member.operands).map(value),
  };
}

/** A name of Python for a member, from its path within the part. */
function memberName(part: Part, member: Node | Part): string {
  const path = isPart(member) ? member.path : member.origin.path;
  const inner = part.path === '' ? path : path.slice(part.path.length + 1);
  return identifier(inner);
}

/** Words that Python or every module has for itself. */
const taken = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with self x y torch nn F add part pad crop resize flatten reshape transpose matmul multiply subtract affine train eval half float double type forward parameters'.split(
    ' ',
  ),
);

function identifier(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9]+/g, '_').replace(/^(?=\d)|_+$/g, (end) => (end === '' ? 'n' : ''));
  return taken.has(plain) ? `${plain}_` : plain;
}

/** `FpmB` for a block, `Chain` for `encoder/f1/chain.0`. */
function className({ block, path }: Part): string {
  const last =
    block ??
    path
      .split('/')
      .at(-1)!
      .replace(/\.\d+$/, '');
  const words = last.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]/.test(name) ? name : `Part${name}`;
}

function freshName(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let count = 2; names.has(name); count++) name = `${wanted}${count}`;
  names.add(name);
  return name;
}
