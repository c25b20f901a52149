import type { EngineName } from '../../compiler/index.ts';

/**
 * What an engine takes, told from the cost model of the compiled one. Measured on two cores of an EPYC with AVX2, see
 * benchmark/README.md; elsewhere a guess.
 */
export interface EngineRatio {
  /** A training step takes so many times as long as one of `onnx` with blocked convolutions. */
  readonly step: number;
  /** The inference of an image likewise. */
  readonly inference: number;
  /** All that is told of it may be off by this factor on top of what the cost model may be off by. */
  readonly factor: number;
  /** The memory of a process that trains. */
  readonly memory: ProcessMemory;
}

/**
 * Bytes of a process: so many, and so many for each byte of what its network needs. Fitted to the peaks of short trainings on
 * onnx (paper at 128×128 and 256×224, with rmsprop and adam, U-Net of two widths, DeepLab, ResNet50, VGG16, Inception V3: 0.89 to
 * 1.16 of them) and wasm (six of them: 0.87 to 1.05); of the other engines to those of the benchmark.
 */
interface ProcessMemory {
  readonly process: number;
  /** For each byte that the memory plan of a training step has beside {@link ProcessMemory.state}. */
  readonly step: number;
  /** For each byte of weights and of what the optimizer remembers of them. */
  readonly state: number;
}

/**
 * Steps of wasm on a quiet machine took 2.0 (the paper's), 3.0 (ResNet50), 3.4 (a U-Net of 8 channels) and 4.2 times (DeepLab with
 * depthwise convolutions) what the built-in rates tell of onnx; tfjs-node was measured on the paper's alone.
 */
export const engineRatios: Readonly<Record<EngineName, EngineRatio>> = {
  onnx: { step: 1, inference: 1, factor: 1, memory: { process: 340e6, step: 2.15, state: 6.1 } },
  'tfjs-node': { step: 1.7, inference: 1.5, factor: 1.5, memory: { process: 500e6, step: 1.3, state: 4 } },
  wasm: { step: 2.7, inference: 2.7, factor: 1.5, memory: { process: 215e6, step: 1.05, state: 4.4 } },
  // Nobody has measured it: a graphics processor may be much faster, and its memory is its own.
  'tfjs-node-gpu': { step: 0.2, inference: 0.2, factor: 4, memory: { process: 1500e6, step: 0, state: 4 } },
  cpu: { step: 100, inference: 60, factor: 2, memory: { process: 250e6, step: 1.5, state: 4 } },
};
