import type { Graph, Node } from '../ir/graph.ts';
import { graphHash } from '../ir/hash.ts';
import { formatShape, type Shape } from '../ir/shape.ts';
import { cost } from '../passes/cost.ts';
import { rowOf, summaryRows } from '../targets/summary/rows.ts';
import { type Alignment, alignNodes } from './alignment.ts';

/** A layer that one network has and the other has not, with the normalisation and activation that only it feeds. */
export interface OwnLayer {
  readonly path: string;
  /** `conv 3×3 rate 5 + batch_norm + relu`. */
  readonly operation: string;
  readonly shape: Shape;
  readonly parameters: number;
}

/** An operation that both networks have, and what is different about it. */
export interface ChangedLayer {
  readonly before: string;
  /** The same path, unless the layer was found again by what it does. */
  readonly after: string;
  /** What it does or reads: `rate`, `operation`, `operands`, `weights`. Empty when it only follows what is before it. */
  readonly changes: readonly { readonly what: string; readonly before: string; readonly after: string }[];
  readonly shape: { readonly before: Shape; readonly after: Shape };
  readonly parameters: { readonly before: number; readonly after: number };
}

/** How two networks differ; nothing in any list means that they compute the same function of the same weights. */
export interface LayerDifference {
  readonly added: readonly OwnLayer[];
  readonly removed: readonly OwnLayer[];
  readonly changed: readonly ChangedLayer[];
  /** Operations that are the same in both. */
  readonly same: number;
}

/** Aligns two networks, by path and then by structure, and tells what is different. */
export function layerDifference(before: Graph, after: Graph): LayerDifference {
  if (graphHash(before) === graphHash(after)) {
    return { added: [], removed: [], changed: [], same: after.nodes.length - 1 };
  }
  const { alignment, changed, same } = compareNodes(before, after);
  return {
    added: ownLayers(after, (id) => !alignment.toBefore.has(id)),
    removed: ownLayers(before, (id) => !alignment.toAfter.has(id)),
    changed,
    same: same.length,
  };
}

/** The nodes that two networks share: which are the same, by their ids in the first, and what is different about others. */
export function compareNodes(
  before: Graph,
  after: Graph,
): {
  readonly alignment: Alignment;
  readonly same: readonly number[];
  readonly changed: readonly ChangedLayer[];
} {
  const alignment = alignNodes(before, after);
  const costs = { before: cost(before).nodes, after: cost(after).nodes };
  const changed: ChangedLayer[] = [];
  const same: number[] = [];
  for (const [left, right] of alignment.pairs) {
    const [one, other] = [before.nodes[left]!, after.nodes[right]!];
    const change: ChangedLayer = {
      before: one.origin.path,
      after: other.origin.path,
      changes: changesOf(one, other, before, after, alignment),
      shape: { before: one.shape, after: other.shape },
      parameters: { before: costs.before[left]!.parameters, after: costs.after[right]!.parameters },
    };
    if (isChange(change)) changed.push(change);
    else if (one.op !== 'input') same.push(left);
  }
  return { alignment, same, changed };
}

function isChange({ changes, shape, parameters }: ChangedLayer): boolean {
  return (
    changes.length > 0 ||
    formatShape(shape.before) !== formatShape(shape.after) ||
    parameters.before !== parameters.after
  );
}

function ownLayers(graph: Graph, isOwn: (id: number) => boolean): readonly OwnLayer[] {
  const { nodes } = cost(graph);
  return summaryRows(graph).flatMap((row) => {
    const own = row.nodes.filter(isOwn);
    if (own.length === 0) return [];
    const { path, text } = rowOf(own.map((id) => graph.nodes[id]!));
    const parameters = own.reduce((sum, id) => sum + nodes[id]!.parameters, 0);
    return [{ path, operation: text, shape: graph.nodes[own.at(-1)!]!.shape, parameters }];
  });
}

function changesOf(
  one: Node,
  other: Node,
  before: Graph,
  after: Graph,
  alignment: Alignment,
): ChangedLayer['changes'] {
  const operation = one.op === other.op ? [] : [{ what: 'operation', before: one.op, after: other.op }];
  const attributes = one.op === other.op && one.op !== 'input' ? attributeChanges(one, other) : [];
  return [
    ...operation,
    ...attributes,
    ...operandChange(one, other, before, after, alignment),
    ...sharingChange(one, other, before, after, alignment),
  ];
}

function attributeChanges(one: Node, other: Node): ChangedLayer['changes'] {
  const [left, right] = [one.attributes, other.attributes] as readonly Readonly<Record<string, unknown>>[];
  return Object.keys(left!).flatMap((what) => {
    const [from, to] = [valueText(left![what]), valueText(right![what])];
    return from === to ? [] : [{ what, before: from, after: to }];
  });
}

/** What is read no longer and what is read instead; everything, when only the order is another. */
function operandChange(
  one: Node,
  other: Node,
  before: Graph,
  after: Graph,
  { toAfter, toBefore }: Alignment,
): ChangedLayer['changes'] {
  const wired = one.operands.map((id) => toAfter.get(id));
  if (wired.length === other.operands.length && wired.every((id, index) => id === other.operands[index]))
    return [];
  const lost = one.operands.filter((id) => !other.operands.includes(toAfter.get(id) ?? -1));
  const gained = other.operands.filter((id) => !one.operands.includes(toBefore.get(id) ?? -1));
  const reordered = lost.length + gained.length === 0;
  const paths = (graph: Graph, ids: readonly number[]) =>
    ids.map((id) => graph.nodes[id]!.origin.path || 'the image').join(', ');
  return [
    {
      what: 'operands',
      before: paths(before, reordered ? one.operands : lost),
      after: paths(after, reordered ? other.operands : gained),
    },
  ];
}

/** Whether the weights are those of another layer than before. */
function sharingChange(
  one: Node,
  other: Node,
  before: Graph,
  after: Graph,
  { toAfter }: Alignment,
): ChangedLayer['changes'] {
  if (one.weights.length === 0 || other.weights.length === 0) return [];
  const first = (graph: Graph, { layer }: Node) =>
    graph.nodes.find((node) => node.layer === layer && node.weights.length > 0)!;
  // A layer of its own, as nearly all are, needs no search.
  if (one.layer === one.origin.path && other.layer === other.origin.path) return [];
  const [left, right] = [first(before, one), first(after, other)];
  return toAfter.get(left.id) === right.id
    ? []
    : [{ what: 'weights', before: one.layer, after: other.layer }];
}

function valueText(value: unknown): string {
  return Array.isArray(value)
    ? value.every((part) => part === value[0])
      ? String(value[0])
      : value.join('×')
    : String(value);
}
