import type { Shape } from '../../ir/shape.ts';
import type { PrimitiveName, StepProgram, Value, ValueOf } from '../../step/program.ts';
import {
  fits,
  type Layout,
  layoutKey,
  memoryShape,
  plainLayout,
  rankOf,
  rearrangement,
  sameLayout,
} from './layout.ts';
import type { Attribute, Domain, OnnxModel } from './model.ts';

/** A result of the model: its name, its shape as the program means it, and how it lies in memory. */
export interface Held {
  readonly name: string;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** Turns one primitive into nodes of the model. */
export type Rule<P extends PrimitiveName> = (lowering: Lowering, value: ValueOf<P>) => Held;

/** What decides how a program is lowered. */
export interface LoweringOptions {
  /** Places in a block of the internal operators' maps; null uses standard operators only. */
  readonly block: number | null;
}

/** A program on its way to a model: what its values have become, in every layout that was asked for so far. */
export class Lowering {
  readonly model: OnnxModel;
  readonly program: StepProgram;
  readonly options: LoweringOptions;
  readonly #held = new Map<number, Held[]>();
  #value: Value | null = null;

  constructor(model: OnnxModel, program: StepProgram, options: LoweringOptions) {
    this.model = model;
    this.program = program;
    this.options = options;
  }

  /** The block's size; 1 where nothing is blocked. */
  get block(): number {
    return this.options.block ?? 1;
  }

  /** Lowers a value by its rule and remembers what it has become. */
  lower<P extends PrimitiveName>(value: ValueOf<P>, rule: Rule<P>): void {
    this.#value = value as unknown as Value;
    this.#held.set(value.id, [rule(this, value)]);
  }

  value(id: number): Value {
    return this.program.values[id]!;
  }

  /** What a value was first made as. Along axes where it is only repeated it may still be of size 1. */
  made(id: number): Held {
    return this.#held.get(id)![0]!;
  }

  /** The name of a value in a layout, repetitions written out. */
  take(id: number, layout: Layout): string {
    const held = this.#in(id, layout);
    const { shape } = this.value(id);
    if (`${held.shape}` === `${shape}`) return held.name;
    const sizes = this.model.ints(memoryShape(shape, layout, this.block));
    const name = this.node('Expand', [held.name, sizes]);
    this.#held.get(id)!.unshift({ name, shape, layout });
    return name;
  }

  /** As {@link take}, but repetitions stay unwritten: for operators that repeat by themselves. */
  takeShort(id: number, layout: Layout): string {
    return this.#in(id, layout).name;
  }

  /** A result in another layout. */
  convert(held: Held, layout: Layout): Held {
    if (sameLayout(held.layout, layout)) return held;
    const { cut, order, joined } = rearrangement(held.shape, held.layout, layout, this.block);
    let { name } = held;
    if (order !== null) {
      if (`${cut}` !== `${memoryShape(held.shape, held.layout, this.block)}`) name = this.reshape(name, cut);
      name = this.node('Transpose', [name], { perm: order });
    }
    const before =
      order === null ? memoryShape(held.shape, held.layout, this.block) : order.map((axis) => cut[axis]!);
    if (`${before}` !== `${joined}`) name = this.reshape(name, joined);
    return { name, shape: held.shape, layout };
  }

  /** Whether a shape can lie blocked, and the model may. */
  canBlock(shape: Shape, layout: Layout): boolean {
    return this.options.block !== null && fits(shape, layout, this.block);
  }

  /** One node with one result. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: Domain = '',
  ): string {
    const origin = this.#value?.origin;
    const label = origin === undefined ? '' : `${this.#value!.op}:${origin.phase}:${origin.path}`;
    return this.model.nodes(op, inputs, attributes, { domain, label })[0]!;
  }

  reshape(name: string, sizes: Shape): string {
    return this.node('Reshape', [name, this.model.ints(sizes)]);
  }

  #in(id: number, layout: Layout): Held {
    const all = this.#held.get(id)!;
    const key = layoutKey(layout);
    const found = all.find((one) => layoutKey(one.layout) === key);
    if (found !== undefined) return found;
    const made = all[0]!;
    if (made.shape.length !== rankOf(layout)) throw new Error(`%${id} has no layout ${key}`);
    const converted = this.convert(made, layout);
    all.push(converted);
    return converted;
  }
}

/** A result whose axes lie in their own order. */
export function plain(name: string, shape: Shape): Held {
  return { name, shape, layout: plainLayout(shape.length) };
}
