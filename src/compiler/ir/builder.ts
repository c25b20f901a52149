import type { Span } from '../source/span.ts';
import type { Attributes, Graph, Head, HeadKind, Node, OperationName, Origin, Weight } from './graph.ts';
import { isProblem, type Problem } from './operations/entry.ts';
import { operations } from './operations.ts';
import { formatShape, type Shape, sameShape } from './shape.ts';
import { tooLarge } from './too-large.ts';

/** The only way to make a node: infers its shape, names its weights, demands an origin, and freezes it. */
export class GraphBuilder {
  readonly #name: string;
  readonly #parameters: Graph['parameters'];
  readonly #nodes: Node[] = [];
  readonly #weights = new Map<string, Weight>();
  readonly #heads: Head[] = [];

  constructor(name: string, parameters: Graph['parameters'] = []) {
    this.#name = name;
    this.#parameters = parameters;
  }

  /** The nodes so far; the index is the id. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Adds the image, of `[height, width, channels]`, and returns its id. */
  input(name: string, shape: Shape, origin: Origin): number {
    return this.#push('input', [], { name }, [], shape, origin.path, origin);
  }

  /**
   * Applies an operation to nodes and returns the id of the result, or the user's mistake.
   * A `layer` that was named before shares its weights.
   */
  apply<O extends Exclude<OperationName, 'input'>>(
    op: O,
    operands: readonly number[],
    attributes: Attributes[O],
    origin: Origin,
    layer: string = origin.path,
  ): number | Problem {
    const shapes = operands.map((id) => this.#nodes[id]!.shape);
    const entry = operations[op];
    const shape = entry.shape(shapes, attributes);
    if (isProblem(shape)) return shape;
    const large = tooLarge('a result', shape);
    if (large) return large;
    const weights: string[] = [];
    for (const { role, ...rule } of entry.weights(shapes, attributes)) {
      const weight: Weight = { name: `${layer}/${role}`, ...rule };
      const existing = this.#weights.get(weight.name);
      const heavy = tooLarge(`the ${role}`, weight.shape);
      if (heavy) return heavy;
      if (existing && !sameShape(existing.shape, weight.shape))
        return misfit(layer, shapes[0]!, existing, weight);
      if (!existing) this.#weights.set(weight.name, Object.freeze(weight));
      weights.push(weight.name);
    }
    return this.#push(op, operands, attributes, weights, shape, layer, origin);
  }

  /** Names a node as a head; returns the user's mistake when its shape does not suit the kind. */
  head(name: string, kind: HeadKind, node: number, span: Span): Problem | undefined {
    const problem = headProblem(name, kind, this.#nodes[node]!.shape, this.#nodes[0]!.shape);
    if (!problem) this.#heads.push(Object.freeze({ name, kind, node, span }));
    return problem;
  }

  build(): Graph {
    return Object.freeze({
      name: this.#name,
      parameters: this.#parameters,
      nodes: Object.freeze([...this.#nodes]),
      weights: new Map(this.#weights),
      heads: Object.freeze([...this.#heads]),
    });
  }

  #push(
    op: OperationName,
    operands: readonly number[],
    attributes: Attributes[OperationName],
    weights: readonly string[],
    shape: Shape,
    layer: string,
    origin: Origin,
  ): number {
    const id = this.#nodes.length;
    const node = { id, op, operands, attributes, weights, shape, layer, origin } as Node;
    for (const part of [node, operands, attributes, weights, shape]) Object.freeze(part);
    this.#nodes.push(node);
    return id;
  }
}

/** Why a value of this shape cannot be a head; undefined when it can. `image` is `[height, width, channels]`. */
export function headProblem(head: string, kind: HeadKind, shape: Shape, image: Shape): Problem | undefined {
  if (kind === 'label') {
    return shape.length === 1
      ? undefined
      : {
          problem: 'labelShape',
          arguments: { head, shape: formatShape(shape) },
          operands: [0],
          help: ['put `global_avg_pool()` and `dense` before its activation'],
        };
  }
  if (kind === 'value') {
    return shape.length === 1 && shape[0] === 1
      ? undefined
      : {
          problem: 'valueShape',
          arguments: { head, shape: formatShape(shape) },
          operands: [0],
          help: [
            shape.length === 1
              ? 'end it with `dense(1)`; two numbers are two heads'
              : 'end it with `global_avg_pool()` and `dense(1)`',
          ],
        };
  }
  if (shape.length === 3 && shape[0] === image[0] && shape[1] === image[1]) return undefined;
  return {
    problem: 'maskShape',
    arguments: { head },
    operands: [0],
    notes: [`the head is ${formatShape(shape)}, the image is ${formatShape(image)}`],
  };
}

function misfit(layer: string, operand: Shape, existing: Weight, wanted: Weight): Problem {
  return {
    problem: 'sharedShape',
    arguments: { layer, shape: formatShape(operand) },
    operands: [0],
    notes: [
      `\`${existing.name}\` is ${formatShape(existing.shape)} since the layer's first use; here it would be ${formatShape(wanted.shape)}`,
    ],
    help: ['use a layer of its own here'],
  };
}
