import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Tensor, tensor } from '../../src/compiler/interpret/tensor.ts';
import type { Shape } from '../../src/compiler/ir/shape.ts';
import { StepBuilder } from '../../src/compiler/step/builder.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { primitive, primitiveNames } from '../../src/compiler/step/primitives.ts';
import type { PrimitiveAttributes, PrimitiveName, Sliding } from '../../src/compiler/step/program.ts';
import { verifyStep } from '../../src/compiler/step/verify.ts';
import { checkGradients, distance, randomTensor } from './support.ts';

interface Case<P extends PrimitiveName> {
  readonly shapes: readonly Shape[];
  readonly attributes: PrimitiveAttributes[P];
  /** Makes an operand's values from normal numbers. */
  readonly draw?: (normal: number) => number;
}

const positive = (x: number) => 0.5 + Math.abs(x);
const slide = (settings: Partial<Sliding> = {}): Sliding => ({
  stride: [1, 1],
  rate: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
  groups: 1,
  ...settings,
});

const pairs: readonly (readonly Shape[])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3, 4], []],
  [[], [2, 3]],
  [
    [2, 1, 3],
    [1, 4, 3],
  ],
];
const met = (draw?: (normal: number) => number) =>
  pairs.map((shapes) => ({ shapes, attributes: {}, ...(draw && { draw }) }));
const one = [{ shapes: [[2, 3, 4]], attributes: {} }];

/** Stride, rate, groups, odd sizes, borders of zeros on one side only, and windows that leave rows unread. */
const convolutions: readonly { readonly x: Shape; readonly kernel: Shape; readonly sliding: Sliding }[] = [
  { x: [2, 5, 4, 3], kernel: [3, 3, 3, 2], sliding: slide() },
  {
    x: [2, 5, 4, 3],
    kernel: [2, 3, 3, 2],
    sliding: slide({
      padding: [
        [0, 1],
        [1, 1],
      ],
    }),
  },
  {
    x: [1, 7, 6, 2],
    kernel: [3, 3, 2, 3],
    sliding: slide({
      stride: [2, 2],
      padding: [
        [1, 1],
        [0, 1],
      ],
    }),
  },
  {
    x: [2, 6, 8, 2],
    kernel: [3, 3, 2, 2],
    sliding: slide({
      stride: [2, 3],
      padding: [
        [0, 0],
        [0, 0],
      ],
    }),
  },
  {
    x: [1, 9, 7, 2],
    kernel: [3, 3, 2, 2],
    sliding: slide({
      rate: [2, 3],
      padding: [
        [2, 2],
        [3, 3],
      ],
    }),
  },
  {
    x: [1, 4, 4, 2],
    kernel: [3, 3, 2, 2],
    sliding: slide({
      rate: [5, 5],
      padding: [
        [5, 5],
        [5, 5],
      ],
    }),
  },
  { x: [2, 5, 5, 4], kernel: [3, 3, 2, 6], sliding: slide({ groups: 2 }) },
  { x: [2, 5, 5, 3], kernel: [3, 3, 1, 6], sliding: slide({ groups: 3, stride: [2, 2] }) },
  {
    x: [2, 4, 5, 3],
    kernel: [1, 1, 3, 4],
    sliding: slide({
      padding: [
        [0, 0],
        [0, 0],
      ],
    }),
  },
  {
    x: [2, 4, 5, 3],
    kernel: [1, 1, 3, 4],
    sliding: slide({
      padding: [
        [0, 0],
        [0, 0],
      ],
      stride: [2, 2],
    }),
  },
];
const resultOf = (x: Shape, kernel: Shape, sliding: Sliding) =>
  primitive('conv2d').shape([x, kernel], sliding);
const windows = [
  {
    x: [2, 4, 6, 3],
    window: {
      size: [2, 2],
      stride: [2, 2],
      padding: [
        [0, 0],
        [0, 0],
      ],
    },
  },
  {
    x: [1, 5, 5, 2],
    window: {
      size: [3, 3],
      stride: [2, 2],
      padding: [
        [1, 1],
        [1, 1],
      ],
    },
  },
  {
    x: [1, 5, 4, 2],
    window: {
      size: [3, 2],
      stride: [1, 1],
      padding: [
        [1, 1],
        [0, 1],
      ],
    },
  },
  {
    x: [1, 3, 4, 2],
    window: {
      size: [3, 4],
      stride: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
    },
  },
] as const;

