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
import { type TrainingStep, trainingProgram } from '../../step/programs.ts';
import { emitOnnx, type OnnxStep } from './emit.ts';

/** What stands beside an ONNX file: how to feed it, and what comes out; valid against {@link onnxManifestSchema}. */
export interface OnnxManifest {
  readonly version: 2;
  readonly network: string;
  /** The experiment that says how images reach the network and what its answers mean; absent for a network alone. */
  readonly experiment?: string;
  /** The identity of the experiment. */
  readonly identity?: string;
  readonly purpose: 'inference' | 'training';
  /** Where the weights in the model are from; null where they are inputs. */
  readonly weights: string | null;
  /** Maps are `[batch, height, width, channels]`, kernels `[rows, columns, channels, results]`. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** An input or output. */
export interface OnnxPort {
  readonly name: string;
  readonly role: string;
  readonly type: 'float32' | 'uint8';
  /** A name where a size varies. */
  readonly shape: readonly (number | string)[];
  /** What it means. */
  readonly about?: string;
  /** Of probabilities: what each is of, in order. */
  readonly classes?: readonly string[];
  /** Of masks: the value of each structure. */
  readonly structures?: Readonly<Record<string, number>>;
  /** Of numbers. */
  readonly unit?: string;
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
export function startingWeights(graph: Graph): GivenWeights {
  return { from: 'initial values of seed 0, untrained', values: initialWeights(graph.weights.values(), 0) };
}

/** A whole training step with standard operators only; weights and running values go in and come out. */
export function trainingFiles(graph: Graph, training: TrainingStep): OnnxFiles {
  const step = emitOnnx(trainingProgram(graph, training), { block: null, rowMajor: true });
  return { model: step.model, manifest: manifestOf(graph, step) };
}

function manifestOf(graph: Graph, { inputs, outputs }: OnnxStep): OnnxManifest {
  const names = new Set(inputs.map(({ name }) => name));
  return {
    version: 2,
    network: graph.name,
    purpose: 'training',
    weights: null,
    inputs: inputs.map(({ name, role, sizes }) => ({ name, role: role.kind, type: 'float32', shape: sizes })),
    outputs: outputs.map(({ name, role, sizes }) => {
      const next = name.slice('next/'.length);
      return { name, role: role.kind, type: 'float32', shape: sizes, ...(names.has(next) && { next }) };
    }),
  };
}

const port = objectSchema(
  {
    name: textSchema,
    role: textSchema,
    type: { enum: ['float32', 'uint8'] },
    shape: arraySchema({ type: ['integer', 'string'] }),
    about: textSchema,
    classes: arraySchema(textSchema),
    structures: { type: 'object', additionalProperties: countSchema },
    unit: textSchema,
    next: textSchema,
  },
  ['about', 'classes', 'structures', 'unit', 'next'],
);

/** The JSON schema of {@link OnnxManifest}. */
export const onnxManifestSchema: JsonSchema = documentSchema(
  'The inputs and outputs of an ONNX model of the cmrnet language',
  {
    version: { const: 2 },
    network: textSchema,
    experiment: textSchema,
    identity: textSchema,
    purpose: { enum: ['inference', 'training'] },
    weights: { type: ['string', 'null'] },
    inputs: arraySchema(port),
    outputs: arraySchema(port),
  },
  ['experiment', 'identity'],
);
