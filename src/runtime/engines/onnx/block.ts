import { blockProbe } from '../../../compiler/index.ts';
import { loadLibrary, type OnnxLibrary } from './library.ts';
import { providerWished } from './providers.ts';

/** How many channels lie in a block of the library's internal layout on this processor; null when it has none. */
export async function probeBlock(library: OnnxLibrary): Promise<number | null> {
  const { model, input, output } = blockProbe();
  try {
    const session = await library.InferenceSession.create(model, { logSeverityLevel: 4 });
    const map = new library.Tensor(
      'float32',
      Float32Array.from({ length: 32 }, (_, index) => index),
      [1, 16, 1, 2],
    );
    const { data } = (await session.run({ [input]: map }))[output]!;
    await session.release();
    const block = data.indexOf(1);
    return block > 1 ? block : null;
  } catch {
    return null;
  }
}

/** Whether the user wants standard operators, to measure what blocks are worth. */
export function blocksAreOff(): boolean {
  return process.env['CMRNET_ONNX_BLOCKS'] === 'off';
}

/** The block that training would use here; null where it would use none: providers know standard operators only. */
export async function blocksHere(): Promise<number | null> {
  if (blocksAreOff() || providerWished() !== null) return null;
  try {
    return await probeBlock(await loadLibrary());
  } catch {
    // A library that does not load trains nothing.
    return null;
  }
}
