import type { Graph } from '../ir/graph.ts';
import { graphToJson } from '../ir/json.ts';
import { printGraph } from '../ir/print.ts';
import { emitMermaid } from './mermaid/emit.ts';
import { emitStep, type StepContext } from './step/emit.ts';
import { summarise, summaryText } from './summary/emit.ts';
import { emitSvg } from './svg/emit.ts';
import { emitPlan } from './tfjs/emit.ts';

/** What a target may know beside the graph. */
export interface TargetContext {
  /** Images per training step, for peak memory; 1 when left out. */
  readonly batch?: number;
  /** Numbers that the optimizer remembers per trainable weight; 1 when left out, as rmsprop. */
  readonly slots?: number;
  /** Loss and optimizer of a training step; without them a step is inference. */
  readonly training?: StepContext['training'];
}

/** One file that a target writes: the network's name and this suffix are its name. */
export interface Artefact {
  readonly suffix: string;
  readonly text: string;
}

/** A form that a network can be compiled to. */
export interface Target {
  /** One sentence, for `cmrc build --help`. */
  readonly summary: string;
  readonly emit: (graph: Graph, context: TargetContext) => readonly Artefact[];
}

/** Every target by its name on the command line. */
export const targets = {
  ir: {
    summary: 'The graph with every block inlined, as text and as JSON.',
    emit: (graph) => [
      { suffix: '.ir.txt', text: printGraph(graph) },
      { suffix: '.ir.json', text: json(graphToJson(graph)) },
    ],
  },
  tfjs: {
    summary: 'The layers plan that the runtime lowers to `tf.layers`.',
    emit: (graph) => [{ suffix: '.plan.json', text: json(emitPlan(graph)) }],
  },
  step: {
    summary:
      'The training step, gradients and optimizer included, as a list of primitive operations with their costs.',
    emit: (graph, context) => [{ suffix: '.step.txt', text: emitStep(graph, context) }],
  },
  summary: {
    summary: 'Shapes, parameters, multiply-adds, receptive fields and memory, as text and as JSON.',
    emit(graph, context) {
      const summary = summarise(graph, context);
      return [
        { suffix: '.summary.txt', text: summaryText(graph, context) },
        { suffix: '.summary.json', text: json(summary) },
      ];
    },
  },
  mermaid: {
    summary: 'A diagram as Mermaid text.',
    emit: (graph) => [{ suffix: '.mmd', text: emitMermaid(graph) }],
  },
  svg: {
    summary: 'A diagram as SVG.',
    emit: (graph) => [{ suffix: '.svg', text: emitSvg(graph) }],
  },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;

export const targetNames = Object.keys(targets) as readonly TargetName[];

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
