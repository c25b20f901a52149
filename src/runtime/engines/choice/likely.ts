import type { EngineName, Rates } from '../../../compiler/index.ts';
import { ratesHere } from '../calibration/calibration.ts';
import { type EngineFiles, engineFiles } from '../installed/cache.ts';
import { engineStates } from '../installed/manage.ts';
import { blocksHere } from '../onnx/block.ts';
import { providerWished } from '../onnx/providers.ts';
import { engineAsked, isBackendName, isWorthwhile, order } from './backend-names.ts';

/** The engine that training is going to choose, told without starting it. */
export interface LikelyEngine {
  readonly name: EngineName;
  /** How fast the compiled engine is here, with the layout of maps that it would use. */
  readonly rates: Rates;
  /** What computes in the processor's place, by the name that ONNX Runtime gives it; null for the processor. */
  readonly provider: string | null;
}

/**
 * The engine asked for, else the first that seems to be there and is worth taking, as `openBackend` has it.
 * @param asked What `--backend` names; null where it names none
 */
export async function likelyEngine(
  asked: string | null,
  files: EngineFiles = engineFiles(),
): Promise<LikelyEngine> {
  const usual = ratesHere(files);
  const name = engineAsked(asked ?? undefined);
  if (name !== undefined && name !== 'onnx' && isBackendName(name)) {
    return { name, rates: usual, provider: null };
  }
  const states = engineStates(files, order());
  const isThere = (one: EngineName) =>
    states.some(({ name: known, state }) => known === one && state !== 'absent' && state !== 'broken');
  const block = isThere('onnx') ? await blocksHere() : usual.block;
  const rates = { ...usual, block };
  if (name === 'onnx') {
    const wished = providerWished();
    return { name, rates, provider: wished === 'cpu' ? null : wished };
  }
  const first = order().find((one) => isThere(one) && isWorthwhile(one, block));
  return { name: first ?? 'wasm', rates, provider: null };
}
