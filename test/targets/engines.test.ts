import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { operationNames } from '../../src/compiler/ir/operations.ts';
import { cost } from '../../src/compiler/passes/cost.ts';
import { explainEngine } from '../../src/compiler/targets/engines/explain.ts';
import { absorbable } from '../../src/compiler/targets/engines/fusion.ts';
import { engineNames } from '../../src/compiler/targets/engines/names.ts';
import { choiceFor, support } from '../../src/compiler/targets/engines/support.ts';
import { Network } from '../support/network.ts';
import { paperNetwork } from '../support/paper-network.ts';

const test = suite('capabilities of engines');

test('every operation has a way to be run on every engine', () => {
  assert.equal(Object.keys(support), [...operationNames]);
  for (const engine of engineNames) {
    for (const node of paperNetwork().nodes) {
      const { forward, gradient } = choiceFor(node, engine, false);
      assert.ok(forward.length > 0 && (gradient.length > 0 || node.op === 'add'), `${node.op} on ${engine}`);
    }
  }
});

test('a convolution runs on our kernels, TensorFlow’s, stock operations or in the compiled step', () => {
  const atrous = paperNetwork().nodes.find((node) => node.op === 'conv' && node.attributes.rate[0] === 3)!;
  const by = Object.fromEntries(engineNames.map((name) => [name, choiceFor(atrous, name, false)]));
  const ways = Object.entries(by).map(([name, { forward, gradient }]) => [name, ...forward, ...gradient]);
  assert.equal(ways, [
    ['tfjs-node-gpu', 'tensorflow', 'tensorflow'],
    ['onnx', 'compiled', 'compiled'],
    ['tfjs-node', 'tensorflow', 'tensorflow'],
    ['wasm', 'kernel', 'kernel'],
    ['cpu', 'stock', 'composed'],
  ]);
  assert.is(by['wasm']!.reason, 'stock atrous convolutions have no gradient');
});

test('a ReLU is absorbed only where a normalisation is read by nothing else, a leaky one by compiled steps alone', () => {
  const network = new Network([8, 8, 3]);
  const alone = network.apply('relu', network.apply('batch_norm', network.image, {}), {});
  const norm = network.apply('batch_norm', alone, {});
  const shared = network.apply('relu', norm, {});
  network.apply('add', [norm, shared]);
  const leaky = network.apply('leaky_relu', network.apply('instance_norm', network.image, {}), {
    slope: 0.1,
  });
  for (const engine of engineNames) {
    const expected = engine === 'onnx' ? [alone, leaky] : [alone];
    assert.equal([...absorbable(network.build(), engine)], expected, engine);
  }
  const relu = network.build().nodes[alone]!;
  assert.is(choiceFor(relu, 'wasm', true).reason, 'it is part of the normalisation before it');
  assert.equal(choiceFor(relu, 'tfjs-node', true).gradient, ['tensorflow']);
});

test('the explanation adds up to the cost of the network, and gradients of the image are not counted', () => {
  const graph = paperNetwork();
  const text = explainEngine(graph, 'wasm');
  assert.match(
    text,
    /^conv +22 +[\d.]+ +kernel +[\d.]+ +kernel +stock atrous convolutions have no gradient$/m,
  );
  assert.match(text, /^depth_to_space +4 +kernel +kernel +the stock one has no gradient$/m);
  assert.match(text, /^float32 throughout: /m);
  const [, nodes, forward, gradient] = /^all +(\d+) +([\d.]+) +([\d.]+)$/m.exec(text)!;
  assert.is(Number(nodes), graph.nodes.length - 1);
  const { multiplyAdds, nodes: costs } = cost(graph);
  assert.is(forward, (multiplyAdds / 1e9).toFixed(2));
  const [first] = graph.nodes.filter(({ operands }) => operands[0] === 0);
  const withoutImage = 2 * multiplyAdds - costs[first!.id]!.multiplyAdds;
  assert.is(gradient, (withoutImage / 1e9).toFixed(2));
});

test.run();
