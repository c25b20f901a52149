import type { Graph, NodeOf, OperationName } from '../../ir/graph.ts';
import type { StepBuilder } from '../builder.ts';

/** How a network is run. */
export type NetworkMode =
  | { readonly kind: 'inference' }
  /** `momentum`: the value of the scalar that replaces the momentum of all statistics; absent where each has its own. */
  | { readonly kind: 'training'; readonly momentum?: number };

/** What the lowering of a network's nodes shares: the weights as the step began, statistics as they move, dropout masks. */
export class Scope {
  readonly builder: StepBuilder;
  readonly batch: number;
  readonly mode: NetworkMode;
  readonly #graph: Graph;
  readonly #weights = new Map<string, number>();
  readonly #moved = new Map<string, number>();
  readonly #applications = new Map<string, number>();

  constructor(builder: StepBuilder, graph: Graph, batch: number, mode: NetworkMode) {
    this.builder = builder;
    this.batch = batch;
    this.mode = mode;
    this.#graph = graph;
  }

  /** The inputs of all weights that were read, by name. */
  get weights(): ReadonlyMap<string, number> {
    return this.#weights;
  }

  /** The statistics that moved, by name. */
  get moved(): ReadonlyMap<string, number> {
    return this.#moved;
  }

  /** A weight as it is now. */
  weight(name: string): number {
    const moved = this.#moved.get(name);
    if (moved !== undefined) return moved;
    const known = this.#weights.get(name);
    if (known !== undefined) return known;
    const id = this.builder.input({ kind: 'weight', weight: name }, this.#graph.weights.get(name)!.shape);
    this.#weights.set(name, id);
    return id;
  }

  move(name: string, value: number): void {
    this.#moved.set(name, value);
  }

  /** The factors of a dropout's next application in this step. */
  mask(layer: string, rate: number, shape: readonly number[]): number {
    const application = this.#applications.get(layer) ?? 0;
    this.#applications.set(layer, application + 1);
    return this.builder.input({ kind: 'mask', layer, application, rate }, shape);
  }
}

/** One node that is being lowered; values by id. */
export interface Lowered<O extends OperationName> {
  readonly node: NodeOf<O>;
  readonly scope: Scope;
  readonly builder: StepBuilder;
  readonly operands: readonly number[];
}
