import type { Rates } from '../cost/work.ts';
import type { Graph } from '../ir/graph.ts';
import { graphToJson } from '../ir/json.ts';
import { printGraph } from '../ir/print.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { emitMermaid } from './mermaid/emit.ts';
import { deploymentFiles, networkFiles } from './onnx/deployment/deployment.ts';
import { type GivenWeights, type OnnxFiles, trainingFiles } from './onnx/files.ts';
import { emitPytorch, type PytorchPackage } from './pytorch/emit.ts';
import type { StoredTensor } from './pytorch/state.ts';
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
  /** Images that an epoch trains on, where the spec says how many there are. */
  readonly images?: number;
  /** How fast the compiled engine is here; without them nothing is said of time. */
  readonly rates?: Rates;
  /** The experiment that says how images reach the network and what its answers mean; without it a model is of the network alone. */
  readonly plan?: RunPlan;
  /** Weights to become part of a model, of one network or of several that are averaged; those that training starts with when left out. */
  readonly weights?: readonly GivenWeights[];
  /** What the spec says of its blocks, by name. */
  readonly documentation?: ReadonlyMap<string, string>;
}

/** One file that a target writes: {@link artefactName} has its name. Arrays are written as safetensors. */
export interface Artefact {
  readonly suffix: string;
  readonly content: string | Uint8Array | ReadonlyMap<string, StoredTensor>;
}

/** `SerialRates.3.onnx` for the cell `SerialRates[3]`: brackets mean something to shells. Packages of Python have names of Python. */
export function artefactName(network: string, { suffix }: Artefact): string {
  const isPackage = suffix.startsWith('_');
  return (
    (isPackage ? network.replace(/\W+/g, '_').replace(/_$/, '') : network.replace(/\[(\d+)\]/g, '.$1')) +
    suffix
  );
}

/** A form that a network can be compiled to. */
export interface Target {
  /** One sentence, for `cmrc build --help`. */
  readonly summary: string;
  /** Written only when it is asked for by name. */
  readonly onRequest?: boolean;
  /** Of a network that no experiment trains there is none. */
  readonly needsTraining?: boolean;
  readonly emit: (graph: Graph, context: TargetContext) => readonly Artefact[];
}

/** Every target by its name on the command line. */
export const targets = {
  ir: {
    summary: 'The graph with every block inlined, as text and as JSON.',
    emit: (graph) => [
      { suffix: '.ir.txt', content: printGraph(graph) },
      { suffix: '.ir.json', content: json(graphToJson(graph)) },
    ],
  },
  tfjs: {
    summary: 'The layers plan that the runtime lowers to `tf.layers`.',
    emit: (graph) => [{ suffix: '.plan.json', content: json(emitPlan(graph)) }],
  },
  step: {
    summary:
      'The training step, gradients and optimizer included, as a list of primitive operations with their costs.',
    emit: (graph, context) => [{ suffix: '.step.txt', content: emitStep(graph, context) }],
  },
  onnx: {
    summary:
      'The network as an ONNX model from the image of a file to masks, classes and numbers, with a manifest; only when named.',
    onRequest: true,
    emit: (graph, { plan, weights }) =>
      onnxArtefacts(
        '.onnx',
        plan === undefined ? networkFiles(graph, weights?.[0]) : deploymentFiles(graph, plan, weights),
      ),
  },
  'onnx-train': {
    summary: 'The training step as an ONNX model, with a manifest; only when named.',
    onRequest: true,
    needsTraining: true,
    emit: (graph, { batch = 1, training }) =>
      training === undefined
        ? []
        : onnxArtefacts('.train.onnx', trainingFiles(graph, { ...training, batch })),
  },
  pytorch: {
    summary:
      'The network as a package of Python: blocks as classes, weights as safetensors; only when named.',
    onRequest: true,
    emit: (graph, { documentation, weights }) =>
      packageArtefacts(emitPytorch(graph, documentation, weights?.[0])),
  },
  summary: {
    summary: 'Shapes, parameters, multiply-adds, receptive fields and memory, as text and as JSON.',
    emit(graph, context) {
      const summary = summarise(graph, context);
      return [
        { suffix: '.summary.txt', content: summaryText(graph, summary) },
        { suffix: '.summary.json', content: json(summary) },
      ];
    },
  },
  mermaid: {
    summary: 'A diagram as Mermaid text.',
    emit: (graph) => [{ suffix: '.mmd', content: emitMermaid(graph) }],
  },
  svg: {
    summary: 'A diagram as SVG.',
    emit: (graph) => [{ suffix: '.svg', content: emitSvg(graph) }],
  },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;

export const targetNames = Object.keys(targets) as readonly TargetName[];

function onnxArtefacts(suffix: string, { model, manifest }: OnnxFiles): readonly Artefact[] {
  return [
    { suffix, content: model },
    { suffix: `${suffix}.json`, content: json(manifest) },
  ];
}

function packageArtefacts({ files, state }: PytorchPackage): readonly Artefact[] {
  return [
    ...Object.entries(files).map(([name, content]) => ({ suffix: `_pytorch/${name}`, content })),
    { suffix: '_pytorch/weights.safetensors', content: state },
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
