import type { shapeCodes } from '../../diagnostics/codes/shapes.ts';
import type { MessageArguments } from '../../diagnostics/codes.ts';
import type { Attributes, OperationName, Weight } from '../graph.ts';
import type { Shape } from '../shape.ts';

/** What the language accepts for a parameter of an operation. Bounds are inclusive unless they say `above` or `below`. */
type ParameterType =
  | { readonly kind: 'int'; readonly minimum: number }
  | {
      readonly kind: 'real';
      readonly minimum?: number;
      readonly maximum?: number;
      readonly above?: number;
      readonly below?: number;
    }
  | { readonly kind: 'bool' }
  /** An int for both axes, or `[rows, columns]`. */
  | { readonly kind: 'pair'; readonly minimum: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

/** One parameter of an operation as the language sees it. Its name is the attribute's name. */
export interface Parameter<Name extends string = string> {
  readonly name: Name;
  readonly type: ParameterType;
  /** Absent when the argument is required. A pair's default is one int for both axes. */
  readonly default?: number | boolean | string | { readonly sameAs: string };
  /** One sentence without a full stop, for `cmrc explain`. */
  readonly doc: string;
}

/** How an operation is written. `statement` is the `input` of a network. */
type Notation =
  /** `x |> conv(8)` */
  | 'pipe'
  /** `concat(a, b)` */
  | 'function'
  /** `a + b` */
  | 'operator'
  | 'statement';

/** A weight of one layer, before it has a name. */
export type WeightRule = Omit<Weight, 'name'> & {
  /** `kernel`, `bias`, `gamma` …: the last part of the weight's name. */
  readonly role: string;
};

/** The user's mistake that a shape rule found, as plain data: whoever knows the spans makes a diagnostic of it. */
export type Problem = { readonly [N in keyof typeof shapeCodes]: ProblemOf<N> }[keyof typeof shapeCodes];

interface ProblemOf<N extends keyof typeof shapeCodes> {
  readonly problem: N;
  readonly arguments: MessageArguments<N>;
  /** Which operands are to blame, by position; absent when the call itself is. */
  readonly operands?: readonly number[];
  /** The parameter whose argument is to blame. */
  readonly parameter?: string;
  readonly notes?: readonly string[];
  /** What to do, one sentence each. */
  readonly help?: readonly string[];
}

/** What the backward step of an operation reads besides the gradient: decides what training keeps in memory. */
export type Kept =
  | 'operands'
  | 'output'
  /** One byte-sized choice per output value, such as a dropout mask; counted as one value. */
  | 'mask';

/** Everything there is to know about one operation. */
export interface Operation<O extends OperationName = OperationName> {
  /** One sentence. */
  readonly summary: string;
  readonly notation: Notation;
  /** `many` means two or more. */
  readonly operands: 'none' | 'one' | 'two' | 'many';
  /** In positional order. */
  readonly parameters: readonly Parameter<keyof Attributes[O] & string>[];
  /** The shape of the result, or why there is none. Operand counts are right, attributes within their bounds. */
  readonly shape: (operands: readonly Shape[], attributes: Attributes[O]) => Shape | Problem;
  /** Only called with operands that the shape rule accepts. */
  readonly weights: (operands: readonly Shape[], attributes: Attributes[O]) => readonly WeightRule[];
  /** Multiplications followed by an addition for one example; kernels and matrices only, as the paper counts. */
  readonly multiplyAdds: (operands: readonly Shape[], attributes: Attributes[O], result: Shape) => number;
  readonly kept: readonly Kept[];
  /** Numbers of one example that the way back reads besides; none where left out. */
  readonly keptBeside?: (operands: readonly Shape[], attributes: Attributes[O]) => number;
  /** An expression of the language. */
  readonly example: string;
}

/** Whether a shape rule's answer is a problem. */
export function isProblem<T>(answer: T | Problem): answer is Problem {
  return typeof answer === 'object' && answer !== null && 'problem' in answer;
}

/** `a map of 16×14×256`, `a vector of 256`. */
export function describeShape(shape: Shape): string {
  return `${shape.length === 3 ? 'a map' : 'a vector'} of ${shape.join('×')}`;
}

/** The problem of an operand that is a vector where a map is needed; undefined when it is a map. */
export function needsMap(operation: OperationName, operands: readonly Shape[]): Problem | undefined {
  const wrong = operands.findIndex((shape) => shape.length !== 3);
  if (wrong === -1) return undefined;
  return {
    problem: 'operandKind',
    arguments: { operation, expected: 'a map', actual: describeShape(operands[wrong]!) },
    operands: [wrong],
  };
}

/** The rule of an operation without weights. */
export function noWeights(): readonly WeightRule[] {
  return [];
}

/** The rule of an operation that the paper's count of multiply-adds leaves out. */
export function noMultiplyAdds(): number {
  return 0;
}
