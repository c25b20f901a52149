/** The engines in the order in which they are tried where the user has not chosen: `onnx` before `wasm` once it is twice as fast, see benchmark. */
export const engineNames = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'onnx', 'cpu'] as const;

export type EngineName = (typeof engineNames)[number];
