import { blockProbe } from '../../compiler/index.ts';
import type { OnnxLibrary } from './library.ts';

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
