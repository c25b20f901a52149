import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import type { Graph, OperationName } from '../../src/compiler/ir/graph.ts';
import type { ArgumentValue } from '../../src/compiler/ir/operations.ts';
import { operationNames } from '../../src/compiler/ir/operations.ts';
import type { LossTerm } from '../../src/compiler/plan/run-plan.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { inferenceProgram, trainingProgram } from '../../src/compiler/step/programs.ts';
import { Network } from '../support/network.ts';
import { paperNetwork } from '../support/paper-network.ts';
import { type Given, inputsOf, randomTruths, randomWeights, reference } from './networks.ts';
import { distance, randomTensor } from './support.ts';

type Arguments = Readonly<Record<string, ArgumentValue>>;

/** Arguments under which each operation is tried on a map of 7×6×4; leaving one out is a compile error. */
const cases: { readonly [O in Exclude<OperationName, 'input'>]: readonly Arguments[] } = {
  conv: [
    { channels: 3 },
    { channels: 3, kernel: [1, 3], rate: [1, 2] },
    { channels: 2, stride: 2, bias: false },
    { channels: 6, groups: 2, rate: 3 },
    { channels: 2, kernel: [3, 2], padding: 'valid', stride: [2, 3] },
    { channels: 2, rate: 5 },
  ],
  depthwise_conv: [{}, { multiplier: 2, stride: 2 }, { rate: 2, padding: 'valid', bias: false }],
  separable_conv: [{ channels: 3 }, { channels: 2, multiplier: 2, stride: [2, 1], padding: 'valid' }],
  conv_transpose: [
    { channels: 3 },
    { channels: 2, kernel: 3, stride: 2 },
    { channels: 2, kernel: [3, 1], stride: [1, 2], padding: 'valid' },
  ],
  batch_norm: [{}, { momentum: 0.7, epsilon: 0.01 }, { scale: false }],
  group_norm: [{ groups: 2 }],
  instance_norm: [{}],
  layer_norm: [{}, { epsilon: 0.1 }],
  relu: [{}],
  leaky_relu: [{ slope: 0.1 }, { slope: 2 }],
  elu: [{ alpha: 1.5 }],
  swish: [{}],
  gelu: [{}],
  sigmoid: [{}],
  softmax: [{}],
  softmax_along: [{ axis: 'height' }, { axis: 'width' }, { axis: 'channels' }],
  attention: [{ heads: 2 }, { heads: 1, bias: false }],
  stop_gradient: [{}],
  max_pool: [{}, { size: 3, stride: 2 }, { size: [2, 3], stride: 1, padding: 'valid' }],
  max_unpool: [{}],
  avg_pool: [{}, { size: 3, stride: 2 }, { size: [2, 3], stride: 1, padding: 'valid' }],
  global_avg_pool: [{}],
  global_max_pool: [{}],
  dense: [{ units: 3 }, { units: 2, bias: false }],
  dropout: [{ rate: 0.4 }],
  flatten: [{}],
  concat: [{}],
  add: [{}],
  subtract: [{}],
  multiply: [{}],
  affine: [{ factor: 0.2 }, { shift: -1.5 }, { factor: -1, shift: 1 }, { factor: -1 }],
  matmul: [{}],
  transpose: [{}],
  reshape: [{ height: 2, width: 21 }],
  depth_to_space: [{ factor: 2 }],
  space_to_depth: [{ factor: 3 }],
  resize: [
    { height: 9, width: 3 },
    { height: 5, width: 11, method: 'nearest' },
  ],
  pad: [{ top: 1, left: 2, right: 1 }],
  slice: [
    { begin: 1, count: 2 },
    { begin: 2, count: 3, axis: 'height' },
    { begin: 0, count: 5, axis: 'width' },
  ],
  crop: [{ top: 1, bottom: 2, right: 1 }],
};

/** A convolution, the operation, and a dense layer, so that the operation's gradient reaches weights before and after it. */
function around(op: Exclude<OperationName, 'input'>, given: Arguments): Graph {
  const network = new Network([7, 6, 2]);
  const map = network.apply('conv', network.image, { channels: 4 }, { path: 'before' });
  const vector = () => network.apply('global_avg_pool', map, {}, { path: 'pooled' });
  const operands: Partial<Record<OperationName, () => readonly number[]>> = {
    dense: () => [vector()],
    concat: () => [map, network.image, map],
    add: () => [map, map],
    subtract: () => [map, network.apply('conv', map, { channels: 1 }, { path: 'single' })],
    max_unpool: () => [network.apply('avg_pool', map, { size: [7, 3] }), map],
    multiply: () => [vector(), map],
    matmul: () => [map, network.apply('transpose', map, {}, { path: 'turned' })],
    space_to_depth: () => [network.apply('crop', map, { top: 1 }, { path: 'even' })],
  };
  const value = network.apply(op, operands[op]?.() ?? [map], given, { path: 'it' });
  const flat = network.builder.nodes[value]!.shape.length === 1 ? value : network.apply('flatten', value);
  const dense = network.apply('dense', flat, { units: 3 }, { path: 'after' });
  network.head('out', 'label', network.apply('softmax', dense));
  return network.build();
}

const terms: readonly LossTerm[] = [{ weight: 0.7, head: 'out', loss: 'cross_entropy' }];

