import type { Graph } from '../../ir/graph.ts';
import { alignColumns } from '../../ir/print.ts';
import { cost } from '../../passes/cost.ts';
import { fusedFormsOf, precisions } from './capabilities.ts';
import { absorbable, absorbableByConvolutions } from './fusion.ts';
import type { EngineName } from './names.ts';
import { choiceFor } from './support.ts';

/** Nodes of one kind that an engine runs in one way. */
interface Kind {
  readonly op: string;
  readonly forward: string;
  readonly gradient: string;
  readonly reason: string;
  nodes: number;
  /** Multiplications followed by an addition, forward for one image, and those of its gradients. */
  forwardWork: number;
  gradientWork: number;
}

/** The text of `cmrc build --explain`: how an engine runs each kind of node, why so, and what that costs. */
export function explainEngine(graph: Graph, engine: EngineName): string {
  const kinds = kindsOf(graph, engine);
  const total = (pick: (kind: Kind) => number) => kinds.reduce((sum, kind) => sum + pick(kind), 0);
  const rows = kinds.map((kind) => [
    kind.op,
    String(kind.nodes),
    work(kind.forwardWork),
    kind.forward,
    work(kind.gradientWork),
    kind.gradient,
    kind.reason,
  ]);
  const sums = [
    'all',
    String(total(({ nodes }) => nodes)),
    work(total(({ forwardWork }) => forwardWork)),
    '',
    work(total(({ gradientWork }) => gradientWork)),
    '',
    '',
  ];
  const head = ['operation', 'nodes', 'GMAC', 'forward by', 'GMAC', 'gradient by', 'because'];
  const { type, reason } = precisions[engine];
  return [
    `on ${engine}, per image`,
    ...alignColumns([head, ...rows, sums], [1, 2, 4]),
    ...fusedLines(graph, engine),
    `${type} throughout: ${reason}`,
    '',
  ].join('\n');
}

function kindsOf(graph: Graph, engine: EngineName): readonly Kind[] {
  const { nodes } = cost(graph);
  const absorbed = absorbable(graph, engine);
  // The gradient of a node's operand is asked for only where a weight lies before it.
  const depends = new Set<number>();
  const kinds = new Map<string, Kind>();
  for (const node of graph.nodes) {
    const behind = node.operands.some((id) => depends.has(id));
    const trained = node.weights.some((name) => graph.weights.get(name)!.trainable);
    if (behind || trained) depends.add(node.id);
    if (node.op === 'input') continue;
    const choice = choiceFor(node, engine, absorbed.has(node.id));
    const [forward, gradient] = [choice.forward.join(' and '), choice.gradient.join(' and ')];
    const key = [node.op, forward, gradient, choice.reason].join('\n');
    const existing = kinds.get(key);
    const kind = existing ?? {
      ...{ op: node.op, forward, gradient, reason: choice.reason },
      ...{ nodes: 0, forwardWork: 0, gradientWork: 0 },
    };
    if (existing === undefined) kinds.set(key, kind);
    const { multiplyAdds } = nodes[node.id]!;
    kind.nodes += 1;
    kind.forwardWork += multiplyAdds;
    kind.gradientWork += multiplyAdds * (Number(behind) + Number(trained));
  }
  return [...kinds.values()];
}

/** Layers that become one. */
function fusedLines(graph: Graph, engine: EngineName): readonly string[] {
  const { normRelu, convNorm } =
    engine === 'onnx' ? { normRelu: true, convNorm: true } : fusedFormsOf(engine);
  const relus = absorbable(graph, engine).size;
  const lines = [];
  if (normRelu && relus > 0) {
    const rectifier = engine === 'onnx' ? 'ReLU, leaky or not,' : 'ReLU';
    lines.push(`${relus} normalisations with their ${rectifier} in one pass, both ways`);
  }
  const tails = engine === 'onnx' ? absorbableByConvolutions(graph, engine).size : 0;
  if (tails > 0) lines.push(`${tails} convolutions with their ReLU, leaky or not, in one pass`);
  const folded = graph.nodes.filter(({ op }) => op === 'batch_norm').length;
  if (convNorm && folded > 0) lines.push('inference folds batch norms into the convolutions before them');
  if (engine === 'onnx') lines.push('more by the passes of the step: `cmrc build --target step` shows them');
  return lines;
}

/** `0.52`; nothing where kernels and matrices have no part in it. */
function work(multiplyAdds: number): string {
  return multiplyAdds === 0 ? '' : (multiplyAdds / 1e9).toFixed(multiplyAdds < 1e7 ? 4 : 2);
}
