import type { Graph, Node } from '../../ir/graph.ts';
import { isConvolution } from '../../passes/reach/taps.ts';

/** A network as people draw it: what each binding of a stage makes is one box. */
export interface Outline {
  /** In topological order; the first is the image. */
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** The names of the stages, in order. */
  readonly stages: readonly string[];
}

export interface Box {
  readonly kind: 'image' | 'part' | 'head';
  /** The binding, such as `f1`. */
  readonly title: string;
  /** The stage it belongs to, or null. */
  readonly stage: string | null;
  /** The blocks or operations that make it, such as `concat, max_pool, FpmB`. */
  readonly made: string;
  /** The block that it shows most: the last one in it; null where plain operations make it. */
  readonly block: string | null;
  /** How many calls of that block it holds. */
  readonly calls: number;
  /** Operations before and after that block, in order, each once. */
  readonly operations: readonly string[];
  /** The atrous rates inside, in order of appearance. */
  readonly rates: readonly number[];
  readonly shape: readonly number[];
}

export interface Arrow {
  readonly from: number;
  readonly to: number;
  /** Whether a longer way leads to the same box, so that this one passes over parts of the network. */
  readonly skip: boolean;
}

/** What is one box: all of a binding, each block called in it, or each operation and block of a block's inside. */
export type Detail = 'bindings' | 'blocks' | 'calls';

/** Gathers the nodes of a graph into boxes: by the first two parts of their paths, and by blocks where more is wanted. */
export function outline(graph: Graph, detail: Detail = 'bindings'): Outline {
  const heads = new Set(graph.heads.map((head) => head.name));
  const parts = detail === 'blocks' ? partsOf(graph, heads) : null;
  const boxOf = new Map<number, number>();
  const members: Node[][] = [];
  const keys: string[] = [];
  for (const node of graph.nodes) {
    const key =
      detail === 'calls'
        ? callKey(node)
        : `${boxKey(node, heads)}${parts === null ? '' : `#${parts[node.id]!}`}`;
    // A box that was left is not entered again, or arrows would run in circles.
    let box = keys.lastIndexOf(key);
    if (box === -1 || returnsTo(box, node, boxOf, graph)) {
      box = keys.push(key) - 1;
      members.push([]);
    }
    boxOf.set(node.id, box);
    members[box]!.push(node);
  }
  const boxes = members.map((nodes, index) => boxFrom(keys[index]!.replace(/#.*/, ''), nodes, heads, detail));
  return {
    boxes,
    arrows: arrows(graph, boxOf, boxes.length),
    stages: [...new Set(boxes.flatMap((box) => (box.stage === null ? [] : [box.stage])))],
  };
}

/** `encoder/f1/chain.2/conv` → `encoder/f1`; `encoder/stem.0/conv` → `encoder/stem`; everything of a head → its name. */
function boxKey(node: Node, heads: ReadonlySet<string>): string {
  const [first, second] = node.origin.path.split('/');
  if (node.op === 'input' || heads.has(first!) || second === undefined) return first!;
  return `${first}/${second.replace(/\.\d+$/, '')}`;
}

/** `chain.2` of a block's inside: the call of a block, or one operation. */
function callKey({ origin }: Node): string {
  return origin.within.at(-1)?.path ?? origin.path;
}

const startsPart: ReadonlySet<string> = new Set(['concat', 'max_pool', 'avg_pool']);

/** Of each node the part of its binding: a block called with what prepares its input; calls of one block in a row are one. */
function partsOf(graph: Graph, heads: ReadonlySet<string>): readonly number[] {
  const open = new Map<string, { part: number; block: string | null }>();
  return graph.nodes.map((node) => {
    const key = boxKey(node, heads);
    const block = node.origin.within.at(-1)?.block ?? null;
    const state = open.get(key) ?? { part: 0, block: null };
    const other = block === null ? startsPart.has(node.op) : block !== state.block;
    if (state.block !== null && other && !heads.has(key)) open.set(key, { part: state.part + 1, block });
    else open.set(key, { part: state.part, block: block ?? state.block });
    return open.get(key)!.part;
  });
}

/** Whether a way from the box through other boxes leads to the node. */
function returnsTo(box: number, node: Node, boxOf: ReadonlyMap<number, number>, graph: Graph): boolean {
  const seen = new Set<number>();
  const comesFromBox = (id: number, left: boolean): boolean => {
    if (boxOf.get(id) === box) return left;
    if (seen.has(id)) return false;
    seen.add(id);
    return graph.nodes[id]!.operands.some((operand) => comesFromBox(operand, true));
  };
  return node.operands.some((operand) => comesFromBox(operand, false));
}

function boxFrom(key: string, nodes: readonly Node[], heads: ReadonlySet<string>, detail: Detail): Box {
  // The inside of a block has no stages: names such as `branch/conv` stay whole.
  const [first, second] = detail === 'calls' ? [key] : key.split('/');
  const rates = nodes.flatMap((node) => (isConvolution(node) ? [Math.max(...node.attributes.rate)] : []));
  return {
    kind: nodes[0]!.op === 'input' ? 'image' : heads.has(first!) ? 'head' : 'part',
    title: second ?? first!,
    stage: second === undefined ? null : first!,
    block: nodes.findLast((node) => node.origin.within.length > 0)?.origin.within.at(-1)?.block ?? null,
    calls: new Set(nodes.flatMap(({ origin }) => origin.within.at(-1)?.path ?? [])).size,
    operations: [
      ...new Set(
        nodes.flatMap(({ op, origin }) => (origin.within.length === 0 && op !== 'input' ? [op] : [])),
      ),
    ],
    made: enumerate(nodes.filter((node) => node.op !== 'input').map(maker)),
    rates: [...new Set(rates.filter((rate) => rate > 1))],
    shape: nodes.at(-1)!.shape,
  };
}

/** The outermost block around a node that lies inside its box, or the operation itself. */
function maker(node: Node): string {
  return node.origin.within.at(-1)?.block ?? node.op;
}

/** Names in order of first appearance, at most four. */
function enumerate(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return distinct.length > 4 ? `${distinct.slice(0, 3).join(', ')}, …` : distinct.join(', ');
}

function arrows(graph: Graph, boxOf: ReadonlyMap<number, number>, count: number): readonly Arrow[] {
  const pairs = new Map<string, { from: number; to: number }>();
  for (const node of graph.nodes) {
    for (const operand of node.operands) {
      const from = boxOf.get(operand)!;
      const to = boxOf.get(node.id)!;
      if (from !== to) pairs.set(`${from} ${to}`, { from, to });
    }
  }
  const ranks = Array.from({ length: count }, () => 0);
  const ordered = [...pairs.values()].sort((a, b) => a.to - b.to);
  for (const { from, to } of ordered) ranks[to] = Math.max(ranks[to]!, ranks[from]! + 1);
  return ordered.map(({ from, to }) => ({ from, to, skip: ranks[to]! - ranks[from]! > 1 }));
}