/** Leaving a primitive out is a compile error. */
const cases: { readonly [P in PrimitiveName]: readonly Case<P>[] } = {
  input: [],
  constant: [],
  add: met(),
  subtract: met(),
  multiply: met(),
  divide: met(positive),
  maximum: met(),
  minimum: met(),
  negate: one,
  exp: one,
  log: [{ shapes: [[2, 3]], attributes: {}, draw: positive }],
  sqrt: [{ shapes: [[2, 3]], attributes: {}, draw: positive }],
  sigmoid: one,
  relu: [0, 0.2].map((slope) => ({ shapes: [[2, 3, 4]], attributes: { slope } })),
  positive: [0, 0.2].map((below) => ({ shapes: [[2, 3, 4]], attributes: { below } })),
  softplus: one,
  erf: one,
  stop_gradient: [],
  affine: [0, 0.2, null].flatMap((rectify) =>
    [1, 2].map((images) => ({
      shapes: [
        [2, 3, 2, 4],
        [images, 1, 1, 4],
        [images, 1, 1, 4],
      ],
      attributes: { rectify },
    })),
  ),
  broadcast: [
    { shapes: [[2, 1, 3]], attributes: { shape: [2, 4, 3] } },
    { shapes: [[]], attributes: { shape: [2, 2] } },
  ],
  reduce_sum: [{ shapes: [[2, 3, 4]], attributes: { axes: [0, 2] } }],
  reduce_mean: [{ shapes: [[2, 3, 4]], attributes: { axes: [1] } }],
  product_sum: [
    {
      shapes: [
        [2, 3, 4],
        [2, 3, 4],
      ],
      attributes: { axes: [0, 1] },
    },
  ],
  variance: [],
  softmax: one,
  log_softmax: one,
  all_finite: [],
  matmul: [
    ...[false, true].flatMap((left) =>
      [false, true].map((right) => ({
        shapes: [left ? [2, 3, 4] : [2, 4, 3], right ? [2, 5, 3] : [2, 3, 5]],
        attributes: { transpose: [left, right] as const },
      })),
    ),
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      attributes: { transpose: [false, false] },
    },
    {
      shapes: [
        [3, 2],
        [3, 4],
      ],
      attributes: { transpose: [true, false] },
    },
    {
      shapes: [
        [2, 3],
        [4, 3],
      ],
      attributes: { transpose: [false, true] },
    },
    {
      shapes: [
        [3, 2],
        [4, 3],
      ],
      attributes: { transpose: [true, true] },
    },
  ],
  conv2d: convolutions.map(({ x, kernel, sliding }) => ({ shapes: [x, kernel], attributes: sliding })),
  conv2d_input_gradient: convolutions.map(({ x, kernel, sliding }) => ({
    shapes: [resultOf(x, kernel, sliding), kernel],
    attributes: { ...sliding, size: [x[1]!, x[2]!] },
  })),
  conv2d_filter_gradient: convolutions.map(({ x, kernel, sliding }) => ({
    shapes: [x, resultOf(x, kernel, sliding)],
    attributes: { ...sliding, kernel: [kernel[0]!, kernel[1]!] },
  })),
  max_pool: windows.map(({ x, window }) => ({ shapes: [x], attributes: window })),
  max_pool_gradient: [],
  avg_pool: windows.map(({ x, window }) => ({ shapes: [x], attributes: window })),
  avg_pool_gradient: windows.map(({ x, window }) => ({
    shapes: [primitive('avg_pool').shape([x], window)],
    attributes: { ...window, operand: [x[1], x[2]] },
  })),
  reshape: [{ shapes: [[2, 3, 4]], attributes: { shape: [6, 4] } }],
  transpose: [{ shapes: [[2, 3, 4]], attributes: { permutation: [2, 0, 1] } }],
  concat: [
    {
      shapes: [
        [2, 3],
        [2, 1],
        [2, 4],
      ],
      attributes: { axis: 1 },
    },
  ],
  slice: [{ shapes: [[4, 5]], attributes: { begin: [1, 2], size: [2, 3] } }],
  pad: [{ shapes: [[2, 3]], attributes: { before: [1, 0], after: [2, 1] } }],
  depth_to_space: [{ shapes: [[2, 2, 3, 8]], attributes: { factor: 2 } }],
  space_to_depth: [{ shapes: [[2, 4, 6, 2]], attributes: { factor: 2 } }],
  resize: (['bilinear', 'nearest'] as const).flatMap((method) => [
    { shapes: [[2, 3, 4, 2]], attributes: { height: 7, width: 8, method } },
    { shapes: [[2, 5, 6, 1]], attributes: { height: 3, width: 2, method } },
  ]),
  resize_gradient: (['bilinear', 'nearest'] as const).map((method) => ({
    shapes: [[2, 7, 8, 2]],
    attributes: { height: 3, width: 4, method },
  })),
};

const gradients = suite('the gradient of a primitive');

