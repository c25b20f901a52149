import type { Graph } from './graph.ts';
import { elements } from './shape.ts';

/** The numbers of all weights; shared ones count once. */
export function weightCount(graph: Graph): number {
  return [...graph.weights.values()].reduce((sum, weight) => sum + elements(weight.shape), 0);
}

/** The numbers that training changes. */
export function trainableCount(graph: Graph): number {
  return [...graph.weights.values()].reduce(
    (sum, weight) => sum + (weight.trainable ? elements(weight.shape) : 0),
    0,
  );
}
