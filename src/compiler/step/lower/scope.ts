import type { Graph, NodeOf, OperationName } from '../../ir/graph.ts';
import type { StepBuilder } from '../builder.ts';
import { joined, parted } from './row.ts';

/** How a network is run. */
export type NetworkMode =
  | { readonly kind: 'inference' }
  /** `momentum`: the value of the scalar that replaces the momentum of all statistics; absent where each has its own. */
  | { readonly kind: 'training'; readonly momentum?: number };

/** A statistic that is to move: what it was, and the batch's own. */
interface Move {
  readonly past: number;
  readonly now: number;
  /** What it keeps of its past. */
  readonly momentum: number;
}

/** What the lowering of a network's nodes shares: the weights as the step began, statistics as they move, dropout masks. */
export class Scope {
  readonly builder: StepBuilder;
  readonly batch: number;
  readonly mode: NetworkMode;
  readonly #graph: Graph;
  readonly #weights = new Map<string, number>();
  readonly #moves = new Map<string, Move>();
  readonly #settled = new Map<string, number>();
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

  /** A weight as it is now. */
  weight(name: string): number {
    const move = this.#moves.get(name);
    if (move !== undefined) {
      // A layer that is applied once more moves on from there.
      this.#moves.delete(name);
      this.#settled.set(name, this.#moved([move])[0]!);
    }
    const existing = this.#settled.get(name) ?? this.#weights.get(name);
    if (existing !== undefined) return existing;
    const id = this.builder.input({ kind: 'weight', weight: name }, this.#graph.weights.get(name)!.shape);
    this.#weights.set(name, id);
    return id;
  }

  /** A statistic moves by the batch's own. */
  move(name: string, now: number, momentum: number): void {
    this.#moves.set(name, { past: this.weight(name), now, momentum });
  }

  /** The statistics that moved, by name, those that keep as much of their past computed at once. */
  moved(): ReadonlyMap<string, number> {
    const shares = new Set([...this.#moves.values()].map(({ momentum }) => momentum));
    const together = [...shares].flatMap((share) => {
      const moves = [...this.#moves].filter(([, { momentum }]) => momentum === share);
      const values = this.#moved(moves.map(([, move]) => move));
      return moves.map(([name], index) => [name, values[index]!] as const);
    });
    return new Map([...this.#settled, ...together]);
  }

  #moved(moves: readonly Move[]): readonly number[] {
    const { builder: b, mode } = this;
    const common = mode.kind === 'training' ? mode.momentum : undefined;
    const share = moves[0]!.momentum;
    const kept = common ?? b.scalar(share);
    const fresh = common === undefined ? b.scalar(1 - share) : b.subtract(b.scalar(1), common);
    const past = joined(
      b,
      moves.map((move) => move.past),
    );
    const now = joined(
      b,
      moves.map((move) => move.now),
    );
    const next = b.add(b.multiply(past, kept), b.multiply(now, fresh));
    return parted(
      b,
      next,
      moves.map((move) => b.shape(move.now)),
    );
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