function givenFor(graph: Graph, batch = 2): Given {
  return {
    graph,
    images: randomTensor('images', [batch, ...graph.nodes[0]!.shape]),
    truths: randomTruths(graph, batch),
    weights: randomWeights(graph),
    drawn: [0.9, 0.1, 0.6, 0.2, 0.7],
  };
}

/** Runs a training step whose change is minus the gradient, and holds it against differences of the interpreter's loss. */
function checkStep(
  given: Given,
  loss: readonly LossTerm[],
  directions: readonly (readonly string[])[],
): void {
  const { graph, weights } = given;
  const optimizer = { kind: 'sgd', lr: 1, momentum: 0 } as const;
  const program = trainingProgram(graph, { loss, optimizer, batch: given.images.shape[0]! });
  const found = evaluateStep(program, inputsOf(program, given, { rate: 1 }));
  const expected = reference(given, loss);
  assert.ok(Math.abs(found.get('loss')!.data[0]! - expected.loss) < 1e-10, 'the loss is the interpreter’s');
  assert.is(found.get('finite')!.data[0], 1);
  for (const [name, values] of expected.weights) {
    if (graph.weights.get(name)!.trainable) continue;
    assert.ok(distance(found.get(`weight/${name}`)!.data, values) < 1e-10, `${name} moves as it should`);
  }
  for (const names of directions) {
    const random = names.map((name) => randomTensor(`along ${name}`, [weights.get(name)!.length]).data);
    const length = Math.hypot(...random.map((values) => Math.hypot(...values)));
    const along = new Map(names.map((name, i) => [name, random[i]!.map((value) => value / length)]));
    const step = 1e-5;
    const moved = (sign: number) =>
      reference(
        given,
        loss,
        new Map(
          [...weights].map(([name, values]) => [
            name,
            values.map((value, i) => value + sign * step * (along.get(name)?.[i] ?? 0)),
          ]),
        ),
      ).loss;
    const numeric = (moved(1) - moved(-1)) / (2 * step);
    let analytic = 0;
    let square = 0;
    for (const [name, direction] of along) {
      const next = found.get(`weight/${name}`);
      assert.ok(next, `${name} is changed`);
      for (const [i, value] of weights.get(name)!.entries()) {
        const gradient = value - next.data[i]!;
        analytic += gradient * direction[i]!;
        square += gradient * gradient;
      }
    }
    const off = Math.abs(analytic - numeric) / (Math.sqrt(square) + 1e-3);
    assert.ok(
      off < 1e-6,
      `${names.length} from ${names[0]}: gradient ${analytic}, differences ${numeric}, off ${off}`,
    );
  }
}

const trains = suite('a training step');

for (const op of operationNames) {
  if (op === 'input') continue;
  trains(`goes through ${op} as the interpreter and finite differences say`, () => {
    for (const given of cases[op]) {
      const graph = around(op, given);
      const trainable = [...graph.weights.values()].filter((weight) => weight.trainable);
      checkStep(
        givenFor(graph),
        terms,
        // Nothing before it learns, which a test of its own holds.
        trainable.flatMap(({ name }) =>
          op === 'stop_gradient' && name.startsWith('before') ? [] : [[name]],
        ),
      );
      const inference = inferenceProgram(graph, 2);
      const set = givenFor(graph);
      const heads = evaluateStep(inference, inputsOf(inference, set));
      const expected = interpret(graph, set.weights, set.images).heads.get('out')!;
      assert.ok(
        distance(heads.get('head/out')!.data, expected.data) < 1e-10,
        'inference is the interpreter’s',
      );
    }
  });
}

trains('changes nothing that only a stop_gradient leads to', () => {
  const graph = around('stop_gradient', {});
  const optimizer = { kind: 'sgd', lr: 1, momentum: 0 } as const;
  const program = trainingProgram(graph, { loss: terms, optimizer, batch: 2 });
  const written = program.outputs.map(({ name }) => name).filter((name) => name.startsWith('weight/'));
  assert.equal(written, ['weight/after/kernel', 'weight/after/bias']);
});

trains('of the paper’s network, small and smooth, has the gradients that finite differences say', () => {
  const paper = paperNetwork({ image: [32, 32, 1], width: 2, dac: 'shared' });
  const nodes = paper.nodes.map((node) => (node.op === 'relu' ? { ...node, op: 'swish' as const } : node));
  const graph: Graph = { ...paper, nodes: nodes as never };
  const names = [...graph.weights.values()].filter((weight) => weight.trainable).map(({ name }) => name);
  checkStep(
    givenFor(graph),
    [
      { weight: 0.9, head: 'segmentation', loss: 'jaccard', smooth: 1e-6, reduction: 'image' },
      { weight: 0.1, head: 'diagnosis', loss: 'bce' },
    ],
    [
      names,
      [names[0]!],
      names.filter((name) => name.endsWith('kernel')),
      names.filter((name) => name.endsWith('gamma')),
    ],
  );
});

trains('of the paper’s network as it is has the interpreter’s loss and statistics', () => {
  const graph = paperNetwork({ image: [16, 32, 1], width: 2 });
  const terms: readonly LossTerm[] = [
    { weight: 0.5, head: 'segmentation', loss: 'dice', smooth: 1, reduction: 'batch' },
    { weight: 0.5, head: 'diagnosis', loss: 'bce' },
  ];
  checkStep(givenFor(graph, 3), terms, []);
});

trains.run();
