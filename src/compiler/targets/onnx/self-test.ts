import { randomStream } from '../../interpret/random.ts';
import { type Tensor, tensor } from '../../interpret/tensor.ts';
import { elements, type Shape } from '../../ir/shape.ts';
import { StepBuilder } from '../../step/builder.ts';
import { evaluateStep } from '../../step/evaluate.ts';
import type { Sliding, StepProgram } from '../../step/program.ts';

/** A program, what to feed it, and what must come out, by name and in double precision. */
export interface SelfTest {
  readonly program: StepProgram;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly expected: ReadonlyMap<string, Tensor>;
}

/** Pixels along the sides of its maps: few, for what must come out is computed at every start. */
const side = 6;

/**
 * Everything that lowering does in blocks: convolutions with rates and strides, of whole blocks, of a single channel and depthwise,
 * their gradients, additions that they take along, normalisation, sums and pooling. Channels are 32, whole blocks on every processor.
 */
export function selfTest(): SelfTest {
  const b = new StepBuilder('self-test');
  const inputs = new Map<string, Tensor>();
  const given = (weight: string, shape: Shape): number => {
    const random = randomStream(weight);
    const values = Float32Array.from({ length: elements(shape) }, () => 2 * random() - 1);
    inputs.set(`weight/${weight}`, tensor(shape, values));
    return b.input({ kind: 'weight', weight }, shape);
  };
  let heads = 0;
  const output = (value: number) => b.output({ kind: 'head', head: String(heads++) }, value);
  const image = given('image', [2, side, side, 1]);
  const slide = (stride: number, rate: number): Sliding => ({
    stride: [stride, stride],
    rate: [rate, rate],
    padding: [
      [rate, rate],
      [rate, rate],
    ],
    groups: 1,
  });
  const none = [0, 0] as const;
  const pointwise: Sliding = { ...slide(1, 1), padding: [none, none] };
  const stem = b.conv(image, given('stem', [3, 3, 1, 32]), slide(1, 1));
  output(b.convFilterGradient(image, stem, { ...slide(1, 1), kernel: [3, 3] }));
  for (const sliding of [slide(1, 2), slide(2, 1)]) {
    const kernel = given(`kernel ${sliding.stride} ${sliding.rate}`, [3, 3, 32, 32]);
    const y = b.conv(stem, kernel, sliding);
    output(y);
    output(b.convInputGradient(y, kernel, { ...sliding, size: [side, side] }));
    output(b.convFilterGradient(stem, y, { ...sliding, kernel: [3, 3] }));
  }
  const each = { ...slide(1, 2), groups: 32 };
  const taps = given('taps', [3, 3, 1, 32]);
  const apart = b.conv(stem, taps, each);
  output(apart);
  output(b.convInputGradient(apart, taps, { ...each, size: [side, side] }));
  output(b.convFilterGradient(stem, apart, { ...each, kernel: [3, 3] }));
  const mean = b.mean(stem, [0, 1, 2]);
  const variance = b.apply('variance', [stem, mean], { axes: [0, 1, 2] });
  const scale = given('scale', [1, 1, 1, 32]);
  const norm = b.apply('affine', [stem, variance, mean], { rectify: 0 });
  output(b.productSum(norm, stem, [0, 1, 2]));
  const ofImages = b.mean(stem, [1, 2]);
  const leaky = b.apply('affine', [stem, ofImages, ofImages], { rectify: 0.1 });
  output(leaky);
  output(b.multiply(stem, b.positive(leaky, 0.1)));
  output(b.add(norm, b.multiply(stem, scale)));
  output(b.add(norm, b.conv(stem, given('added', [1, 1, 32, 32]), pointwise)));
  const biased = b.add(b.conv(stem, given('biased', [1, 1, 32, 32]), pointwise), scale);
  output(b.relu(biased));
  const window = { size: [2, 2], stride: [2, 2], padding: pointwise.padding } as const;
  output(b.apply('max_pool', [norm], window));
  const program = b.build();
  return { program, inputs, expected: evaluateStep(program, inputs) };
}
