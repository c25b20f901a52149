import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../../src/compiler/interpret/interpret.ts';
import type { Graph } from '../../../src/compiler/ir/graph.ts';
import { emitPlan } from '../../../src/compiler/targets/tfjs/emit.ts';
import { buildModel, disposeModel, setWeights } from '../../../src/runtime/engines/tf/model/build.ts';
import { Network } from '../../support/network.ts';
import { paperNetwork } from '../../support/paper-network.ts';
import {
  checkAgainstDefinition,
  distance,
  randomValues,
  randomWeights,
  testBackends,
  use,
} from './support.ts';

/** The names of the layers of a model, the input's left out. */
function layerNames(graph: Graph): string[] {
  const model = buildModel(emitPlan(graph), randomWeights(graph), 1);
  const names = model.network.layers.map(({ name }) => name).slice(1);
  disposeModel(model);
  return names;
}

for (const backend of testBackends) {
  const test = suite(`networks on ${backend}`);
  test.before(() => use(backend));

  for (const dac of ['unshared', 'shared', 'cenet'] as const) {
    test(`the paper's network (${dac} context) answers as its definition does, in inference and in training`, () => {
      const graph = paperNetwork({ image: [32, 48, 1], width: 2, dac });
      const weights = randomWeights(graph);
      const image = randomValues('image', [2, 32, 48, 1]);
      const model = buildModel(emitPlan(graph), weights, 1);
      const x = tf.tensor(Float32Array.from(image.data), [...image.shape]);
      for (const training of [false, true]) {
        const mode = training ? ({ kind: 'training', random: Math.random } as const) : undefined;
        const expected = interpret(graph, weights, image, mode);
        const outputs = model.run(x, { training });
        for (const [index, { name }] of graph.heads.entries()) {
          const off = distance(outputs[index]!.dataSync(), expected.heads.get(name)!.data);
          assert.ok(off < 1e-3, `${name} differs by ${off}`);
        }
        for (const [name, variable] of model.weights) {
          const off = distance(variable.read().dataSync(), expected.weights.get(name)!);
          assert.ok(off < 1e-4, `${name} differs by ${off}`);
        }
        tf.dispose(outputs);
      }
      x.dispose();
      disposeModel(model);
    });
  }

  test('the LayersModel answers as the layers in the order of the plan do', () => {
    const graph = paperNetwork({ image: [32, 32, 1], width: 2, dac: 'shared' });
    const weights = randomWeights(graph);
    const model = buildModel(emitPlan(graph), weights, 1);
    const others = new Map([...weights].map(([name, values]) => [name, values.map((value) => 0.9 * value)]));
    for (const values of [weights, others]) {
      setWeights(model, values);
      tf.tidy(() => {
        const x = tf.tensor(Float32Array.from(randomValues('x', [2, 32, 32, 1]).data), [2, 32, 32, 1]);
        const whole = model.network.predict(x) as tf.Tensor[];
        for (const [index, value] of model.run(x, { training: false }).entries()) {
          const off = distance(value.dataSync(), whole[index]!.dataSync());
          assert.ok(off < 1e-5, `folded norms make it differ by ${off}`);
        }
      });
    }
    disposeModel(model);
  });

  test('batch norm of a vector normalises over the batch alone', () => {
    const network = new Network([6, 5, 3]);
    const pooled = network.apply('global_avg_pool', network.image, {});
    const normed = network.apply('batch_norm', pooled, {}, { path: 'norm' });
    checkAgainstDefinition(network, normed, { training: true, batch: 5, tolerance: 1e-3 });
  });

  test('the whole gradient of a smooth network is that of its definition', () => {
    const network = new Network([12, 11, 2]);
    const unit = (x: number, path: string, rate: number, stride = 1) => {
      const conv = network.apply('conv', x, { channels: 4, kernel: 3, rate, stride, bias: false }, { path });
      return network.apply('swish', network.apply('batch_norm', conv, {}, { path: `${path}/norm` }), {});
    };
    const first = unit(network.image, 'first', 3);
    const down = unit(first, 'down', 1, 2);
    const joined = network.apply('concat', [down, unit(down, 'atrous', 5)]);
    const back = network.apply('depth_to_space', joined, { factor: 2 });
    checkAgainstDefinition(network, back, { training: true, tolerance: 1e-3 });
  });

  test.run();
}

const test = suite('layers of a model');
test.before(() => use('cpu'));

const unit = (network: Network, x: number, path: string) => {
  const norm = network.apply('batch_norm', x, {}, { path: `${path}/norm` });
  return { norm, relu: network.apply('relu', norm, {}, { path: `${path}/relu` }) };
};

test('batch norm takes over the ReLU behind it', () => {
  const network = new Network([4, 4, 2]);
  const { relu } = unit(network, network.image, 'unit');
  network.head('h', 'mask', network.apply('sigmoid', relu, {}, { path: 'mask' }));
  assert.equal(layerNames(network.build()), ['unit/norm', 'mask']);
});

test('batch norm whose value is read elsewhere leaves the ReLU alone', () => {
  const network = new Network([4, 4, 2]);
  const { norm, relu } = unit(network, network.image, 'unit');
  const sum = network.apply('add', [norm, relu], {}, { path: 'sum' });
  network.head('h', 'mask', network.apply('sigmoid', sum, {}, { path: 'mask' }));
  assert.equal(layerNames(network.build()).sort(), ['mask', 'sum', 'unit/norm', 'unit/relu']);
});

test('the paper counts 5,335,154 values, all of them weights of the model', () => {
  const graph = paperNetwork();
  const zeros = new Map(
    [...graph.weights.values()].map(({ name, shape }) => [
      name,
      new Float32Array(shape.reduce((a, b) => a * b, 1)),
    ]),
  );
  const model = buildModel(emitPlan(graph), zeros, 1);
  assert.is(model.network.countParams(), 5_335_154);
  const trainable = model.network.trainableWeights.reduce(
    (sum, weight) => sum + weight.shape.reduce((a: number, b) => a * b!, 1),
    0,
  );
  assert.is(trainable, 5_325_906);
  disposeModel(model);
});

test('a missing weight is an error', () => {
  const graph = paperNetwork({ image: [32, 32, 1], width: 2 });
  const weights = randomWeights(graph);
  weights.delete('encoder/down/conv/kernel');
  assert.throws(
    () => buildModel(emitPlan(graph), weights, 1),
    /no values for the weight encoder\/down\/conv\/kernel/,
  );
});

test.run();
