import { initialWeights } from '../../interpret/initial-weights.ts';
import type { Graph } from '../../ir/graph.ts';
import {
  arraySchema,
  countSchema,
  documentSchema,
  type JsonSchema,
  objectSchema,
  textSchema,
} from '../../ir/schema.ts';
import type { Shape } from '../../ir/shape.ts';
import { foldWeights } from '../../step/fold.ts';
import { inferenceProgram, type TrainingStep, trainingProgram } from '../../step/programs.ts';
import { emitOnnx, type OnnxStep } from './emit.ts';

/** What stands beside an ONNX file: how to feed it, and what comes out; valid against {@link onnxManifestSchema}. */
export interface OnnxManifest {
  readonly version: 1;
  readonly network: string;
  readonly purpose: 'inference' | 'training';
  /** Where the weights in the model are from; null where they are inputs. */
  readonly weights: string | null;
  /** All numbers are 32-bit, maps `[batch, height, width, channels]`, kernels `[rows, columns, channels, results]`. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** An input or output. */
interface OnnxPort {
  readonly name: string;
  readonly role: string;
  readonly shape: Shape;
  /** Of a result that is an input of the next step: that input's name. */
  readonly next?: string;
}

/** A model and its manifest. */
export interface OnnxFiles {
  readonly model: Uint8Array;
  readonly manifest: OnnxManifest;
}

/** Weights, and in words where they are from. */
export interface GivenWeights {
  readonly from: string;
  readonly values: ReadonlyMap<string, ArrayLike<number>>;
}

/** The weights that training starts with. */
function startingWeights(graph: Graph): GivenWeights {
  return { from: 'initial values of seed 0, untrained', values: initialWeights(graph.weights.values(), 0) };
}

/** Inference of one image with standard operators only, batch norms folded into the convolutions before them. */
export function inferenceFiles(graph: Graph, weights: GivenWeights = startingWeights(graph)): OnnxFiles {
  const given = new Map(
    [...weights.values].map(([name, values]) => [`weight/${name}`, Float32Array.from(values)] as const),
  );
  const folded = foldWeights(inferenceProgram(graph, 1), given);
  const step = emitOnnx(folded.program, { block: null, constants: folded.weights });
  return { model: step.model, manifest: manifestOf(graph, 'inference', weights.from, step) };
}

/** A whole training step with standard operators only; weights and running values go in and come out. */
export function trainingFiles(graph: Graph, training: TrainingStep): OnnxFiles {
  const step = emitOnnx(trainingProgram(graph, training), { block: null, rowMajor: true });
  return { model: step.model, manifest: manifestOf(graph, 'training', null, step) };
}

function manifestOf(
  graph: Graph,
  purpose: OnnxManifest['purpose'],
  weights: string | null,
  { inputs, outputs }: OnnxStep,
): OnnxManifest {
  const names = new Set(inputs.map(({ name }) => name));
  return {
    version: 1,
    network: graph.name,
    purpose,
    weights,
    inputs: inputs.map(({ name, role, sizes }) => ({ name, role: role.kind, shape: sizes })),
    outputs: outputs.map(({ name, role, sizes }) => {
      const next = name.slice('next/'.length);
      return { name, role: role.kind, shape: sizes, ...(names.has(next) && { next }) };
    }),
  };
}

const port = { name: textSchema, role: textSchema, shape: arraySchema(countSchema) };

/** The JSON schema of {@link OnnxManifest}. */
export const onnxManifestSchema: JsonSchema = documentSchema(
  'The inputs and outputs of an ONNX model of the cmrnet language',
  {
    version: { const: 1 },
    network: textSchema,
    purpose: { enum: ['inference', 'training'] },
    weights: { type: ['string', 'null'] },
    inputs: arraySchema(objectSchema(port)),
    outputs: arraySchema(objectSchema({ ...port, next: textSchema }, ['next'])),
  },
);
