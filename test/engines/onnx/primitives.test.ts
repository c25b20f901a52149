import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Shape } from '../../../src/compiler/ir/shape.ts';
import { StepBuilder } from '../../../src/compiler/step/builder.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { primitive, primitiveNames } from '../../../src/compiler/step/primitives.ts';
import type {
  PoolWindow,
  PrimitiveAttributes,
  PrimitiveName,
  Sliding,
} from '../../../src/compiler/step/program.ts';
import { probeBlock } from '../../../src/runtime/engines/onnx/block.ts';
import { loadLibrary } from '../../../src/runtime/engines/onnx/library.ts';
import { distance, randomTensor, runOnnx } from './support.ts';

interface Case<P extends PrimitiveName> {
  readonly shapes: readonly Shape[];
  readonly attributes: PrimitiveAttributes[P];
  readonly draw?: (normal: number) => number;
}

const away = (x: number) => 0.5 + Math.abs(x);
const both = (amount: number) => [amount, amount] as const;
const slide = (settings: Partial<Sliding> = {}): Sliding => ({
  stride: [1, 1],
  rate: [1, 1],
  padding: [both(1), both(1)],
  groups: 1,
  ...settings,
});

/** A map of whole blocks, whatever the machine's block size. */
const map: Shape = [2, 4, 6, 32];
const row: Shape = [1, 1, 1, 32];
const rowOfImages: Shape = [2, 1, 1, 32];
const shapesAlone: readonly (readonly Shape[])[] = [[map], [[2, 5, 3, 6]], [[2, 3]]];
const meet = (draw?: (normal: number) => number) =>
  [
    [map, map],
    [map, row],
    [row, map],
    [map, rowOfImages],
    [map, []],
    [[6, 5, 1, 1], []],
    [
      [2, 1, 3],
      [1, 4, 3],
    ],
    [[], [2, 3]],
  ].map((shapes) => ({
    shapes,
    attributes: {},
    ...(draw && { draw }),
  }));
const one = (draw?: (normal: number) => number) => [{ shapes: [map], attributes: {}, ...(draw && { draw }) }];

/** Blocked and not, strides, rates, borders on one side, rows that are left unread, kernels that leave the map, groups. */
const convolutions: readonly (readonly [Shape, Shape, Sliding])[] = [
  [[2, 5, 4, 3], [3, 3, 3, 2], slide()],
  [[2, 6, 5, 16], [3, 3, 16, 32], slide()],
  [[2, 6, 5, 1], [3, 3, 1, 16], slide()],
  [[16, 6, 6, 16], [3, 3, 16, 16], slide()],
  [[3, 9, 10, 32], [3, 3, 32, 16], slide({ rate: [3, 2], padding: [both(3), both(2)] })],
  [[2, 4, 4, 16], [3, 3, 16, 16], slide({ rate: [5, 5], padding: [both(5), both(5)] })],
  [
    [2, 8, 6, 16],
    [3, 3, 16, 32],
    slide({
      stride: [2, 2],
      padding: [
        [0, 1],
        [0, 1],
      ],
    }),
  ],
  [[2, 8, 7, 16], [3, 3, 16, 16], slide({ stride: [2, 2] })],
  [
    [1, 7, 8, 3],
    [3, 3, 3, 5],
    slide({
      stride: [2, 2],
      padding: [
        [1, 1],
        [0, 1],
      ],
    }),
  ],
  [[2, 8, 8, 16], [1, 1, 16, 16], slide({ stride: [2, 2], padding: [both(0), both(0)] })],
  [[2, 7, 5, 16], [1, 1, 16, 32], slide({ stride: [2, 3], padding: [both(0), both(0)] })],
  [[2, 7, 6, 3], [1, 1, 3, 5], slide({ stride: [2, 2], padding: [both(0), both(0)] })],
  [[2, 6, 8, 8], [2, 2, 8, 16], slide({ stride: [2, 2], padding: [both(0), both(0)] })],
  [[3, 7, 9, 8], [3, 3, 8, 32], slide({ stride: [2, 2] })],
  [[2, 5, 7, 4], [2, 2, 4, 16], slide({ stride: [2, 2], padding: [both(0), both(0)] })],
  [[2, 9, 8, 16], [2, 2, 16, 16], slide({ stride: [3, 3], padding: [both(0), both(0)] })],
  [[2, 6, 8, 2], [3, 3, 2, 2], slide({ stride: [2, 3], padding: [both(0), both(0)] })],
  [[2, 5, 4, 16], [1, 1, 16, 32], slide({ padding: [both(0), both(0)] })],
  [[2, 5, 4, 16], [1, 1, 16, 1], slide({ padding: [both(0), both(0)] })],
  [[2, 5, 4, 16], [2, 3, 16, 16], slide({ padding: [[0, 1], both(1)] })],
  [[2, 9, 8, 4], [3, 3, 4, 12], slide({ rate: [2, 2], padding: [both(2), both(2)] })],
  [[2, 5, 5, 4], [3, 3, 2, 6], slide({ groups: 2 })],
  [[2, 5, 5, 32], [3, 3, 16, 32], slide({ groups: 2 })],
  [[2, 5, 5, 16], [3, 3, 1, 32], slide({ groups: 16, stride: [2, 2] })],
  [[3, 6, 5, 16], [3, 3, 1, 16], slide({ groups: 16 })],
  [[2, 7, 6, 32], [3, 3, 1, 32], slide({ groups: 32, rate: [2, 3], padding: [both(2), both(3)] })],
  [[2, 4, 4, 16], [3, 3, 1, 16], slide({ groups: 16, rate: [5, 5], padding: [both(5), both(5)] })],
  [
    [2, 8, 7, 16],
    [5, 3, 1, 16],
    slide({
      groups: 16,
      stride: [2, 2],
      padding: [
        [1, 2],
        [0, 1],
      ],
    }),
  ],
];
const resultOf = ([x, kernel, sliding]: (typeof convolutions)[number]) =>
  primitive('conv2d').shape([x, kernel], sliding);

