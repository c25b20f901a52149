import {
  type Graph,
  type Sampling,
  type Summary,
  sampling,
  serialChains,
  summarise,
} from '../../../src/compiler/index.ts';
import type { Distributions } from '../../../src/runtime/index.ts';

/** Which layer of which network is looked at. */
export interface NetworkState {
  /** The run whose network it is; null for that of the experiment under the cursor in the specs. */
  readonly run: RunNetwork | null;
  /** The run whose network is being read; null where none is. */
  readonly wanted: string | null;
  readonly cursor: number;
  /** Index into the weights of what is under the cursor. */
  readonly weight: number;
  /** What is shown below the tree where there is either: how weights are distributed, or what dilated stacks read. */
  readonly panel: 'distributions' | 'coverage';
  /** Paths of branches that are folded up. */
  readonly closed: ReadonlySet<string>;
}

/** The network of a run, and what was kept of its weights. */
export interface RunNetwork {
  readonly folder: string;
  readonly experiment: string;
  readonly graph: Graph;
  /** The fold whose weights they are. */
  readonly fold: number;
  /** Of some epochs, in order; none in runs of older versions, and before the first epoch. */
  readonly distributions: readonly Distributions[];
}

export const noNetwork: NetworkState = {
  run: null,
  wanted: null,
  cursor: 0,
  weight: 0,
  panel: 'distributions',
  closed: new Set(),
};

/** The names of the weights that lie at or below a path of the tree, those with gradients first. */
export function weightsAt({ distributions }: RunNetwork, path: string): readonly string[] {
  const inside = (distributions.at(-1)?.weights ?? []).filter(({ weight }) => weight.startsWith(`${path}/`));
  const trained = inside.filter(({ gradients }) => gradients !== null);
  return [...new Set([...trained, ...inside])].map(({ weight }) => weight);
}

/** A line of the tree: a block with what is in it, or a layer with its normalisation and activation. */
export interface TreeRow {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Whether there is something below it. */
  readonly branch: boolean;
  /** `conv + batch_norm + relu`; of a block how many layers it has. */
  readonly text: string;
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly macs: number;
  readonly field: number;
}

interface Branch {
  readonly path: string;
  readonly name: string;
  readonly children: Map<string, Branch>;
  readonly layers: Summary['layers'][number][];
}

const summaries = new WeakMap<Graph, Summary>();

export function summaryOf(graph: Graph): Summary {
  const summary = summaries.get(graph) ?? summarise(graph);
  summaries.set(graph, summary);
  return summary;
}

/** The layers of a graph as a tree by their paths; blocks with single layers in them are one line. */
export function treeOf(graph: Graph, closed: ReadonlySet<string>): readonly TreeRow[] {
  const root: Branch = { path: '', name: '', children: new Map(), layers: [] };
  for (const layer of summaryOf(graph).layers) {
    let branch = root;
    const parts = layer.path.split('/');
    for (const [index, part] of parts.entries()) {
      let child = branch.children.get(part);
      if (child === undefined) {
        child = { path: parts.slice(0, index + 1).join('/'), name: part, children: new Map(), layers: [] };
        branch.children.set(part, child);
      }
      child.layers.push(layer);
      branch = child;
    }
  }
  const rows: TreeRow[] = [];
  const visit = (branch: Branch, depth: number): void => {
    const { path, name, layers, children } = branch;
    const simple = [...children.values()].every((child) => child.children.size === 0) && layers.length <= 4;
    const last = layers.at(-1)!;
    rows.push({
      path,
      name,
      depth,
      branch: !simple,
      text: simple ? layers.map(({ op }) => op).join(' + ') : `${layers.length} layers`,
      shape: last.shape,
      parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
      macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
      field: Math.max(...layers.map((layer) => layer.receptive_field)),
    });
    if (!simple && !closed.has(path)) for (const child of children.values()) visit(child, depth + 1);
  };
  for (const child of root.children.values()) visit(child, 0);
  return rows;
}

/** Serial convolutions with holes, and which offsets they read along rows. */
export interface DilatedChain {
  readonly paths: readonly string[];
  readonly rates: readonly number[];
  readonly sampling: Sampling;
}

const chains = new WeakMap<Graph, readonly DilatedChain[]>();

export function chainsOf(graph: Graph): readonly DilatedChain[] {
  const dilated =
    chains.get(graph) ??
    serialChains(graph).map((links) => ({
      paths: links.map(({ origin }) => origin.path),
      rates: links.map(({ attributes }) => attributes.rate[0]),
      sampling: sampling(
        links.map(({ attributes }) => ({ kernel: attributes.kernel[0], rate: attributes.rate[0] })),
      ),
    }));
  chains.set(graph, dilated);
  return dilated;
}

/** The chain that has a layer at or below a path, or the first one. */
export function chainAt(graph: Graph, path: string): DilatedChain | null {
  const all = chainsOf(graph);
  const inside = ({ paths }: DilatedChain) => paths.some((one) => one === path || one.startsWith(`${path}/`));
  return all.find(inside) ?? null;
}
