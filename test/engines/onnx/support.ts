import * as assert from 'uvu/assert';
import { normal, randomStream } from '../../../src/compiler/interpret/random.ts';
import { type Tensor, tensor } from '../../../src/compiler/interpret/tensor.ts';
import { elements, type Shape } from '../../../src/compiler/ir/shape.ts';
import type { StepProgram } from '../../../src/compiler/step/program.ts';
import { emitOnnx, type OnnxOptions } from '../../../src/compiler/targets/onnx/emit.ts';
import { plainLayout, rearrange } from '../../../src/compiler/targets/onnx/layout.ts';
import { loadLibrary } from '../../../src/runtime/engines/onnx/library.ts';

/** Normal random numbers of a shape, the same for the same key. */
export function randomTensor(key: string, shape: Shape, draw: (normal: number) => number = (x) => x): Tensor {
  const random = randomStream(key);
  return tensor(
    shape,
    Float32Array.from({ length: elements(shape) }, () => draw(normal(random))),
  );
}

/** Runs a program by ONNX Runtime once. Inputs and results by the program's names, in row-major order. */
export async function runOnnx(
  program: StepProgram,
  inputs: ReadonlyMap<string, Tensor>,
  options: OnnxOptions,
): Promise<ReadonlyMap<string, Tensor>> {
  const library = await loadLibrary();
  const step = emitOnnx(program, options);
  const session = await library.InferenceSession.create(step.model, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
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
  return new Map(
    step.outputs.map(({ name, shape, layout }) => {
      const values = rearrange(results[name]!.data, shape, layout, plainLayout(shape.length), step.block);
      return [name.replace(/^next\//, ''), tensor(shape, values)];
    }),
  );
}

/** The largest difference of two lists, relative to the largest magnitude in the second. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(actual.length, expected.length, 'as many values');
  let difference = 0;
  let magnitude = 1e-12;
  for (let index = 0; index < expected.length; index++) {
    const off = Math.abs(actual[index]! - expected[index]!);
    difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(difference, off);
    magnitude = Math.max(magnitude, Math.abs(expected[index]!));
  }
  return difference / magnitude;
}
