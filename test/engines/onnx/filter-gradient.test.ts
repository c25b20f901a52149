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
const gradients = fc
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

const law = suite('the gradient of a kernel');

law('is in every form what the interpreter says, whatever the channels and sizes', async () => {
  const forms = new Set<string>();
  await fc.assert(
    fc.asyncProperty(gradients, async ({ batch, size, channels, results, kernel, rate, stride, padding }) => {
      const sliding = { stride, rate, padding, groups: 1 };
      const b = new StepBuilder('gradient');
      const x = b.input({ kind: 'images' }, [batch, ...size, channels]);
      const weight = b.input({ kind: 'weight', weight: 'kernel' }, [...kernel, channels, results]);
      const dy = b.conv(x, weight, sliding);
      // Each takes another form.
      for (let form = 0; form < 12; form++)
        b.output({ kind: 'head', head: String(form) }, b.convFilterGradient(x, dy, { ...sliding, kernel }));
      const program = b.build();
      const inputs = new Map([
        ['images', randomTensor('images', b.shape(x))],
        ['weight/kernel', randomTensor('kernel', b.shape(weight))],
      ]);
      const expected = evaluateStep(program, inputs);
      for (const inBlocks of [block, null]) {
        const options = { block: inBlocks, allForms: true };
        const { choices } = lowerOnnx(program, options);
        const actual = await runOnnx(program, inputs, options);
        for (const [place, { forms: found }] of choices.entries()) {
          forms.add(found[0]!.name);
          const off = distance(actual.get(`head/${place}`)!.data, expected.get(`head/${place}`)!.data);
          assert.ok(off < 1e-5, `${found[0]!.name} is off by ${off}`);
        }
      }
    }),
    { numRuns: 30 },
  );
  if (block === null) return;
  for (const name of ['one image at a time', 'one image at a time, x over dy', 'standard operators'])
    assert.ok(forms.has(name), `tried: ${[...forms].join('; ')}`);
});

law.run();
