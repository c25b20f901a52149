import type { GraphBuilder } from '../ir/builder.ts';
import type { Origin } from '../ir/graph.ts';
import type { Signatures } from '../semantics/names/parameters.ts';
import type { Reporter } from '../semantics/program/program.ts';
import type { Evaluation } from '../semantics/values/evaluate.ts';
import type { BlockApplication, Value } from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
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
  /** The value of a block's output, with the block's body put in its place. */
  instantiate(application: BlockApplication, operand: TensorOperand, path: string, frame: Frame): Value;
}

/** Evaluates the expressions of a body, and knows where the values of arguments were decided. */
export interface BodyEvaluation extends Evaluation {
  /** The argument that decides a value: the given one, or the one further out that it only hands on. */
  decided(argument: ast.Argument): Span;
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