const windows: readonly (readonly [Shape, PoolWindow])[] = [
  [map, { size: [2, 2], stride: [2, 2], padding: [both(0), both(0)] }],
  [[2, 4, 6, 3], { size: [2, 2], stride: [2, 2], padding: [both(0), both(0)] }],
  [[2, 6, 4, 16], { size: [3, 2], stride: [3, 2], padding: [both(0), both(0)] }],
  [[1, 5, 5, 2], { size: [3, 3], stride: [2, 2], padding: [both(1), both(1)] }],
  [[1, 5, 4, 16], { size: [3, 2], stride: [1, 1], padding: [both(1), [0, 1]] }],
  [[2, 3, 4, 16], { size: [3, 4], stride: [1, 1], padding: [both(0), both(0)] }],
];

const methods = ['bilinear', 'nearest'] as const;

/** Leaving a primitive out is a compile error. */
const cases: { readonly [P in PrimitiveName]: readonly Case<P>[] } = {
  input: [],
  constant: [],
  add: meet(),
  subtract: meet(),
  multiply: meet(),
  divide: meet(away),
  maximum: meet(),
  minimum: meet(),
  negate: one(),
  exp: one(),
  log: one(away),
  erf: one(),
  stop_gradient: one(),
  sqrt: one(away),
  sigmoid: one(),
  relu: [0, 0.2].flatMap((slope) => shapesAlone.map((shapes) => ({ shapes, attributes: { slope } }))),
  positive: [0, 0.2].flatMap((below) => shapesAlone.map((shapes) => ({ shapes, attributes: { below } }))),
  softplus: one((x) => 30 * x),
  affine: [0, 0.2, null].flatMap((rectify) => [
    { shapes: [map, row, row], attributes: { rectify } },
    { shapes: [map, rowOfImages, rowOfImages], attributes: { rectify } },
    {
      shapes: [
        [2, 3, 5, 3],
        [1, 1, 1, 3],
        [1, 1, 1, 3],
      ],
      attributes: { rectify },
    },
  ]),
  broadcast: [
    { shapes: [row], attributes: { shape: map } },
    { shapes: [[]], attributes: { shape: [2, 2] } },
  ],
  reduce_sum: [
    { shapes: [map], attributes: { axes: [0, 1, 2] } },
    { shapes: [map], attributes: { axes: [3] } },
    { shapes: [map], attributes: { axes: [0, 1, 2, 3] } },
    { shapes: [[2, 3, 4]], attributes: { axes: [0, 2] } },
  ],
  reduce_mean: [
    { shapes: [map], attributes: { axes: [1, 2] } },
    { shapes: [[2, 3, 4]], attributes: { axes: [1] } },
  ],
  product_sum: [
    { shapes: [map, map], attributes: { axes: [0, 1, 2] } },
    { shapes: [map, map], attributes: { axes: [1, 2] } },
    { shapes: [map, map], attributes: { axes: [3] } },
    {
      shapes: [
        [2, 3, 4],
        [2, 3, 4],
      ],
      attributes: { axes: [0, 1] },
    },
  ],
  variance: [{ shapes: [map, row], attributes: { axes: [0, 1, 2] } }],
  softmax: [...one(), { shapes: [[2, 3]], attributes: {} }],
  log_softmax: [...one((x) => 30 * x), { shapes: [[2, 3]], attributes: {} }],
  all_finite: [{ shapes: [map, [3]], attributes: {} }],
  matmul: (
    [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const
  ).flatMap((transpose) =>
    [[], [5]].map((before) => ({
      shapes: [
        [...before, ...(transpose[0] ? [3, 2] : [2, 3])],
        [...before, ...(transpose[1] ? [4, 3] : [3, 4])],
      ],
      attributes: { transpose },
    })),
  ),
  conv2d: convolutions.map(([x, kernel, sliding]) => ({ shapes: [x, kernel], attributes: sliding })),
  conv2d_input_gradient: convolutions.map(([x, kernel, sliding]) => ({
    shapes: [resultOf([x, kernel, sliding]), kernel],
    attributes: { ...sliding, size: [x[1]!, x[2]!] as const },
  })),
  conv2d_filter_gradient: convolutions.map(([x, kernel, sliding]) => ({
    shapes: [x, resultOf([x, kernel, sliding])],
    attributes: { ...sliding, kernel: [kernel[0]!, kernel[1]!] as const },
  })),
  max_pool: windows.map(([x, window]) => ({ shapes: [x], attributes: window })),
  // Its operands hang together: below.
  max_pool_gradient: [],
  avg_pool: windows.map(([x, window]) => ({ shapes: [x], attributes: window })),
  avg_pool_gradient: windows.map(([x, window]) => ({
    shapes: [primitive('avg_pool').shape([x], window)],
    attributes: { ...window, operand: [x[1]!, x[2]!] as const },
  })),
  reshape: [
    { shapes: [map], attributes: { shape: [2, 4 * 6 * 32] } },
    { shapes: [row], attributes: { shape: [32] } },
    { shapes: [[32]], attributes: { shape: row } },
  ],
  transpose: [
    { shapes: [map], attributes: { permutation: [3, 0, 1, 2] } },
    { shapes: [[2, 3, 4]], attributes: { permutation: [2, 0, 1] } },
  ],
  concat: [
    { shapes: [map, map], attributes: { axis: 3 } },
    { shapes: [map, [2, 4, 6, 3]], attributes: { axis: 3 } },
    {
      shapes: [
        [2, 3],
        [2, 1],
      ],
      attributes: { axis: 1 },
    },
    { shapes: [map, map], attributes: { axis: 1 } },
  ],
  slice: [
    { shapes: [map], attributes: { begin: [0, 0, 0, 16], size: [2, 4, 6, 16] } },
    { shapes: [map], attributes: { begin: [1, 1, 0, 3], size: [1, 2, 6, 7] } },
    { shapes: [[4, 5]], attributes: { begin: [1, 2], size: [2, 3] } },
  ],
  pad: [
    { shapes: [map], attributes: { before: [0, 1, 0, 0], after: [0, 0, 2, 0] } },
    { shapes: [map], attributes: { before: [0, 0, 0, 16], after: [0, 0, 0, 16] } },
    { shapes: [map], attributes: { before: [0, 0, 0, 3], after: [0, 0, 0, 0] } },
    { shapes: [[2, 3]], attributes: { before: [1, 0], after: [2, 1] } },
  ],
  depth_to_space: [
    { shapes: [[2, 2, 3, 64]], attributes: { factor: 2 } },
    { shapes: [[2, 2, 3, 8]], attributes: { factor: 2 } },
    { shapes: [[2, 3, 5, 32]], attributes: { factor: 2 } },
    { shapes: [[2, 3, 5, 16]], attributes: { factor: 2 } },
  ],
  space_to_depth: [
    { shapes: [map], attributes: { factor: 2 } },
    { shapes: [[2, 4, 6, 2]], attributes: { factor: 2 } },
    { shapes: [[2, 6, 10, 8]], attributes: { factor: 2 } },
    { shapes: [[2, 6, 10, 4]], attributes: { factor: 2 } },
  ],
  resize: methods.flatMap((method) => [
    { shapes: [[2, 3, 4, 16]], attributes: { height: 7, width: 8, method } },
    { shapes: [[2, 5, 6, 1]], attributes: { height: 3, width: 2, method } },
  ]),
  resize_gradient: methods.map((method) => ({
    shapes: [[2, 7, 8, 2]],
    attributes: { height: 3, width: 4, method },
  })),
};

const block = await probeBlock(await loadLibrary());

/** A map that lies in blocks: the result of a convolution by the identity. */
function blocked(b: StepBuilder, x: number): number {
  const channels = b.shape(x)[3];
  if (b.shape(x).length !== 4 || channels! % 16 !== 0) return x;
  const identity = Array.from({ length: channels! ** 2 }, (_, at) => (at % (channels! + 1) === 0 ? 1 : 0));
  const kernel = b.constant([1, 1, channels!, channels!], identity);
  return b.conv(x, kernel, slide({ padding: [both(0), both(0)] }));
}

/** Every case of a primitive in one program, maps in blocks where the model may. */
async function check(name: PrimitiveName, size: number | null, blockInputs: boolean): Promise<void> {
  const b = new StepBuilder(name);
  const inputs = new Map<string, ReturnType<typeof randomTensor>>();
  for (const [index, { shapes, attributes, draw }] of (
    cases[name] as readonly Case<PrimitiveName>[]
  ).entries()) {
    const operands = shapes.map((shape, operand) => {
      const weight = `${index}/${operand}`;
      inputs.set(`weight/${weight}`, randomTensor(`${name} ${weight}`, shape, draw));
      const input = b.input({ kind: 'weight', weight }, shape);
      // A kernel is no map.
      const kernel = operand === 1 && (name === 'conv2d' || name === 'conv2d_input_gradient');
      return blockInputs && !kernel ? blocked(b, input) : input;
    });
    b.output({ kind: 'head', head: String(index) }, b.apply(name, operands, attributes));
  }
  const program = b.build();
  const expected = evaluateStep(program, inputs);
  const actual = await runOnnx(program, inputs, { block: size });
  for (const [index, one] of (cases[name] as readonly Case<PrimitiveName>[]).entries()) {
    const output = `head/${index}`;
    const off = distance(actual.get(output)!.data, expected.get(output)!.data);
    assert.ok(off < 3e-6, `${name} ${JSON.stringify(one)} is off by ${off}`);
  }
}

const lowering = suite('a primitive by ONNX Runtime');

for (const name of primitiveNames) {
  if (cases[name].length === 0) continue;
  lowering(`${name} means what the interpreter says, in blocks and with standard operators`, async () => {
    await check(name, null, false);
    if (block === null) return;
    await check(name, block, true);
  });
}

lowering(
  'max_pool_gradient goes to the first of the largest values, windows that overlap included',
  async () => {
    for (const size of [null, block]) {
      const b = new StepBuilder('pool');
      const inputs = new Map<string, ReturnType<typeof randomTensor>>();
      for (const [index, [shape, window]] of windows.entries()) {
        // Few different values, so that many are equal.
        inputs.set(
          `weight/${index}`,
          randomTensor(`pool ${index}`, shape, (x) => Math.round(x)),
        );
        const x = blocked(b, b.input({ kind: 'weight', weight: String(index) }, shape));
        const y = b.apply('max_pool', [x], window);
        const dy = b.multiply(y, b.scalar(0.5));
        b.output(
          { kind: 'head', head: String(index) },
          b.maxPoolGradient(x, y, b.add(dy, b.scalar(1)), window),
        );
      }
      const program = b.build();
      const expected = evaluateStep(program, inputs);
      const actual = await runOnnx(program, inputs, { block: size });
      for (const [name, { data }] of expected) assert.ok(distance(actual.get(name)!.data, data) < 1e-6, name);
    }
  },
);

lowering('all_finite sees numbers that are not', async () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const b = new StepBuilder('finite');
    const x = b.input({ kind: 'weight', weight: 'x' }, [3]);
    b.output({ kind: 'finite' }, b.apply('all_finite', [x], {}));
    const given = (value: number) =>
      new Map([['weight/x', { shape: [3], data: Float64Array.of(1, value, 2) }]]);
    const answer = async (value: number) =>
      (await runOnnx(b.build(), given(value), { block: null })).get('finite')!.data[0];
    assert.is(await answer(bad), 0);
    assert.is(await answer(5), 1);
  }
});

lowering.run();
