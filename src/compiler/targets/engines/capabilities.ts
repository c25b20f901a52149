import type { EngineName } from './names.ts';

/**
 * Who computes something: a layer or operation of TensorFlow.js as it is, several of them put together, our own kernel
 * in the memory of TensorFlow.js's wasm backend, TensorFlow's own kernel called by its name, or the compiled step.
 */
export type Provider = 'stock' | 'composed' | 'kernel' | 'tensorflow' | 'compiled';

/** An engine that runs a network layer by layer, with TensorFlow.js at its bottom. */
export type LayerEngine = Exclude<EngineName, 'onnx'>;

/** By engine; both of TensorFlow's library are one. */
interface ByEngine<T> {
  readonly wasm: T;
  readonly tensorflow: T;
  readonly cpu: T;
}

const column = {
  wasm: 'wasm',
  'tfjs-node': 'tensorflow',
  'tfjs-node-gpu': 'tensorflow',
  cpu: 'cpu',
} as const satisfies Record<LayerEngine, keyof ByEngine<unknown>>;

const everywhereOwn = { wasm: 'kernel', tensorflow: 'tensorflow', cpu: 'composed' } as const;

/**
 * Who provides each primitive of the runtime's layers. The runtime puts an engine's primitives together from this table:
 * what it says is what runs.
 */
export const providers = {
  slide: { ...everywhereOwn, cpu: 'stock' },
  slideFinished: everywhereOwn,
  spread: everywhereOwn,
  correlate: everywhereOwn,
  normaliseBatch: everywhereOwn,
  normalise: everywhereOwn,
  gradeNorm: everywhereOwn,
  maxPool: { ...everywhereOwn, cpu: 'stock' },
  gradeMaxPool: everywhereOwn,
  depthToSpace: everywhereOwn,
  spaceToDepth: everywhereOwn,
  concatenate: { ...everywhereOwn, cpu: 'stock' },
  split: { ...everywhereOwn, cpu: 'stock' },
  sum: everywhereOwn,
  gradeRelu: everywhereOwn,
  rmsprop: everywhereOwn,
  areFinite: { ...everywhereOwn, wasm: 'composed' },
} as const satisfies Readonly<Record<string, ByEngine<Provider>>>;

export type PrimitiveName = keyof typeof providers;

export const layerPrimitives = Object.keys(providers) as readonly PrimitiveName[];

export function providerOf(primitive: PrimitiveName, engine: LayerEngine): Provider {
  return providers[primitive][column[engine]];
}

/** What an engine does in one pass where the language has two operations or three. */
export interface FusedForms {
  /** Batch norm and the ReLU that alone reads it, forward and backward. */
  readonly normRelu: boolean;
  /** In inference: a convolution, the batch norm that alone reads it, and that one's ReLU. */
  readonly convNorm: boolean;
}

const fused: ByEngine<FusedForms> = {
  wasm: { normRelu: true, convNorm: true },
  // TensorFlow fuses them on GPUs only and in half precision; apart, the ReLU's gradient reads the result that the next layer keeps anyway.
  tensorflow: { normRelu: false, convNorm: true },
  cpu: { normRelu: true, convNorm: true },
};

/** The networks that the runtime builds are legalised by this: layers that an engine fuses become one. */
export function fusedFormsOf(engine: LayerEngine): FusedForms {
  return fused[column[engine]];
}

/** The type of all maps, weights and sums on an engine, and why no smaller one. */
export interface Precision {
  readonly type: 'float32';
  readonly reason: string;
}

const plainReason = 'TensorFlow.js has no tensors of half precision';

export const precisions: Readonly<Record<EngineName, Precision>> = {
  wasm: { type: 'float32', reason: `WebAssembly computes in no smaller type, and ${plainReason}` },
  'tfjs-node': { type: 'float32', reason: plainReason },
  'tfjs-node-gpu': { type: 'float32', reason: plainReason },
  onnx: { type: 'float32', reason: "ONNX Runtime's CPU kernels of convolutions know no smaller type" },
  cpu: { type: 'float32', reason: plainReason },
};
