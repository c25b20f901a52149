import type { GraphBuilder } from '../ir/builder.ts';
import type { Origin } from '../ir/graph.ts';
import type { Signatures } from '../semantics/parameters.ts';
import type { Reporter } from '../semantics/program.ts';
import type { Value } from '../semantics/values.ts';
import type { Span } from '../source/span.ts';
import type { BlockApplication } from './layers.ts';
import type { PathTable } from './naming.ts';

/** What is shared by the whole elaboration of one network. */
export interface Elaboration {
  /** Absent when bodies are only checked: then no node is made and tensors stay unknown. */
  readonly builder: GraphBuilder | undefined;
  readonly signatures: Signatures;
  /** Makes the paths of nodes unique. */
  readonly origins: PathTable;
  /** The value of a block's output, with the block's body put in its place. */
  instantiate(application: BlockApplication, operand: TensorOperand, path: string, frame: Frame): Value;
}

/** Where in the elaboration a body is. */
export interface Frame {
  readonly elaboration: Elaboration;
  /** Says in a note which instance a mistake belongs to. */
  readonly reporter: Reporter;
  /** Names weights; a shared layer starts a table of its own at each use, so that all uses name the same weights. */
  readonly layers: PathTable;
  /** The blocks around, innermost first. */
  readonly within: Origin['within'];
}

/** A node with the place where it was written. */
export interface TensorOperand {
  readonly node: number;
  readonly span: Span;
}
