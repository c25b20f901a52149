import type { Rates } from '../../cost/work.ts';
import type { Graph, HeadKind, OperationName } from '../../ir/graph.ts';
import { alignColumns, formatCount } from '../../ir/print.ts';
import {
  arraySchema,
  countSchema,
  documentSchema,
  headKindSchema,
  type JsonSchema,
  objectSchema,
  operationSchema,
  shapeSchema,
  textSchema,
} from '../../ir/schema.ts';
import { formatShape, type Shape } from '../../ir/shape.ts';
import { type Cost, cost } from '../../passes/cost.ts';
import { type Memory, memory } from '../../passes/memory.ts';
import { receptiveFields } from '../../passes/reach/field.ts';
import { fittedTraining, type TrainingStep } from '../../step/programs.ts';
import { predictTraining } from '../onnx/predict.ts';
import {
  type CompiledMemory,
  compiledLines,
  compiledMemory,
  compiledSchema,
  inMegabytes,
} from './compiled.ts';
import { type Row, summaryRows } from './rows.ts';
import { type StepTime, stepTime, stepTimeLines, stepTimeSchema } from './step-time.ts';

/** What a summary may know of training. */
interface SummaryContext {
  readonly batch?: number;
  readonly slots?: number;
  readonly training?: Omit<TrainingStep, 'batch'> | undefined;
  readonly images?: number;
  readonly rates?: Rates;
}

/** What `cmrc summary --format json` prints; valid against {@link summarySchema}. */
export interface Summary {
  readonly network: string;
  readonly input: { readonly name: string; readonly shape: Shape };
  readonly parameters: Cost['parameters'];
  /** Multiply-adds of one image, in kernels and matrices. */
  readonly macs: number;
  /** Bytes, of 32-bit numbers; see {@link Memory}. */
  readonly memory: {
    readonly batch: number;
    readonly weights: number;
    readonly gradients: number;
    readonly optimizer: number;
    readonly inference_peak: number;
    readonly training_peak: number;
    /** The path of the node being computed or differentiated when training takes most. */
    readonly training_peak_at: string;
    /** The compiled step, where `train.memory` says what it may take. */
    readonly compiled?: CompiledMemory;
  };
  /** A training step on the compiled engine in milliseconds, where its rates are given and an experiment trains the network. */
  readonly step?: StepTime;
  readonly heads: readonly {
    readonly name: string;
    readonly kind: HeadKind;
    readonly path: string;
    readonly shape: Shape;
  }[];
  /** Every node but the input, in topological order. */
  readonly layers: readonly {
    readonly path: string;
    readonly op: OperationName;
    readonly shape: Shape;
    /** 0 when an earlier node of a shared layer has counted them. */
    readonly parameters: number;
    readonly macs: number;
    /** Pixels of the image along the longer axis that one value sees. */
    readonly receptive_field: number;
  }[];
}

/** Gathers the figures of a network. `batch`, `slots` and `training` are for peak memory. */
export function summarise(graph: Graph, context: SummaryContext = {}): Summary {
  const { batch = 1, slots = 1 } = context;
  const costs = cost(graph);
  const fields = receptiveFields(graph);
  const bytes = memory(graph, batch, slots);
  const input = graph.nodes[0]!;
  const { compiled, step } = compiledFigures(graph, context);
  return {
    network: graph.name,
    input: { name: input.op === 'input' ? input.attributes.name : '', shape: input.shape },
    parameters: costs.parameters,
    macs: costs.multiplyAdds,
    memory: {
      batch,
      weights: bytes.weights,
      gradients: bytes.gradients,
      optimizer: bytes.optimizer,
      inference_peak: bytes.inference.bytes,
      training_peak: bytes.training.bytes,
      training_peak_at: graph.nodes[bytes.training.node]!.origin.path,
      ...(compiled && { compiled }),
    },
    ...(step && { step }),
    heads: graph.heads.map(({ name, kind, node }) => {
      const { origin, shape } = graph.nodes[node]!;
      return { name, kind, path: origin.path, shape };
    }),
    layers: costs.nodes.slice(1).map(({ path, op, shape, parameters, multiplyAdds }, index) => ({
      path,
      op,
      shape,
      parameters,
      macs: multiplyAdds,
      receptive_field: Math.ceil(Math.max(...fields[index + 1]!.size)),
    })),
  };
}

