import { type EngineName, engineNames } from '../../../compiler/index.ts';
import { engineFiles } from '../installed/cache.ts';
import { readSelection } from '../installed/record.ts';
import { providerWished } from '../onnx/providers.ts';

export function isBackendName(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}

/** The engine asked for by `--backend`; who names a provider of ONNX Runtime asks for that. Undefined for any. */
export function engineAsked(name: string | undefined): string | undefined {
  return name ?? (providerWished() === null ? undefined : 'onnx');
}

/** The engines that the user chose, in their order. */
function chosenNames(): readonly EngineName[] {
  return readSelection(engineFiles()).filter(isBackendName);
}

/** The engines in the order in which they are tried: those that the user chose, then the others. */
export function order(): readonly EngineName[] {
  return [...new Set([...chosenNames(), ...engineNames])];
}

/**
 * Whether an engine that `--backend` does not name is worth taking: without blocked convolutions `onnx` is slower than
 * `wasm`, and is taken only where the user has chosen it once.
 * @param block Channels in a block of its maps; null where it has no blocks
 */
export function isWorthwhile(name: EngineName, block: number | null): boolean {
  return name !== 'onnx' || block !== null || chosenNames().includes(name);
}
