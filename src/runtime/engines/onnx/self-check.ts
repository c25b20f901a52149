import { emitOnnx, plainLayout, rearrange, selfTest } from '../../../compiler/index.ts';
import type { OnnxLibrary } from './library.ts';
import { shortened } from './providers.ts';

/** The largest difference that rounding explains, relative to the largest value. */
const tolerance = 1e-4;

/** Null, or in words what is wrong with this library and processor, with blocks of this size or standard operators. */
export async function checkSelf(
  library: OnnxLibrary,
  block: number | null,
  allowed = tolerance,
): Promise<string | null> {
  const { program, inputs, expected } = selfTest();
  try {
    const step = emitOnnx(program, { block });
    const session = await library.InferenceSession.create(step.model, {
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    const feeds = Object.fromEntries(
      step.inputs.map(({ name, shape, layout, sizes }) => {
        const values = Float32Array.from(inputs.get(name)!.data);
        const laid = rearrange(values, shape, plainLayout(shape.length), layout, step.block);
        return [name, new library.Tensor('float32', laid, sizes)];
      }),
    );
    const results = await session.run(feeds);
    await session.release();
    for (const { name, shape, layout } of step.outputs) {
      const found = rearrange(results[name]!.data, shape, layout, plainLayout(shape.length), step.block);
      const wanted = expected.get(name.slice('next/'.length))!.data;
      const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index]!)), 0);
      // A comparison that also catches what is no number.
      if (!(off <= allowed * largest)) return `its self-test is off by ${(off / largest).toExponential(1)}`;
    }
    return null;
  } catch (error) {
    return shortened(error);
  }
}
