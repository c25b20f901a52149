import * as assert from 'uvu/assert';
import { normal, randomStream } from '../../src/compiler/interpret/random.ts';
import { type Tensor, tensor } from '../../src/compiler/interpret/tensor.ts';
import { elements, type Shape } from '../../src/compiler/ir/shape.ts';
import { StepBuilder } from '../../src/compiler/step/builder.ts';
import { differentiate } from '../../src/compiler/step/differentiate.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { verifyStep } from '../../src/compiler/step/verify.ts';

/** Normal random numbers of a shape, the same for the same key. */
export function randomTensor(key: string, shape: Shape, draw: (normal: number) => number = (x) => x): Tensor {
  const random = randomStream(key);
  return tensor(
    shape,
    Array.from({ length: elements(shape) }, () => draw(normal(random))),
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

/**
 * Holds the gradients of `Σ c · f(inputs)`, for random c, against central differences in double precision, each along a
 * random direction of one input.
 */
export function checkGradients(
  inputs: readonly Tensor[],
  build: (builder: StepBuilder, operands: readonly number[]) => number,
  learned: readonly boolean[] = inputs.map(() => true),
  tolerance = 1e-6,
): void {
  const b = new StepBuilder('test');
  const operands = inputs.map(({ shape }, index) =>
    b.input({ kind: 'weight', weight: String(index) }, shape),
  );
  const result = build(b, operands);
  const factors = randomTensor(`factors ${b.shape(result)}`, b.shape(result));
  const all = b.shape(result).map((_, axis) => axis);
  const weighted = b.multiply(result, b.constant(factors.shape, [...factors.data]));
  const objective = b.reshape(b.sum(weighted, all), []);
  b.output({ kind: 'loss' }, objective);
  const gradients = differentiate(b, objective, operands);
  for (const [index, gradient] of gradients.entries()) {
    if (!learned[index]) continue;
    assert.ok(gradient !== null, `operand ${index} has a gradient`);
    assert.equal(b.shape(gradient!), inputs[index]!.shape, 'a gradient has the shape of its operand');
    b.output({ kind: 'weight', weight: String(index) }, gradient!);
  }
  const program = b.build();
  verifyStep(program);
  const run = (given: readonly Tensor[]) =>
    evaluateStep(program, new Map(given.map((value, index) => [`weight/${index}`, value])));
  const found = run(inputs);
  for (const [index, input] of inputs.entries()) {
    if (!learned[index]) continue;
    const direction = randomTensor(`direction ${index}`, input.shape).data;
    const step = 1e-6;
    const moved = (sign: number) =>
      run(
        inputs.map((value, other) =>
          other === index
            ? { shape: value.shape, data: value.data.map((x, i) => x + sign * step * direction[i]!) }
            : value,
        ),
      ).get('loss')!.data[0]!;
    const numeric = (moved(1) - moved(-1)) / (2 * step);
    const gradient = found.get(`weight/${index}`)!.data;
    const analytic = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    const scale = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0)) + 1e-3;
    assert.ok(
      Math.abs(analytic - numeric) / scale < tolerance,
      `operand ${index}: gradient ${analytic}, differences ${numeric}`,
    );
  }
}
