import { engineFiles } from '../engines/cache.ts';
import { readSelection } from '../engines/record.ts';

/** The backends in the order in which they are tried. */
export const backendNames = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'onnx', 'cpu'] as const;

export type BackendName = (typeof backendNames)[number];

export function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}

/** The engines in the order in which they are tried: those that the user chose, then the others. */
export function order(): readonly BackendName[] {
  return [...new Set([...readSelection(engineFiles()).filter(isBackendName), ...backendNames])];
}