for (const name of primitiveNames) {
  const known = cases[name] as readonly Case<PrimitiveName>[];
  if (known.length === 0 || primitive(name).gradient === undefined) continue;
  gradients(`${name} is what finite differences say`, () => {
    for (const { shapes, attributes, draw } of known) {
      const inputs = shapes.map((shape, index) => randomTensor(`${name} ${index} ${shape}`, shape, draw));
      checkGradients(inputs, (b, operands) => b.apply(name, operands, attributes));
    }
  });
}

gradients('variance is right through the mean as well, which it leaves out', () => {
  checkGradients([randomTensor('x', [2, 3, 4])], (b, [x]) =>
    b.apply('variance', [x!, b.mean(x!, [0, 1])], { axes: [0, 1] }),
  );
});

gradients('goes back from where the largest of a window stood to the value that was put there', () => {
  const window = {
    size: [2, 3],
    stride: [2, 3],
    padding: [
      [0, 0],
      [0, 0],
    ],
  } as const;
  const x = randomTensor('x', [2, 4, 6, 2]);
  checkGradients(
    [x, randomTensor('d', [2, 2, 2, 2])],
    (b, [x, d]) => b.maxPoolGradient(x!, b.apply('max_pool', [x!], window), d!, window),
    [false, true],
  );
  assert.throws(
    () =>
      checkGradients(
        [x, randomTensor('d', [2, 3, 4, 2])],
        (b, [x, d]) => {
          const close = { ...window, stride: [1, 1] } as const;
          return b.maxPoolGradient(x!, b.apply('max_pool', [x!], close), d!, close);
        },
        [false, true],
      ),
    /overlapping windows/,
  );
});

gradients('a value read several times is the sum over its readers', () => {
  checkGradients([randomTensor('x', [3, 2])], (b, [x]) =>
    b.multiply(b.add(x!, x!), b.apply('exp', [x!], {})),
  );
});

gradients('goes to the first of equal values of a window', () => {
  const b = new StepBuilder('ties');
  const x = b.input({ kind: 'images' }, [1, 2, 2, 1]);
  const window = {
    size: [2, 2],
    stride: [2, 2],
    padding: [
      [0, 0],
      [0, 0],
    ],
  } as const;
  const y = b.apply('max_pool', [x], window);
  b.output({ kind: 'loss' }, b.maxPoolGradient(x, y, y, window));
  const { data } = evaluateStep(b.build(), new Map([['images', tensor([1, 2, 2, 1], [1, 3, 3, 3])]])).get(
    'loss',
  )!;
  assert.equal([...data], [0, 3, 0, 0]);
});

gradients.run();

const law = suite('a program');

law('is refused where shapes do not suit, with the place', () => {
  const b = new StepBuilder('wrong');
  const x = b.input({ kind: 'images' }, [1, 4, 4, 3]);
  const kernel = b.input({ kind: 'weight', weight: 'k' }, [3, 3, 2, 5]);
  assert.throws(
    () => b.at({ path: 'here', phase: 'forward' }, () => b.conv(x, kernel, slide())),
    /conv2d of `here`/,
  );
  assert.throws(() => b.add(x, kernel), /axis . differs/);
  assert.throws(() => b.shape(99), /no value %99/);
});

law('is held to its law', () => {
  const b = new StepBuilder('law');
  const x = b.input({ kind: 'images' }, [2, 3]);
  b.output({ kind: 'loss' }, b.add(x, x));
  const program = b.build();
  verifyStep(program);
  const [input, sum] = program.values as [never, (typeof program.values)[1] & object];
  const bent = (change: object) => ({ ...program, values: [input, { ...sum, ...change }] as never });
  assert.throws(() => verifyStep(bent({ shape: [3, 2] })), /its shape is/);
  assert.throws(() => verifyStep(bent({ operands: [0, 1] })), /does not come before/);
  assert.throws(() => verifyStep(bent({ operands: [0] })), /1 operands/);
  assert.throws(
    () => verifyStep({ ...program, outputs: [...program.outputs, ...program.outputs] }),
    /two outputs/,
  );
  assert.throws(
    () => verifyStep({ ...program, outputs: [{ ...program.outputs[0]!, value: 7 }] }),
    /names no value/,
  );
});

law('demands all its inputs in their shapes', () => {
  const b = new StepBuilder('inputs');
  b.output({ kind: 'loss' }, b.input({ kind: 'images' }, [2, 3]));
  const program = b.build();
  const given = (value: Tensor) => evaluateStep(program, new Map([['images', value]]));
  assert.throws(() => evaluateStep(program, new Map()), /nothing was given for the input images/);
  assert.throws(() => given(randomTensor('x', [3, 2])), /images is 3×2, not 2×3/);
  assert.is(distance(given(randomTensor('x', [2, 3])).get('loss')!.data, randomTensor('x', [2, 3]).data), 0);
});

law.run();
