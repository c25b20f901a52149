import type { Graph, Node } from '../../ir/graph.ts';

/** A part of a network under one path: a block's application, a binding, a stage. What it holds runs as one. */
export interface Part {
  /** `encoder/f1/chain.0`; empty for the network. */
  readonly path: string;
  /** The block that it applies, where the graph knows it. */
  readonly block: string | null;
  /** In the order in which they run. */
  readonly members: readonly (Node | Part)[];
  /** Nodes outside that members read, in the order of their first use. */
  readonly inputs: readonly number[];
  /** Nodes inside that others read, or that heads are. */
  readonly outputs: readonly number[];
}

/** Whether a member of a part is a part. */
export function isPart(member: Node | Part): member is Part {
  return 'members' in member;
}

/** A part that is being made. */
interface Draft {
  readonly path: string;
  readonly nodes: Node[];
}

/**
 * The parts of a network as its paths nest them. A path whose nodes others lie between, which could not run as one, is no
 * part: its nodes belong to the part around it, and so is one that holds a single member.
 */
export function partsOf(graph: Graph): Part {
  const nodes = graph.nodes.filter(({ op }) => op !== 'input');
  const drafts = new Map<string, Draft>();
  for (const node of nodes) {
    for (const path of pathsAround(node)) {
      const draft = drafts.get(path) ?? { path, nodes: [] };
      draft.nodes.push(node);
      drafts.set(path, draft);
    }
  }
  const place = new Map(nodes.map(({ id }, index) => [id, index]));
  const whole = [...drafts.values()].filter(({ nodes: own }) => {
    const [first, last] = [place.get(own[0]!.id)!, place.get(own.at(-1)!.id)!];
    return own.length > 1 && last - first + 1 === own.length;
  });
  const blocks = new Map(
    nodes.flatMap(({ origin }) => origin.within.map(({ block, path }) => [path, block] as const)),
  );
  const readers = readersOf(graph);
  return build({ path: '', nodes }, whole, blocks, readers);
}

function build(
  { path, nodes }: Draft,
  drafts: readonly Draft[],
  blocks: ReadonlyMap<string, string>,
  readers: ReadonlyMap<number, readonly number[]>,
): Part {
  const inner = drafts.filter(
    (draft) => draft.path !== path && draft.path.startsWith(path === '' ? '' : `${path}/`),
  );
  // The outermost of them; a shorter path holds the longer ones.
  const children = inner.filter(
    (draft) => !inner.some((other) => other !== draft && draft.path.startsWith(`${other.path}/`)),
  );
  const childOf = new Map(children.flatMap((child) => child.nodes.map(({ id }) => [id, child] as const)));
  const done = new Set<Draft>();
  const members: (Node | Part)[] = [];
  for (const node of nodes) {
    const child = childOf.get(node.id);
    if (child === undefined) members.push(node);
    else if (!done.has(child)) {
      done.add(child);
      members.push(build(child, inner, blocks, readers));
    }
  }
  const own = new Set(nodes.map(({ id }) => id));
  const inputs = new Set(nodes.flatMap(({ operands }) => operands.filter((id) => !own.has(id))));
  const outputs = nodes
    .filter(({ id }) => readers.get(id)!.some((reader) => !own.has(reader)))
    .map(({ id }) => id);
  return { path, block: blocks.get(path) ?? null, members, inputs: [...inputs], outputs };
}

/** All paths above a node's: `encoder`, `encoder/f1`, `encoder/f1/chain.0`. */
function pathsAround({ origin }: Node): readonly string[] {
  const names = origin.path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Who reads each node; −1 stands for a head. */
function readersOf(graph: Graph): ReadonlyMap<number, readonly number[]> {
  const readers = new Map(graph.nodes.map(({ id }) => [id, [] as number[]]));
  for (const { id, operands } of graph.nodes) for (const operand of operands) readers.get(operand)!.push(id);
  for (const { node } of graph.heads) readers.get(node)!.push(-1);
  return readers;
}
