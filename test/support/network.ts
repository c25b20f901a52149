import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import type { Graph, HeadKind, OperationName, Origin } from '../../src/compiler/ir/graph.ts';
import { isProblem, type Problem } from '../../src/compiler/ir/operations/entry.ts';
import { type ArgumentValue, completeAttributes } from '../../src/compiler/ir/operations.ts';
import type { Shape } from '../../src/compiler/ir/shape.ts';

type Applied = Exclude<OperationName, 'input'>;

/**
 * A network written in TypeScript, for tests of everything behind the elaborator. Every call gets its own span in the
 * file `test`, numbered by `place`, unless it names a place.
 */
export class Network {
  readonly builder: GraphBuilder;
  #place = 0;

  constructor(image: Shape, name = 'Test') {
    this.builder = new GraphBuilder(name);
    this.builder.input('image', image, this.origin('image'));
  }

  /** The image. */
  get image(): number {
    return 0;
  }

  origin(path: string, place = this.#place++): Origin {
    return { path, span: { file: 'test', start: place, end: place + 1 }, within: [] };
  }

  /** Applies an operation with arguments by name; fails the test on a problem. */
  apply(
    op: Applied,
    operands: number | readonly number[],
    given: Readonly<Record<string, ArgumentValue>> = {},
    options: { path?: string; layer?: string; place?: number } = {},
  ): number {
    const answer = this.attempt(op, operands, given, options);
    if (isProblem(answer)) throw new Error(`${op}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Applies an operation and returns its answer, problem or not. */
  attempt(
    op: Applied,
    operands: number | readonly number[],
    given: Readonly<Record<string, ArgumentValue>> = {},
    options: { path?: string; layer?: string; place?: number } = {},
  ): number | Problem {
    const path = options.path ?? `${op}.${this.builder.nodes.length}`;
    const origin = this.origin(path, options.place);
    const ids = typeof operands === 'number' ? [operands] : operands;
    return this.builder.apply(op, ids, completeAttributes(op, given), origin, options.layer ?? path);
  }

  head(name: string, kind: HeadKind, node: number): void {
    const problem = this.builder.head(name, kind, node, { file: 'test', start: 0, end: 1 });
    if (problem) throw new Error(JSON.stringify(problem));
  }

  build(): Graph {
    return this.builder.build();
  }
}
