import * as tf from '@tensorflow/tfjs-core';
import * as stock from '@tensorflow/tfjs-layers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperationName } from '../../../src/compiler/ir/graph.ts';
import type { ArgumentValue } from '../../../src/compiler/ir/operations.ts';
import { layerPrimitives, providerOf } from '../../../src/compiler/targets/engines/capabilities.ts';
import { supportOf } from '../../../src/compiler/targets/engines/support.ts';
import { emitPlan } from '../../../src/compiler/targets/tfjs/emit.ts';
import { composed } from '../../../src/runtime/engines/tf/composed/composed.ts';
import { buildModel, disposeModel } from '../../../src/runtime/engines/tf/model/build.ts';
import { PlanLayer } from '../../../src/runtime/engines/tf/model/layer.ts';
import { nativePrimitives } from '../../../src/runtime/engines/tf/native/native.ts';
import { openedEngine, type Primitives, registerEngine } from '../../../src/runtime/engines/tf/primitives.ts';
import { assemble } from '../../../src/runtime/engines/tf/start/assemble.ts';
import { differentiate } from '../../../src/runtime/engines/tf/training/gradients.ts';
import { Network } from '../../support/network.ts';
import { randomValues, randomWeights, use } from './support.ts';

const test = suite('the table of capabilities');

test.before(() => use('cpu'));

type Part = ReturnType<typeof supportOf>['forward'][number];

/** Stock kernels that compute nothing, and those that make the objective and its sums of gradients here. */
const silent = new Set(['Reshape', 'Identity', 'Cast', 'Fill', 'OnesLike', 'ZerosLike']);

/** What runs while `work` does: primitives by name, and `true` for stock kernels outside of them that give maps. */
function recorded(work: () => void): { readonly primitives: Set<string>; readonly stock: boolean } {
  const usual = openedEngine();
  const called = new Set<string>();
  let depth = 0;
  let seen = false;
  const wrapped = Object.entries(usual.primitives).map(([name, run]) => [
    name,
    (...values: unknown[]) => {
      if (depth === 0) called.add(name);
      depth++;
      try {
        return (run as (...values: unknown[]) => unknown)(...values);
      } finally {
        depth--;
      }
    },
  ]);
  const engine = tf.engine() as unknown as { runKernel(...values: unknown[]): unknown };
  const runKernel = engine.runKernel.bind(engine);
  engine.runKernel = (name, ...rest) => {
    if (depth === 0 && !silent.has(name as string) && !(name as string).startsWith('Cmrnet')) seen = true;
    return runKernel(name, ...rest);
  };
  registerEngine('cpu', { ...usual, primitives: Object.fromEntries(wrapped) as unknown as Primitives });
  try {
    work();
  } finally {
    registerEngine('cpu', usual);
    Reflect.deleteProperty(engine, 'runKernel');
  }
  return { primitives: called, stock: seen };
}

const cases: readonly (readonly [
  Exclude<OperationName, 'input'>,
  Readonly<Record<string, ArgumentValue>>,
])[] = [
  ['conv', { channels: 4, kernel: 3, rate: 2 }],
  ['conv', { channels: 4, kernel: 3, groups: 2, bias: true }],
  ['depthwise_conv', { kernel: 3 }],
  ['separable_conv', { channels: 4, kernel: 3 }],
  ['conv_transpose', { channels: 4, kernel: 3, stride: 2 }],
  ['batch_norm', {}],
  ['group_norm', { groups: 2 }],
  ['instance_norm', {}],
  ['layer_norm', {}],
  ['relu', {}],
  ['leaky_relu', {}],
  ['elu', {}],
  ['swish', {}],
  ['gelu', {}],
  ['softmax_along', { axis: 'width' }],
  ['attention', { heads: 2 }],
  ['stop_gradient', {}],
  ['transpose', {}],
  ['reshape', { height: 4, width: 16 }],
  ['space_to_depth', { factor: 2 }],
  ['sigmoid', {}],
  ['softmax', {}],
  ['max_pool', { size: 2 }],
  ['avg_pool', { size: 2 }],
  ['global_avg_pool', {}],
  ['global_max_pool', {}],
  ['dropout', { rate: 0.5 }],
  ['flatten', {}],
  ['depth_to_space', { factor: 2 }],
  ['resize', { height: 4, width: 4, method: 'bilinear' }],
  ['pad', { top: 1 }],
  ['slice', { begin: 1, count: 2 }],
  ['affine', { factor: 2 }],
  ['crop', { top: 1 }],
];

for (const [op, given] of cases) {
  test(`says what ${op} is made of, forward and back${'groups' in given && op === 'conv' ? ', in groups' : ''}`, () => {
    const network = new Network([8, 8, 4]);
    hold(network, network.apply(op, network.image, given));
  });
}

