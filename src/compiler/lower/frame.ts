import type { GraphBuilder } from '../ir/builder.ts';
import type { Origin } from '../ir/graph.ts';
import type { Signatures } from '../semantics/names/signatures.ts';
import type { Reporter } from '../semantics/program/program.ts';
import type { BlockApplication, Value } from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type { PathTable } from './naming.ts';

/** What is shared by the whole elaboration of one network. */
export interface Elaboration {
  /** Absent when bodies are only checked: then no node is made and tensors stay unknown. */
  readonly builder: GraphBuilder | undefined;
  readonly signatures: Signatures;
  /** Makes the paths of nodes unique. */
  readonly origins: PathTable;
  /** Whether the network may grow by one more layer or block; reports at the place where it may not, once. */
  mayGrow(at: Span): boolean;
  /** Says that a part of the network could not be made, so that there is no graph of it. */
  leaveOut(): void;
  /**
   * The value of a block's output, or of all its outputs by name, with the block's body put in its place.
   * @param operands by input
   */
  instantiate(
    application: BlockApplication,
    operands: ReadonlyMap<string, TensorOperand>,
    path: string,
    frame: Frame,
  ): Value;
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
