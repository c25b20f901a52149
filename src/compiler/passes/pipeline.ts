import type { Graph } from '../ir/graph.ts';
import { deadCode } from './dead-code.ts';
import type { Pass } from './pass.ts';

/** The passes of every build, in order. */
const passes: readonly Pass[] = [deadCode];

/** Runs the passes of a build; `observe` sees the graph after each, for `cmrc build --after` and for tests. */
export function runPasses(graph: Graph, observe: (pass: string, graph: Graph) => void = () => {}): Graph {
  return passes.reduce((current, pass) => {
    const next = pass.run(current);
    observe(pass.name, next);
    return next;
  }, graph);
}
