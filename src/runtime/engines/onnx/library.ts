/** A float32 tensor of ONNX Runtime, in memory of its own. */
export interface OnnxTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface SessionSettings {
  readonly executionProviders?: readonly string[];
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly enableMemPattern?: boolean;
  readonly enableCpuMemArena?: boolean;
  readonly graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Settings of the library by the parts of their names. */
  readonly extra?: { readonly session: { readonly intra_op: { readonly allow_spinning: '0' | '1' } } };
  readonly enableProfiling?: boolean;
  readonly profileFilePrefix?: string;
  /** 3 shows errors only. */
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
}

export interface OnnxSession {
  /** Blocks its thread until done. All results, or those named in `fetches`; those that have a tensor there are written into it. */
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches?: Readonly<Record<string, OnnxTensor | null>>,
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
  endProfiling(): void;
}

/** What we use of onnxruntime-node, an optional dependency whose types may not be there. */
export interface OnnxLibrary {
  readonly InferenceSession: {
    create(model: Uint8Array, settings: SessionSettings): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
  readonly env: { readonly versions: { readonly node?: string; readonly common: string } };
  /** The execution providers in the package's library. */
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[];
}

/** Rejects when the package is not installed or has no library for this platform. */
export async function loadLibrary(): Promise<OnnxLibrary> {
  // A specifier in a variable: neither the type check nor the build asks whether the package is there.
  const specifier: string = 'onnxruntime-node';
  const loaded = (await import(specifier)) as OnnxLibrary & { readonly default?: OnnxLibrary };
  return loaded.InferenceSession === undefined ? loaded.default! : loaded;
}
