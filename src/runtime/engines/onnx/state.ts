import {
  type InputRole,
  type OutputRole,
  type Port,
  plainLayout,
  rearrange,
  type Shape,
  sameLayout,
} from '../../../compiler/index.ts';
import type { OnnxLibrary, OnnxTensor } from './library.ts';

/** A value that lives from step to step, as it lies in memory. */
interface Kept {
  readonly tensor: OnnxTensor;
  readonly port: Pick<Port<InputRole | OutputRole>, 'shape' | 'layout' | 'sizes'>;
}

/**
 * Weights, statistics and the optimizer's running values by the names of their inputs, in the library's own tensors. They
 * stay as a step left them until somebody wants them otherwise.
 */
export class State {
  readonly #library: OnnxLibrary;
  readonly #block: number;
  readonly #kept = new Map<string, Kept>();
  /** Weights as they were one step ago: memory for the next ones. */
  readonly #spare = new Map<string, Kept>();

  constructor(library: OnnxLibrary, block: number) {
    this.#library = library;
    this.#block = block;
  }

  /** Sets a value from numbers in row-major order. */
  write(name: string, shape: Shape, values: ArrayLike<number>): void {
    const port = { shape, layout: plainLayout(shape.length), sizes: shape };
    this.#kept.set(name, { tensor: this.#tensor(Float32Array.from(values), shape), port });
  }

  /** A value in row-major order, in memory of its own. */
  read(name: string): Float32Array {
    const { tensor, port } = this.#value(name);
    return rearrange(tensor.data, port.shape, port.layout, plainLayout(port.shape.length), this.#block);
  }

  /** The tensor that a port takes. */
  feed(name: string, port: Port<InputRole>): OnnxTensor {
    const { tensor, port: held } = this.#value(name);
    if (sameLayout(held.layout, port.layout)) return tensor;
    const values = rearrange(tensor.data, port.shape, held.layout, port.layout, this.#block);
    const next = this.#tensor(values, port.sizes);
    this.#kept.set(name, { tensor: next, port });
    return next;
  }

  /**
   * The tensor into which a run writes the next value; null for a new one. Several steps in one run write once, when all is
   * read. In a single step a running value is overwritten, too: nothing but its next value is computed from it, number by
   * number. A weight may be read until the step's end, so that its next value comes where the one before it was.
   */
  place(name: string, port: Port<OutputRole>, repeated: boolean): OnnxTensor | null {
    const target = repeated || port.role.kind === 'slot' ? this.#value(name) : this.#spare.get(name);
    return target !== undefined && sameLayout(target.port.layout, port.layout) ? target.tensor : null;
  }

  /** Keeps what a step returned. */
  keep(name: string, port: Port<OutputRole>, tensor: OnnxTensor): void {
    const before = this.#value(name);
    if (before.tensor !== tensor) this.#spare.set(name, before);
    this.#kept.set(name, { tensor, port });
  }

  #value(name: string): Kept {
    const kept = this.#kept.get(name);
    if (kept === undefined) throw new Error(`no values for ${name}`);
    return kept;
  }

  #tensor(values: Float32Array, sizes: Shape): OnnxTensor {
    return new this.#library.Tensor('float32', values, sizes);
  }
}
