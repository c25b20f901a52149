import type { Graph } from '../ir/graph.ts';

/** A rewrite of the whole graph. Passes are pure and keep the law of the graph. */
export interface Pass {
  readonly name: string;
  run(graph: Graph): Graph;
}
