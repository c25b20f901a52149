import { trainableCount, weightCount } from '../ir/count.ts';
import type { Graph } from '../ir/graph.ts';
import { operation } from '../ir/operations.ts';
import { elements } from '../ir/shape.ts';

/** Bytes, of 32-bit numbers. Counted as if every value had memory of its own, the least that a plain engine needs. */
export interface Memory {
  /** Images at once. */
  readonly batch: number;
  readonly weights: number;
  readonly gradients: number;
  /** What the optimizer remembers. */
  readonly optimizer: number;
  /** The most that is alive at once in inference: weights and values. */
  readonly inference: Peak;
  /** The most that is alive at once in a training step: weights, optimizer, values kept for the way back, gradients. */
  readonly training: Peak;
}

interface Peak {
  readonly bytes: number;
  /** The id of the node being computed, or on the way back differentiated, at that moment. */
  readonly node: number;
}

/**
 * Peak memory by liveness, of a graph without dead code. `slots` is how many numbers the optimizer remembers per trainable weight: 1 for rmsprop,
 * 2 for adam, 0 for plain descent.
 */
export function memory(graph: Graph, batch: number, slots = 1): Memory {
  const weights = bytesPerNumber * weightCount(graph);
  const trainable = bytesPerNumber * trainableCount(graph);
  const optimizer = slots * trainable;
  const forward = peakOf(graph, forwardLives(graph, batch));
  const both = peakOf(graph, trainingLives(graph, batch));
  return {
    batch,
    weights,
    gradients: trainable,
    optimizer,
    inference: { ...forward, bytes: weights + forward.bytes },
    training: { ...both, bytes: weights + optimizer + both.bytes },
  };
}

/** Something that takes memory from one moment to another, both included. Moment t < n computes node t. */
interface Life {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

function forwardLives(graph: Graph, batch: number): readonly Life[] {
  const last = lastUses(graph);
  return graph.nodes.flatMap((node) => {
    const shapes = node.operands.map((id) => graph.nodes[id]!.shape);
    const beside = operation(node.op).keptBeside?.(shapes, node.attributes) ?? 0;
    return [
      { from: node.id, to: last[node.id]!, bytes: valueBytes(node.shape, batch) },
      { from: node.id, to: node.id, bytes: bytesPerNumber * batch * beside },
    ];
  });
}

/** Moment n + k differentiates node n − 1 − k. */
function trainingLives(graph: Graph, batch: number): readonly Life[] {
  const count = graph.nodes.length;
  const back = (id: number) => 2 * count - 1 - id;
  const end = 2 * count - 1;
  const learned = nodesThatLearn(graph);
  const valueEnds = lastUses(graph);
  const gradientStarts = graph.nodes.map(() => end);
  const lives: Life[] = [];
  const seen = new Set<string>();
  for (const node of graph.nodes) {
    if (!learned[node.id]) continue;
    const { kept, keptBeside } = operation(node.op);
    const beside = keptBeside?.(
      node.operands.map((id) => graph.nodes[id]!.shape),
      node.attributes,
    );
    if (beside !== undefined)
      lives.push({ from: node.id, to: back(node.id), bytes: bytesPerNumber * batch * beside });
    for (const id of node.operands) {
      if (kept.includes('operands')) valueEnds[id] = Math.max(valueEnds[id]!, back(node.id));
      gradientStarts[id] = Math.min(gradientStarts[id]!, back(node.id));
    }
    if (kept.includes('output')) valueEnds[node.id] = Math.max(valueEnds[node.id]!, back(node.id));
    if (kept.includes('mask'))
      lives.push({ from: node.id, to: back(node.id), bytes: valueBytes(node.shape, batch) });
  }
  // The last application of a layer is differentiated first, and brings the gradient of its weights to life.
  for (const node of graph.nodes.toReversed()) {
    for (const weight of node.weights.map((name) => graph.weights.get(name)!)) {
      if (!weight.trainable || seen.has(weight.name)) continue;
      seen.add(weight.name);
      lives.push({ from: back(node.id), to: end, bytes: bytesPerNumber * elements(weight.shape) });
    }
  }
  for (const head of graph.heads) {
    valueEnds[head.node] = Math.max(valueEnds[head.node]!, count);
    gradientStarts[head.node] = count;
  }
  for (const node of graph.nodes) {
    const bytes = valueBytes(node.shape, batch);
    lives.push({ from: node.id, to: valueEnds[node.id]!, bytes });
    const start = gradientStarts[node.id]!;
    if (learned[node.id] && start <= back(node.id)) lives.push({ from: start, to: back(node.id), bytes });
  }
  return lives;
}

/** Whether something that training changes lies behind a node, so that its gradient is needed. */
function nodesThatLearn(graph: Graph): readonly boolean[] {
  const learned: boolean[] = [];
  for (const node of graph.nodes) {
    const own = node.weights.some((name) => graph.weights.get(name)!.trainable);
    learned.push(own || node.operands.some((id) => learned[id]));
  }
  return learned;
}

/** The moment of the way forward at which each value is read for the last time; heads stay to its end. */
function lastUses(graph: Graph): number[] {
  const last = graph.nodes.map((node) => node.id);
  for (const node of graph.nodes) for (const id of node.operands) last[id] = node.id;
  for (const head of graph.heads) last[head.node] = graph.nodes.length - 1;
  return last;
}

function peakOf(graph: Graph, lives: readonly Life[]): Peak {
  const count = graph.nodes.length;
  const change = new Float64Array(2 * count + 1);
  for (const { from, to, bytes } of lives) {
    change[from]! += bytes;
    change[to + 1]! -= bytes;
  }
  let alive = 0;
  let peak: Peak = { bytes: 0, node: 0 };
  for (let moment = 0; moment < 2 * count; moment++) {
    alive += change[moment]!;
    if (alive > peak.bytes) peak = { bytes: alive, node: moment < count ? moment : 2 * count - 1 - moment };
  }
  return peak;
}

function valueBytes(shape: readonly number[], batch: number): number {
  return bytesPerNumber * batch * elements(shape);
}

const bytesPerNumber = 4;
