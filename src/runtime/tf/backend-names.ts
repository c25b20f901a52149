import { type EngineName, engineNames } from '../../compiler/index.ts';
import { engineFiles } from '../engines/cache.ts';
import { readSelection } from '../engines/record.ts';

export { type EngineName as BackendName, engineNames as backendNames } from '../../compiler/index.ts';

export function isBackendName(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}

/** The engines that the user chose, in their order. */
export function chosenNames(): readonly EngineName[] {
  return readSelection(engineFiles()).filter(isBackendName);
}

/** The engines in the order in which they are tried: those that the user chose, then the others. */
export function order(): readonly EngineName[] {
  return [...new Set([...chosenNames(), ...engineNames])];
}
