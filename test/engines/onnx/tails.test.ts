import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor } from '../../../src/compiler/interpret/tensor.ts';
import type { Shape } from '../../../src/compiler/ir/shape.ts';
import { StepBuilder } from '../../../src/compiler/step/builder.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { lowerOnnx } from '../../../src/compiler/targets/onnx/emit.ts';
import { probeBlock } from '../../../src/runtime/engines/onnx/block.ts';
import { loadLibrary } from '../../../src/runtime/engines/onnx/library.ts';
import { distance, randomTensor, runOnnx } from './support.ts';

const block = await probeBlock(await loadLibrary());
const same = [[1, 1] as const, [1, 1] as const] as const;
const sliding = { stride: [1, 1], rate: [1, 1], padding: same, groups: 1 } as const;

/** What a tail may begin with and hold: a convolution, another map of its shape, a number per channel. */
interface Parts {
  readonly b: StepBuilder;
  readonly conv: number;
  readonly map: number;
  readonly row: number;
}

const relu = (b: StepBuilder, x: number) => b.relu(x);

/** Ways to go on from a convolution, and how many nodes in blocks may be left that add or rectify. */
const ways: Readonly<Record<string, readonly [(parts: Parts) => number, number]>> = {
  'a bias': [({ b, conv, row }) => b.add(conv, row), 0],
  'a bias that comes first': [({ b, conv, row }) => b.add(row, conv), 0],
  'a ReLU': [({ b, conv }) => relu(b, conv), 0],
  'a bias and a ReLU': [({ b, conv, row }) => relu(b, b.add(conv, row)), 0],
  'a leaky ReLU': [({ b, conv }) => b.relu(conv, 0.2), 0],
  'a bias and a leaky ReLU': [({ b, conv, row }) => b.relu(b.add(conv, row), 0.01), 0],
  'another map': [({ b, conv, map }) => b.add(map, conv), 0],
  'another map and a ReLU': [({ b, conv, map }) => relu(b, b.add(map, conv)), 0],
  'a sum that another reads': [
    ({ b, conv, map }) => {
      const sum = b.add(map, conv);
      return b.multiply(relu(b, sum), sum);
    },
    1,
  ],
  'a convolution that another reads': [({ b, conv, row }) => b.multiply(relu(b, b.add(conv, row)), conv), 2],
  itself: [({ b, conv }) => relu(b, b.add(conv, conv)), 2],
};

function program(channels: number, build: (parts: Parts) => number) {
  const b = new StepBuilder('tail');
  const inputs = new Map<string, Tensor>();
  const given = (weight: string, shape: Shape) => {
    inputs.set(`weight/${weight}`, randomTensor(`${channels} ${weight}`, shape));
    return b.input({ kind: 'weight', weight }, shape);
  };
  const x = given('x', [2, 5, 4, channels]);
  const kernel = (name: string) => given(name, [3, 3, channels, channels]);
  const map = b.conv(x, kernel('other'), sliding);
  const conv = b.conv(x, kernel('kernel'), sliding);
  const row = given('row', [1, 1, 1, channels]);
  b.output({ kind: 'head', head: 'end' }, build({ b, conv, map, row }));
  b.output({ kind: 'head', head: 'map' }, map);
  return { program: b.build(), inputs };
}

const tails = suite('what follows a convolution');

for (const [name, [build, left]] of Object.entries(ways)) {
  tails(`${name}: its operator does it where it can, and it means what the interpreter says`, async () => {
    for (const [channels, size] of [
      [16, block],
      [16, null],
      [5, block],
    ] as const) {
      const tail = program(channels, build);
      const expected = evaluateStep(tail.program, tail.inputs);
      const actual = await runOnnx(tail.program, tail.inputs, { block: size });
      for (const [output, { data }] of expected)
        assert.ok(distance(actual.get(output)!.data, data) < 3e-6, `${output}, ${channels} channels`);
      if (size === null || channels !== 16) continue;
      const { nodes } = lowerOnnx(tail.program, { block: size });
      const apart = nodes.filter(
        ({ op, attributes }) =>
          op === 'Add' || op === 'Relu' || (op === 'Conv' && attributes['group'] === channels),
      );
      assert.is(apart.length, left, apart.map(({ op }) => op).join(', '));
    }
  });
}

tails.run();
