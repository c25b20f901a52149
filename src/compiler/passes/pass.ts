import type { Graph } from '../ir/graph.ts';
import { deadCode } from './dead-code.ts';

/** A rewrite of the whole graph. Passes are pure and keep the law of the graph. */
export interface Pass {
  readonly name: string;
  run(graph: Graph): Graph;
}

/** The passes of every build, in order. */
export const passes: readonly Pass[] = [deadCode];

/** Runs passes in order; `observe` sees the graph after each, for `cmrc build --after` and for tests. */
export function runPasses(
  graph: Graph,
  list: readonly Pass[] = passes,
  observe: (pass: string, graph: Graph) => void = () => {},
): Graph {
  return list.reduce((current, pass) => {
    const next = pass.run(current);
    observe(pass.name, next);
    return next;
  }, graph);
}