/** The compiled step: how it fits into the memory that it is given, and how long it takes by the rates that are. */
function compiledFigures(
  graph: Graph,
  { batch = 1, training, rates, images }: SummaryContext,
): { readonly compiled?: CompiledMemory; readonly step?: StepTime } {
  if (training === undefined || (training.memory == null && rates === undefined)) return {};
  const settings = { ...training, batch };
  const fitted = fittedTraining(graph, settings);
  return {
    ...(training.memory != null && { compiled: compiledMemory(fitted) }),
    ...(rates && { step: stepTime(predictTraining(graph, settings, rates, fitted.program), images) }),
  };
}

/** The table that `cmrc summary` prints: one row per layer with its normalisation and activation. */
export function summaryText(graph: Graph, summary: Summary): string {
  const rows = summaryRows(graph).map((row) => cells(row, summary));
  const header = ['layer', 'operation', 'shape', 'parameters', 'MMAC', 'field'];
  const heads = summary.heads.map(({ name, kind, shape }) => [`head ${name}`, kind, formatShape(shape)]);
  return [
    `network ${summary.network}, input ${summary.input.name} ${formatShape(summary.input.shape)}`,
    '',
    ...alignColumns([header, ...rows], [3, 4, 5]),
    '',
    ...alignColumns(heads),
    ...alignColumns([
      [
        'parameters',
        `${formatCount(summary.parameters.total)}, ${formatCount(summary.parameters.trainable)} trainable`,
      ],
      ['multiply-adds', `${(summary.macs / 1e9).toFixed(2)} G per image`],
      ['memory', memoryLine(summary)],
      ...compiledLines(summary.memory.compiled).map((line, index) => [
        index === 0 ? 'compiled step' : '',
        line,
      ]),
      ...stepTimeLines(summary.step).map((line, index) => [index === 0 ? 'step on onnx' : '', line]),
    ]),
    '',
  ].join('\n');
}

function cells({ path, text, nodes, last }: Row, { layers }: Summary): readonly string[] {
  const parts = nodes.map((id) => layers[id - 1]!);
  const total = (figure: 'parameters' | 'macs') => parts.reduce((sum, part) => sum + part[figure], 0);
  const { shape, receptive_field: field } = layers[last - 1]!;
  return [
    path,
    text,
    formatShape(shape),
    total('parameters') === 0 ? '' : formatCount(total('parameters')),
    total('macs') === 0 ? '' : (total('macs') / 1e6).toFixed(1),
    String(field),
  ];
}

function memoryLine({ memory: { batch, training_peak, training_peak_at, inference_peak } }: Summary): string {
  const images = batch === 1 ? '1 image' : `${batch} images`;
  return `${inMegabytes(training_peak)} to train on ${images} (peak at \`${training_peak_at}\`), ${inMegabytes(inference_peak)} to infer`;
}

/** The JSON schema of {@link Summary}. */
export const summarySchema: JsonSchema = documentSchema(
  'The figures of a network of the cmrnet language',
  {
    network: textSchema,
    input: objectSchema({ name: textSchema, shape: shapeSchema }),
    parameters: objectSchema({ total: countSchema, trainable: countSchema }),
    macs: countSchema,
    memory: objectSchema(
      {
        batch: { type: 'integer', minimum: 1 },
        weights: countSchema,
        gradients: countSchema,
        optimizer: countSchema,
        inference_peak: countSchema,
        training_peak: countSchema,
        training_peak_at: textSchema,
        compiled: compiledSchema,
      },
      ['compiled'],
    ),
    step: stepTimeSchema,
    heads: arraySchema(
      objectSchema({ name: textSchema, kind: headKindSchema, path: textSchema, shape: shapeSchema }),
    ),
    layers: arraySchema(
      objectSchema({
        path: textSchema,
        op: operationSchema,
        shape: shapeSchema,
        parameters: countSchema,
        macs: countSchema,
        receptive_field: { type: 'integer', minimum: 1 },
      }),
    ),
  },
  ['step'],
);
