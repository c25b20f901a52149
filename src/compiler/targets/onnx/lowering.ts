import { builtInRates, builtInRatesFor } from '../../cost/built-in-rates.ts';
import { type Rates, timeOfAll, type Work } from '../../cost/work.ts';
import type { Shape } from '../../ir/shape.ts';
import type { PrimitiveName, StepProgram, Value, ValueOf } from '../../step/program.ts';
import {
  fits,
  isBlocked,
  type Layout,
  layoutKey,
  layouts,
  memoryShape,
  plainLayout,
  rankOf,
  rearrangement,
  sameLayout,
} from './layout.ts';
import type { OnnxModel } from './model.ts';
import type { Attribute, Domain } from './node.ts';
import type { Tail } from './tails.ts';

/** A result of the model: its name, its shape as the program means it, and how it lies in memory. */
export interface Held {
  readonly name: string;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** Turns one primitive into nodes of the model. Rules that may do the tail, too, say by `includes` that they have done it. */
export type Rule<P extends PrimitiveName> = (
  lowering: Lowering,
  value: ValueOf<P>,
  tail?: Tail,
) => Held & { readonly includes?: Tail };

/** One of several ways to compute a value. */
export interface Form<H extends Held = Held> {
  /** A few words for people. */
  readonly name: string;
  /** What it takes that the others may not. */
  readonly work: readonly Work[];
  readonly lower: () => H;
}

/** The form that was chosen for a value, and what each takes in milliseconds, the chosen one first. */
export interface Choice {
  readonly op: PrimitiveName;
  readonly path: string;
  readonly forms: readonly { readonly name: string; readonly ms: number }[];
}

/** The domain of the operators on blocked maps. They see a map as `[batch, channels, height, width]`, however it lies. */
export const nchwc = 'com.microsoft.nchwc';

/** What decides how a program is lowered. */
export interface LoweringOptions {
  /** Places in a block of the internal operators' maps; null uses standard operators only. */
  readonly block: number | null;
  /** Hides sizes from the library, so that it lets go of what is no longer needed; see {@link OnnxModel.sizes}. */
  readonly hideSizes?: boolean;
  /** What forms are chosen by; those built in when left out. */
  readonly rates?: Rates;
  /** Takes the best form for one value, the second best for the next, and so on, so that all are measured. */
  readonly allForms?: boolean;
}

/** A form is given up for one that comes after it only when that takes so much less. */
const worthwhile = 0.95;

/** A program on its way to a model: what its values have become, in every layout that was asked for so far. */
export class Lowering {
  readonly model: OnnxModel;
  readonly program: StepProgram;
  readonly options: LoweringOptions;
  /** What was chosen so far. */
  readonly choices: Choice[] = [];
  readonly #rates: Rates;
  readonly #held = new Map<number, Held[]>();
  /** Names of tensors under other sizes; they become nodes when a node reads them. */
  readonly #views = new Map<string, { readonly root: string; readonly sizes: Shape; name: string | null }>();
  /** The sizes of tensors, where they are known. */
  readonly #sizes = new Map<string, Shape>();
  readonly #parts = new Map<number, ReadonlyMap<number, string> | null>();
  #value: Value | null = null;

  constructor(model: OnnxModel, program: StepProgram, options: LoweringOptions) {
    this.model = model;
    this.program = program;
    this.options = options;
    this.#rates = options.rates ?? builtInRatesFor(builtInRates.threads, options.block);
  }

  /** The block's size; 1 where nothing is blocked. */
  get block(): number {
    return this.options.block ?? 1;
  }

  /** Lowers a value by its rule and remembers what it has become. */
  lower<P extends PrimitiveName>(value: ValueOf<P>, rule: Rule<P>): void {
    this.#value = value as unknown as Value;
    this.#hold(value.id, rule(this, value));
  }

