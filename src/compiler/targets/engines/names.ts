/**
 * The engines in the order in which they are tried where the user has not chosen. `onnx` stands before `wasm` because it makes
 * more than twice as many steps of the paper's network on a CPU, see benchmark; without blocked convolutions, which not every
 * processor has, it makes fewer, and is passed over.
 */
export const engineNames = ['tfjs-node-gpu', 'onnx', 'tfjs-node', 'wasm', 'cpu'] as const;

export type EngineName = (typeof engineNames)[number];
