import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StepBuilder } from '../../../src/compiler/step/builder.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { lowerOnnx } from '../../../src/compiler/targets/onnx/emit.ts';
import { probeBlock } from '../../../src/runtime/engines/onnx/block.ts';
import { loadLibrary } from '../../../src/runtime/engines/onnx/library.ts';
import { distance, randomTensor, runOnnx } from './support.ts';

const block = await probeBlock(await loadLibrary());
const borders = fc.tuple(fc.nat(3), fc.nat(3));

/** Maps of odd sizes with fewer channels than a block, with whole blocks and with more; taps, rates, borders on one side. */
const convolutions = fc
  .record({
    batch: fc.integer({ min: 1, max: 5 }),
    size: fc.tuple(fc.integer({ min: 3, max: 8 }), fc.integer({ min: 3, max: 8 })),
    channels: fc.constantFrom(1, 3, 4, 8, 16, 20, 32),
    results: fc.constantFrom(2, 4, 8, 16, 20, 32),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    rate: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    stride: fc.constantFrom([1, 1] as const, [1, 1] as const, [2, 1] as const),
    padding: fc.tuple(borders, borders),
  })
  .filter(({ size, kernel, rate, padding }) =>
    [0, 1].every(
      (axis) =>
        size[axis]! + padding[axis]![0] + padding[axis]![1] > (kernel[axis]! - 1) * rate[axis]! &&
        padding[axis]!.every((zeros) => zeros < kernel[axis]! * rate[axis]!),
    ),
  );

type Drawn = typeof convolutions extends fc.Arbitrary<infer T> ? T : never;

const law = suite('a convolution and its gradients');

/** All that is computed of a convolution, more often than there are forms: each takes another one. */
function program({ batch, size, channels, results, kernel, rate, stride, padding }: Drawn) {
  const sliding = { stride, rate, padding, groups: 1 };
  const b = new StepBuilder('forms');
  const x = b.input({ kind: 'images' }, [batch, ...size, channels]);
  const weight = b.input({ kind: 'weight', weight: 'kernel' }, [...kernel, channels, results]);
  const row = b.input({ kind: 'weight', weight: 'row' }, [1, 1, 1, results]);
  const dy = b.conv(x, weight, sliding);
  const output = (head: string, value: number) => b.output({ kind: 'head', head }, value);
  for (let form = 0; form < 12; form++)
    output(`kernel ${form}`, b.convFilterGradient(x, dy, { ...sliding, kernel }));
  for (let form = 0; form < 3; form++) {
    output(`alone ${form}`, b.conv(x, weight, sliding));
    output(`behind ${form}`, b.relu(b.add(b.conv(x, weight, sliding), row), 0.1));
    output(`map ${form}`, b.convInputGradient(dy, weight, { ...sliding, size }));
  }
  const inputs = new Map([
    ['images', randomTensor('images', b.shape(x))],
    ...['kernel', 'row'].map(
      (name, place) => [`weight/${name}`, randomTensor(name, b.shape([weight, row][place]!))] as const,
    ),
  ]);
  return { program: b.build(), inputs };
}

law('mean in every form what the interpreter says, whatever the channels and sizes', async () => {
  const forms = new Set<string>();
  await fc.assert(
    fc.asyncProperty(convolutions, async (drawn) => {
      const { program: step, inputs } = program(drawn);
      const expected = evaluateStep(step, inputs);
      for (const inBlocks of [block, null]) {
        const options = { block: inBlocks, allForms: true };
        const names = lowerOnnx(step, options).choices.map(({ forms: found }) => found[0]!.name);
        for (const name of names) forms.add(name);
        const actual = await runOnnx(step, inputs, options);
        for (const [output, { data }] of expected) {
          const off = distance(actual.get(output)!.data, data);
          assert.ok(off < 1e-5, `${output} is off by ${off}: ${names.join('; ')}`);
        }
      }
    }),
    { numRuns: 25 },
  );
  if (block === null) return;
  const kernels = ['one image at a time', 'one image at a time, x over dy', 'standard operators'];
  for (const name of [...kernels, 'in blocks that zeros fill', 'the standard operator'])
    assert.ok(forms.has(name), `tried: ${[...forms].join('; ')}`);
});

law.run();
