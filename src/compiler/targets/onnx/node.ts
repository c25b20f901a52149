import type { Shape } from '../../ir/shape.ts';
import type { Message } from './protobuf.ts';

/** An attribute of an ONNX node. Whole numbers are ints unless given as `{ float }`. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly graph: Subgraph };

/** The domains of operators: the standard one, ONNX Runtime's own, and its internal one for blocked maps. */
export type Domain = '' | 'com.microsoft' | 'com.microsoft.nchwc';

/** A graph within a node, such as the body of a loop. */
export interface Subgraph {
  /** The domains of its operators. */
  readonly domains: ReadonlySet<Domain>;
  /** Its nodes with their inputs, outputs and constants. */
  graph(name: string): Message;
}

/** A node of a model with the sizes of all that it reads and makes. */
export interface SizedNode {
  /** The name of its first result. */
  readonly name: string;
  readonly op: string;
  readonly domain: Domain;
  /** Where it comes from, see `Lowering.node`. */
  readonly label: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly inputs: readonly Shape[];
  readonly results: readonly Shape[];
  /** Channels in a block of the internal layout. */
  readonly block: number;
}