  /** The form of a value that takes least; of those that take about as much the first. */
  choose<H extends Held>(
    { op, origin }: Pick<Value, 'op' | 'origin'>,
    forms: readonly Form<H>[],
  ): Form<H>['lower'] {
    const timed = forms.map(({ name, work, lower }) => ({ name, lower, ms: timeOfAll(this.#rates, work) }));
    const sorted = timed.toSorted((one, other) => one.ms - other.ms);
    const usual = timed.find(({ ms }) => worthwhile * ms <= sorted[0]!.ms)!;
    const ranked = [usual, ...sorted.filter((one) => one !== usual)];
    const place = this.options.allForms === true ? this.choices.length % ranked.length : 0;
    const chosen = ranked[place]!;
    const others = ranked.filter((one) => one !== chosen);
    this.choices.push({
      op,
      path: origin.path,
      forms: [chosen, ...others].map(({ name, ms }) => ({ name, ms })),
    });
    return chosen.lower;
  }

  /** Lowers a value that ends a tail: with the operator that it begins with where that can, else one value after the other. */
  lowerTail(end: Value, tail: Tail, ruleOf: (value: Value) => Rule<PrimitiveName>): void {
    this.#value = this.value(tail.of);
    const held = ruleOf(this.#value)(this, this.#value as never, tail);
    if (held.includes === tail) {
      this.#hold(end.id, held);
      return;
    }
    this.#hold(tail.of, held);
    const rest = tail.through === null ? [end] : [this.value(tail.through), end];
    for (const value of rest) this.lower(value as never, ruleOf(value));
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
    const sizes = this.sizes(memoryShape(shape, layout, this.block));
    const expanded = this.node('Expand', [held.name, sizes]);
    const name = this.sized(
      expanded,
      memoryShape(shape, layout, this.block),
      memoryShape(shape, layout, this.block),
    );
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
    const { shape } = held;
    // Where there is but one pixel nothing moves.
    const moves = shape.length === 4 && shape[1]! * shape[2]! > 1 && shape[3]! > 1;
    if (moves && sameLayout(held.layout, layouts.channelsFirst) && sameLayout(layout, layouts.blocked)) {
      const name = this.node('ReorderInput', [held.name], {}, nchwc);
      return {
        name: this.sized(name, channelsFirst(shape), memoryShape(shape, layout, this.block)),
        shape,
        layout,
      };
    }
    if (moves && sameLayout(held.layout, layouts.blocked) && !isBlocked(layout)) {
      const map = this.reshape(held.name, channelsFirst(shape));
      const name = this.node('ReorderOutput', [map], { channels: shape[3]! }, nchwc);
      const first = this.sized(name, channelsFirst(shape), channelsFirst(shape));
      return this.convert({ name: first, shape, layout: layouts.channelsFirst }, layout);
    }
    if (sameLayout(held.layout, layouts.blockedFilter)) {
      if (sameLayout(layout, layouts.exchangedFilter)) return this.#exchangedBlocks(held);
      if (sameLayout(layout, layouts.blockedSwappedFilter))
        return this.convert(this.#exchangedBlocks(held), layout);
    }
    const { cut, order, joined } = rearrangement(shape, held.layout, layout, this.block);
    if (order === null) return { name: this.reshape(held.name, joined), shape, layout };
    return { name: this.exchange(held.name, cut, order, joined), shape, layout };
  }

  /**
   * A tensor with its axes exchanged, axis i of the result axis `order[i]` of `cut`, in the end under the sizes `joined`.
   * Where short runs of numbers stay together, ONNX Runtime gathers them several times as fast as it transposes.
   */
  exchange(name: string, cut: Shape, order: readonly number[], joined: Shape): string {
    const last = cut.length - 1;
    const run = cut[last]!;
    if (order[last] !== last || run < shortestRun || run > longestRun) {
      const moved = this.node('Transpose', [this.reshape(name, cut)], { perm: order });
      return this.sized(
        moved,
        order.map((axis) => cut[axis]!),
        joined,
      );
    }
    // Axes that stay outside share one list of places.
    const fixed = order.findIndex((axis, index) => axis !== index);
    const [outer, moving] = [cut.slice(0, fixed), cut.slice(fixed, last)];
    const turned = order.slice(fixed, last).map((axis) => axis - fixed);
    const rows = moving.reduce((product, size) => product * size, 1);
    const sizes = [outer.reduce((product, size) => product * size, 1), rows, run];
    const places = this.model.indices(`exchanged ${moving} ${turned}`, rows, () => exchanged(moving, turned));
    const moved = this.node('Gather', [this.reshape(name, sizes), places], { axis: 1 });
    return this.sized(moved, sizes, joined);
  }

  /** A blocked filter, the two axes in its blocks exchanged: to the library as if it were so many small blocked maps. */
  #exchangedBlocks({ name, shape }: Held): Held {
    const { block } = this;
    const count = shape.reduce((product, size) => product * size, 1) / (block * block);
    const map = this.reshape(name, [count, block, block, 1]);
    const turned = this.node('ReorderOutput', [map], { channels: block }, nchwc);
    const layout = layouts.exchangedFilter;
    const sizes = memoryShape(shape, layout, block);
    return { name: this.sized(turned, [count, block, block, 1], sizes), shape, layout };
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
    const given = inputs.map((name) => this.real(name));
    return this.model.nodes(op, given, attributes, { domain, label })[0]!;
  }

  /** A row in the parts that are read of it, by where each begins, made by one node; null where they are not all of it, once each. */
  parts(row: number): ReadonlyMap<number, string> | null {
    const existing = this.#parts.get(row);
    if (existing !== undefined) return existing;
    const cuts = this.program.values
      .filter((value): value is ValueOf<'slice'> => value.op === 'slice' && value.operands[0] === row)
      .map(({ attributes: { begin, size } }) => ({ begin: begin[0]!, size: size[0]! }))
      .sort((one, other) => one.begin - other.begin);
    let end = 0;
    const tiles = cuts.every(({ begin, size }) => {
      const follows = begin === end;
      end = begin + size;
      return follows;
    });
    const whole = tiles && cuts.length > 1 && end === this.value(row).shape[0];
    this.#parts.set(row, whole ? this.#split(row, cuts) : null);
    return this.#parts.get(row)!;
  }

  #split(row: number, cuts: readonly { readonly begin: number; readonly size: number }[]) {
    const { model } = this;
    const name = this.real(this.take(row, plainLayout(1)));
    const sizes = model.ints(cuts.map(({ size }) => size));
    const options = { results: cuts.length, label: 'split' };
    const names = model.nodes('Split', [name, sizes], { axis: 0 }, options);
    return new Map(cuts.map(({ begin }, index) => [begin, names[index]!] as const));
  }

  /** A tensor under other sizes. It costs nothing until a node reads it that way. */
  reshape(name: string, sizes: Shape): string {
    const root = this.#views.get(name)?.root ?? name;
    if (`${this.#sizes.get(root)}` === `${sizes}`) return root;
    const view = `${root} as ${sizes}`;
    if (!this.#views.has(view)) this.#views.set(view, { root, sizes, name: null });
    return view;
  }

  /** Says which sizes a new tensor has, and gives it under others. */
  sized(name: string, sizes: Shape, wanted: Shape): string {
    this.#sizes.set(name, sizes);
    return this.reshape(name, wanted);
  }

  /** Says which sizes a new tensor has, and gives it under those under which another one is seen. */
  seen(name: string, sizes: Shape, like: string): string {
    return this.sized(name, sizes, this.#views.get(like)?.sizes ?? this.#sizes.get(like) ?? sizes);
  }

  /** The tensor itself under its own sizes, where they are known, else as it is. */
  bare(name: string): { readonly name: string; readonly sizes: Shape | undefined } {
    const root = this.#views.get(name)?.root ?? name;
    const sizes = this.#sizes.get(root);
    return sizes === undefined ? { name, sizes } : { name: root, sizes };
  }

  /** A constant of sizes, which the library may not know beforehand. */
  sizes(values: Shape): string {
    return this.model.sizes(values, this.options.hideSizes === true);
  }

  /** The name that stands in the model for a tensor under its sizes. */
  real(name: string): string {
    const view = this.#views.get(name);
    if (view === undefined) return name;
    view.name ??= this.model.nodes('Reshape', [view.root, this.sizes(view.sizes)], {})[0]!;
    return view.name;
  }

  #hold(id: number, held: Held): void {
    const { name, shape, layout } = held;
    if (!this.#views.has(name) && !this.#sizes.has(name))
      this.#sizes.set(name, memoryShape(shape, layout, this.block));
    this.#held.set(id, [held]);
  }

  #in(id: number, layout: Layout): Held {
    const all = this.#held.get(id)!;
    const key = layoutKey(layout);
    const found = all.find((one) => layoutKey(one.layout) === key);
    if (found !== undefined) return found;
    const made = all[0]!;
    if (made.shape.length !== rankOf(layout)) throw new Error(`%${id} has no layout ${key}`);
    // Out of blocks, into them and to the outside channels go by way of channels first, which others may want, too.
    const outOfBlocks = sameLayout(made.layout, layouts.blocked) && !isBlocked(layout);
    const ofMaps = sameLayout(layout, layouts.blocked) || sameLayout(layout, layouts.channelsOutside);
    const before = outOfBlocks || (ofMaps && !isBlocked(made.layout)) ? layouts.channelsFirst : null;
    const from = before === null || key === layoutKey(before) ? made : this.#in(id, before);
    const converted = this.convert(from, layout);
    all.push(converted);
    return converted;
  }
}

/** Runs of fewer numbers are not worth an index each; longer ones cost a transposition nothing. */
const [shortestRun, longestRun] = [4, 4096];

/** Where each value of a tensor with exchanged axes was before. */
function exchanged(sizes: Shape, order: readonly number[]): Int32Array {
  const steps = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
  const places = new Int32Array(sizes.reduce((product, size) => product * size, 1));
  let count = 1;
  // From the innermost axis outwards: what is there so far, once more for each place along the axis.
  for (const axis of order.toReversed()) {
    for (let place = 1; place < sizes[axis]!; place++) {
      const ahead = place * steps[axis]!;
      for (let index = 0; index < count; index++) places[place * count + index] = places[index]! + ahead;
    }
    count *= sizes[axis]!;
  }
  return places;
}

/** Of a map `[batch, height, width, channels]`. */
export function channelsFirst([batch, height, width, channels]: Shape): Shape {
  return [batch!, channels!, height!, width!];
}

/** A result whose axes lie in their own order. */
export function plain(name: string, shape: Shape): Held {
  return { name, shape, layout: plainLayout(shape.length) };
}
