import type { Graph } from '../ir/graph.ts';
import { cost } from '../passes/cost.ts';
import { compareNodes } from './layers.ts';
import { order, type Resolved, settingDifferences } from './settings.ts';

/** In what the members of a study differ, told from what they are resolved to and not from what was meant to vary. */
export interface Ablation {
  /** The settings that are not the same in all members, in the order of a spec, but for those that follow from others. */
  readonly settings: readonly VariedSetting[];
  /** Null when the members are of different networks, or of more than anybody can compare. */
  readonly network: VariedNetwork | null;
  readonly parameters: Range;
}

/** A setting with the value that each member has, in the order of the members; null where one has no such setting. */
export interface VariedSetting {
  readonly path: string;
  readonly values: readonly (string | null)[];
}

/** What the networks of a study share. */
export interface VariedNetwork {
  /** Operations of the first network that every other has unchanged, and all that it has. */
  readonly operations: { readonly same: number; readonly all: number };
  /** What operations do differently that all networks have, such as `rate`; `operands` is what they read. */
  readonly changed: readonly string[];
  /** Whether some operations are not in all of them. */
  readonly partial: boolean;
  /** Layers that do and read the same, and yet have not as many parameters in all networks. */
  readonly resized: readonly ({ readonly path: string } & Range)[];
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** More networks are told apart by their settings only. */
const maxNetworks = 100;

/** Compares every member with the first, which tells about all: what no other changes of it is the same everywhere. */
export function ablation(members: readonly [Resolved, ...Resolved[]]): Ablation {
  const [first] = members;
  const networks = new Map(members.map(({ plan, graph }) => [plan.network.hash, graph]));
  const isOne = members.every(({ graph }) => graph.name === first.graph.name);
  const totals = [...networks.values()].map((graph) => cost(graph).parameters.total);
  return {
    settings: variedSettings(members),
    network: isOne && networks.size <= maxNetworks ? variedNetwork([...networks.values()]) : null,
    parameters: { least: Math.min(...totals), most: Math.max(...totals) },
  };
}

function variedSettings([first, ...others]: readonly [Resolved, ...Resolved[]]): readonly VariedSetting[] {
  const values = new Map<string, (string | null)[]>();
  for (const [index, other] of others.entries()) {
    for (const { path, before, after } of settingDifferences(first, other)) {
      const row = values.get(path) ?? new Array<string | null>(others.length + 1).fill(before);
      row[index + 1] = after;
      values.set(path, row);
    }
  }
  return [...values]
    .flatMap(([path, row]) => (follows(path, [...values.keys()]) ? [] : [{ path, values: row }]))
    .sort((one, other) => order(one.path) - order(other.path));
}

/** Whether a setting cannot but differ, because others do: another network has other parameters and heads. */
function follows(path: string, varied: readonly string[]): boolean {
  const differs = (part: string) => varied.some((other) => other === part || other.startsWith(`${part}.`));
  if (varied.includes('model') && /^(model|heads|evaluate\.metrics)\./.test(path)) return true;
  return path.startsWith('heads.') && (path.endsWith('.trained') ? differs('loss') : differs('data'));
}

function variedNetwork(graphs: readonly Graph[]): VariedNetwork {
  const [first, ...others] = graphs;
  let same = new Set(first!.nodes.flatMap(({ id, op }) => (op === 'input' ? [] : [id])));
  const all = same.size;
  const changed = new Set<string>();
  const resized = new Map<string, Range>();
  let partial = false;
  for (const other of others) {
    const found = compareNodes(first!, other);
    same = new Set(found.same.filter((id) => same.has(id)));
    partial ||= found.alignment.pairs.length < Math.max(first!.nodes.length, other.nodes.length);
    for (const { before, changes, parameters } of found.changed) {
      for (const { what } of changes) changed.add(what);
      if (changes.length > 0 || parameters.before === parameters.after) continue;
      const range = resized.get(before) ?? { least: parameters.before, most: parameters.before };
      resized.set(before, {
        least: Math.min(range.least, parameters.after),
        most: Math.max(range.most, parameters.after),
      });
    }
  }
  return {
    operations: { same: same.size, all },
    changed: [...changed].sort(),
    partial,
    resized: [...resized].map(([path, range]) => ({ path, ...range })),
  };
}
