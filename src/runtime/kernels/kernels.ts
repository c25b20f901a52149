import v8 from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import { binaries } from './binaries.ts';
import { Crew } from './crew.ts';

/** What we use of the wasm backend of TensorFlow.js, none of it typed there. */
interface WasmBackend {
  readonly wasm: {
    /** Of the binary with threads, and of the others. */
    readonly wasmMemory?: WebAssembly.Memory;
    readonly asm: Readonly<Record<string, unknown>>;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(id: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: 'float32'): tf.TensorInfo;
}

/** A kernel's argument: a whole number or an address, or a list of such, which the kernel gets as its address. */
export type Argument = number | readonly Argument[];

/**
 * Our own kernels, in WebAssembly on the memory of the wasm backend, so that they read and write the values of its
 * tensors where they are. Values are 32-bit floats, maps `[batch, height, width, channels]`.
 */
export class Kernels {
  readonly #wasm: WasmBackend['wasm'];
  readonly #backend: WasmBackend;
  readonly #memory: WebAssembly.Memory;
  readonly #names: readonly string[];
  readonly #crew: Crew;
  readonly #arguments: number;
  #scratch = 0;
  #share = 0;

  /**
   * @param threads Threads that share a kernel's work, the calling one included. Only the backend's binary for threads
   *   has a memory that they can share; with the others the caller works alone.
   */
  constructor(threads: number) {
    this.#backend = tf.backend() as unknown as WasmBackend;
    this.#wasm = this.#backend.wasm;
    this.#memory = this.#wasm.wasmMemory ?? (this.#wasm.asm['memory'] as WebAssembly.Memory);
    const shared = this.#memory.buffer instanceof SharedArrayBuffer;
    const module = compile(shared ? binaries.shared : binaries.unshared);
    this.#names = WebAssembly.Module.exports(module).map(({ name }) => name);
    this.#crew = new Crew(module, this.#memory, this.#names, threads);
    this.#arguments = this.allocate(argumentBytes);
  }

  get threads(): number {
    return this.#crew.threads;
  }

  /** Settles when all threads help. Until then kernels run on those that do. */
  get ready(): Promise<void> {
    return this.#crew.ready;
  }

  /**
   * Runs a kernel.
   *
   * @param values Its arguments, in the order of its fields.
   * @param items Into how many parts its work falls.
   * @param scratch Bytes of memory that it needs beside the arguments, on every thread.
   */
  run(name: string, values: readonly Argument[], items: number, scratch = 0): void {
    if (items === 0) return;
    if (scratch > this.#share) {
      if (this.#scratch !== 0) this.free(this.#scratch);
      this.#share = (scratch + 127) & ~127;
      this.#scratch = this.allocate(this.#share * this.threads);
    }
    this.#crew.run({
      kernel: this.#names.indexOf(name),
      arguments: this.#write(values),
      items,
      scratch: this.#scratch,
      share: this.#share,
    });
  }

  /** Memory of the backend, until it is freed. Its address is a multiple of 16. */
  allocate(bytes: number): number {
    return exists(this.#wasm._malloc(bytes) >>> 0);
  }

  free(address: number): void {
    this.#wasm._free(address);
  }

  /** Lends memory of the backend for as long as `use` runs. */
  lend<T>(bytes: number, use: (address: number) => T): T {
    const address = this.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.free(address);
    }
  }

  /** A tensor for a kernel to write. Its values are whatever was there. */
  create<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
    return tf.engine().makeTensorFromTensorInfo(this.#backend.makeOutput(shape, 'float32')) as tf.Tensor<R>;
  }

  /** Where the values of a tensor are, for as long as it lives. */
  addressOf(tensor: tf.Tensor): number {
    // A tensor made on another backend moves here only when this one asks for it.
    return exists(this.#backend.dataIdMap.get(tensor.dataId).memoryOffset);
  }

  end(): void {
    this.#crew.end();
  }

  /** Writes the lists, each behind those within it, then the arguments. Gives the address of the arguments. */
  #write(values: readonly Argument[]): number {
    // The memory may have grown since the last run, and its buffer be another.
    const words = new Int32Array(this.#memory.buffer, this.#arguments, argumentBytes / 4);
    let end = 0;
    const put = (list: readonly Argument[]): number => {
      const flat = list.map((value) => (typeof value === 'number' ? value : put(value)));
      const start = end;
      end += flat.length;
      if (end > words.length) throw new Error('a kernel has too many arguments');
      words.set(flat, start);
      return this.#arguments + start * 4;
    };
    return put(values);
  }
}

/** An address that is not that of no memory: the backend itself would read and write there. */
function exists(address: number): number {
  if (address === 0) throw new Error('the memory of the wasm backend, 4 GB at most, is full');
  return address;
}

/** Room for the arguments of one kernel and their lists. */
const argumentBytes = 1 << 16;

/** The bits of a 32-bit float, as an argument. */
export function bits(value: number): number {
  converter.setFloat32(0, value);
  return converter.getInt32(0);
}

const converter = new DataView(new ArrayBuffer(4));

/**
 * Compiles with the optimising compiler at once: under load the engine may take seconds to see that code that its first
 * compiler has left at a third of the speed is worth another look.
 */
function compile(binary: string): WebAssembly.Module {
  v8.setFlagsFromString('--no-liftoff');
  v8.setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return new WebAssembly.Module(Buffer.from(binary, 'base64'));
  } finally {
    v8.setFlagsFromString('--liftoff');
    v8.setFlagsFromString('--wasm-lazy-compilation');
  }
}