test('says what operations of several operands and of vectors are made of', () => {
  for (const op of ['concat', 'add', 'subtract', 'multiply'] as const) {
    const network = new Network([8, 8, 4]);
    hold(network, network.apply(op, [network.image, network.image]));
  }
  const network = new Network([8, 8, 4]);
  const pooled = network.apply('global_avg_pool', network.image, {});
  hold(network, network.apply('dense', pooled, { units: 3 }), ['dense']);
  const deep = new Network([8, 8, 4]);
  const pool = deep.apply('max_pool', deep.image, { size: 2 });
  hold(deep, deep.apply('max_unpool', [pool, deep.image]), ['max_pool']);
});

/** Runs a network forward and back, and compares what ran with what the table says of its nodes. */
function hold(network: Network, node: number, alone: readonly OperationName[] = []): void {
  const heads = [{ name: 'out', kind: 'mask', node, span: { file: 'test', start: 0, end: 0 } }] as const;
  const graph = network.build();
  const plan = { ...emitPlan({ ...graph, heads: [] }), heads };
  const model = buildModel(plan, randomWeights(graph), 1);
  const image = randomValues('image', [2, ...graph.nodes[0]!.shape]);
  const x = tf.variable(tf.tensor(Float32Array.from(image.data), [...image.shape]));
  const variables = [...model.weights.values()].filter(({ trainable }) => trainable).map((one) => one.read());
  const training = { training: true, step: 1 };
  const forward = recorded(() => tf.tidy(() => void model.run(x, training)));
  const both = recorded(() => {
    const { gradients, result } = differentiate(
      // The gradient of the first output is what `onesLike` gives: no kernel is needed to sum it up.
      () => ({ loss: model.run(x, training)[0]! }),
      [x, ...variables] as tf.Variable[],
    );
    tf.dispose([...gradients.filter((one) => one !== null), result.loss]);
  });
  const supports = graph.nodes.slice(1).map((one) => supportOf(one));
  const parts = (pick: 'forward' | 'gradient') => supports.flatMap((one): readonly Part[] => one[pick]);
  const isOurs = (part: Part) => part !== 'stock' && part !== 'composed';
  const message = graph.nodes.map(({ op }) => op).join(', ');
  const own = (list: readonly Part[]) => new Set<string>(list.filter(isOurs));
  assert.equal(forward.primitives, own(parts('forward')), `forward of ${message}`);
  const sums = both.primitives.has('sum') && !own(parts('forward')).has('sum') ? (['sum'] as const) : [];
  assert.equal(
    both.primitives,
    own([...parts('forward'), ...parts('gradient'), ...sums]),
    `both ways of ${message}`,
  );
  const stockForward = parts('forward').some((part) => !isOurs(part));
  if (!supports.some((_, index) => graph.nodes[index + 1]!.op === 'batch_norm')) {
    assert.is(
      forward.stock,
      stockForward && !onlyReshapes.has(graph.nodes[node]!.op),
      `stock kernels of ${message}`,
    );
  }
  for (const layer of model.network.layers.slice(1)) {
    const { op } = plan.layers.find(({ name }) => name === layer.name)!;
    const declared = supportOf(graph.nodes.find((one) => one.op === op)!).layer === true;
    assert.is(!(layer instanceof PlanLayer), declared, `${op} as a stock layer`);
    assert.ok(layer instanceof stock.layers.Layer);
  }
  assert.ok(alone.every((op) => graph.nodes.some((one) => one.op === op)));
  disposeModel(model);
  x.dispose();
}

/** What only says another shape, or nothing at all. */
const onlyReshapes: ReadonlySet<OperationName> = new Set(['flatten', 'reshape', 'stop_gradient']);

test('an engine’s primitives are those of the provider that the table names, and none is missing', () => {
  const own = new Proxy({} as Primitives, { get: (_, name) => ({ own: name }) });
  for (const engine of ['wasm', 'tfjs-node', 'tfjs-node-gpu', 'cpu'] as const) {
    const together = assemble(engine, own) as unknown as Record<string, unknown>;
    assert.equal(new Set(Object.keys(together)), new Set(layerPrimitives));
    for (const name of layerPrimitives) {
      const provider = providerOf(name, engine);
      const isStock = provider === 'stock' || provider === 'composed';
      assert.is(together[name] === composed[name], isStock, `${name} on ${engine}`);
    }
  }
  assert.throws(() => assemble('wasm', {}), /wasm brings no slide of its own/);
  // Whether atrous gradients are there is tried on the backend that is open, which has no such kernels here.
  assert.not.throws(() => assemble('tfjs-node', nativePrimitives()));
});

test.run();
