import { GraphBuilder } from '../../ir/builder.ts';
import type { Graph, NodeOf, OperationName } from '../../ir/graph.ts';
import { isProblem, type Problem } from '../../ir/operations/entry.ts';
import type { LayersPlan } from './plan.ts';

/** The graph that a plan was made of, as far as a plan knows it: without places in a text. */
export function graphOfPlan(plan: LayersPlan): Graph {
  const builder = new GraphBuilder(plan.network);
  const layers = new Map(plan.layers.map((layer) => [layer.name, layer]));
  const applied = new Map<string, number>();
  const span = { file: '', start: 0, end: 0 };
  for (const { layer, inputs, shape } of plan.nodes) {
    if (layer === null) {
      builder.input(plan.input.name, shape, { path: plan.input.name, span, within: [] });
      continue;
    }
    const times = applied.get(layer) ?? 0;
    applied.set(layer, times + 1);
    const { op, attributes } = layers.get(layer)! as unknown as NodeOf<Exclude<OperationName, 'input'>>;
    const path = times === 0 ? layer : `${layer} (${times + 1})`;
    sound(builder.apply(op, inputs, attributes, { path, span, within: [] }, layer));
  }
  for (const { name, kind, node } of plan.heads) sound(builder.head(name, kind, node, span));
  return builder.build();
}

function sound<T>(answer: T | Problem): void {
  if (isProblem(answer)) throw new Error(`the plan is no network: ${answer.problem}`);
}
