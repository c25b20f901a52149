import { type ElementType, elementCode, type OnnxModel } from '../model.ts';
import type { Attribute } from '../node.ts';

/** Says nodes of a model as expressions: each gives the name of its one result. */
export class GraphWriter {
  readonly model: OnnxModel;

  constructor(model: OnnxModel) {
    this.model = model;
  }

  /** One node with one result. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.model.nodes(op, inputs, attributes)[0]!;
  }

  ints(...values: readonly number[]): string {
    return this.model.ints(values);
  }

  /** A number without axes. */
  scalar(value: number): string {
    return this.model.floats([], [value]);
  }

  cast(x: string, type: ElementType): string {
    return this.node('Cast', [x], { to: elementCode(type) });
  }

  /** The size of an axis as a tensor `[1]` of a whole number. */
  size(x: string, axis: number): string {
    return this.node('Shape', [x], { start: axis, end: axis + 1 });
  }

  reshape(x: string, sizes: string): string {
    return this.node('Reshape', [x, sizes]);
  }

  transpose(x: string, order: readonly number[]): string {
    return this.node('Transpose', [x], { perm: order });
  }

  /** So many places along an axis. */
  slice(x: string, axis: number, from: number, count: number): string {
    return this.node('Slice', [x, this.ints(from), this.ints(from + count), this.ints(axis)]);
  }

  /** One place along an axis, which goes. */
  pick(x: string, axis: number, place: number): string {
    return this.node('Gather', [x, this.model.index(place)], { axis });
  }

  concat(parts: readonly string[], axis: number): string {
    return parts.length === 1 ? parts[0]! : this.node('Concat', parts, { axis });
  }

  /** The values along an axis in the other order. */
  reversed(x: string, axis: number): string {
    return this.node('Slice', [x, this.ints(-1), this.ints(-(2 ** 52)), this.ints(axis), this.ints(-1)]);
  }

  /** The mean along axes, which stay with the size 1. */
  mean(x: string, ...axes: readonly number[]): string {
    return this.node('ReduceMean', [x, this.ints(...axes)]);
  }
}
