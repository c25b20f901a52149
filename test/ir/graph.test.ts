import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainableCount, weightCount } from '../../src/compiler/ir/count.ts';
import type { Graph, Node } from '../../src/compiler/ir/graph.ts';
import { graphHash } from '../../src/compiler/ir/hash.ts';
import { type GraphJson, graphFromJson, graphSchema, graphToJson } from '../../src/compiler/ir/json.ts';
import { printGraph } from '../../src/compiler/ir/print.ts';
import { sizeStory } from '../../src/compiler/ir/size-story.ts';
import { verify } from '../../src/compiler/ir/verify.ts';
import { sha256Hex } from '../../src/compiler/source/sha256.ts';
import { Network } from '../support/network.ts';
import { buildPaperNetwork, paperNetwork } from '../support/paper-network.ts';

const paper = suite('the paper network');

paper('has the weights that Keras counts', () => {
  const counts = (dac: 'unshared' | 'shared' | 'cenet') => {
    const graph = paperNetwork({ dac });
    verify(graph);
    return [weightCount(graph), trainableCount(graph)];
  };
  assert.equal(counts('unshared'), [5_335_154, 5_325_906]);
  assert.equal(counts('shared'), [4_709_490, 4_701_778]);
  assert.equal(counts('cenet'), [4_707_954, 4_701_266]);
});

paper('keeps its weights at another size of image', () => {
  assert.is(weightCount(paperNetwork({ image: [224, 224, 1] })), 5_335_154);
});

paper('tells why 218 columns do not fit its skips', () => {
  const network = new Network([256, 218, 1]);
  const maps = [network.image];
  for (let step = 0; step < 4; step++)
    maps.push(network.apply('conv', maps.at(-1)!, { channels: 4, stride: 2 }));
  const u3 = network.apply('depth_to_space', maps[4]!);
  assert.is(sizeStory(network.builder.nodes, [u3, maps[3]!]), undefined);
  const u2 = network.apply('depth_to_space', network.apply('conv', u3, { channels: 4 }));
  const problem = network.attempt('concat', [u2, maps[2]!]);
  assert.equal(problem, { problem: 'concatShape', arguments: {}, operands: [0, 1] });
  const story = sizeStory(network.builder.nodes, [u2, maps[2]!]);
  assert.equal(story?.axes, [1]);
  assert.equal(story?.notes, ['218 halves to 109, 55, 28 and 14; doubling 14 gives 28, then 56']);
  assert.equal(story?.image, [256, 224, 1]);
});

paper('meets its first skip of another size where the paper expects it', () => {
  try {
    buildPaperNetwork({ image: [256, 218, 1] });
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /^Error: concat: .*concatShape/);
  }
});

paper('tells no story of sizes that never rounded', () => {
  const network = new Network([256, 224, 1]);
  const half = network.apply('max_pool', network.image);
  assert.is(sizeStory(network.builder.nodes, [network.image, half]), undefined);
  assert.is(sizeStory(network.builder.nodes, [half]), undefined);
});

paper('tells why a mask does not have the size of its image', () => {
  const network = new Network([250, 218, 1]);
  const down = network.apply('conv', network.apply('conv', network.image, { channels: 4, stride: 2 }), {
    channels: 64,
    stride: 2,
  });
  const up = network.apply('depth_to_space', down, { factor: 4 });
  const story = sizeStory(network.builder.nodes, [up]);
  assert.equal(story?.axes, [0, 1]);
  assert.equal(story?.notes[0], '250 halves to 125 and 63; enlarging 63 gives 252');
  assert.equal(story?.image, [252, 220, 1]);
});

paper.run();

const building = suite('the builder');

building('shares the weights of a layer that is named again', () => {
  const network = new Network([8, 8, 4]);
  const first = network.apply('conv', network.image, { channels: 4 }, { path: 'a', layer: 'near' });
  const second = network.apply('conv', first, { channels: 4 }, { path: 'b', layer: 'near' });
  network.apply('conv', second, { channels: 4 }, { path: 'c' });
  const graph = network.build();
  assert.equal([...graph.weights.keys()], ['near/kernel', 'near/bias', 'c/kernel', 'c/bias']);
  assert.equal(graph.nodes[1]!.weights, graph.nodes[2]!.weights);
  verify(graph);
});

building('refuses to share weights that do not fit', () => {
  const network = new Network([8, 8, 4]);
  const first = network.apply('conv', network.image, { channels: 6 }, { path: 'a', layer: 'near' });
  const answer = network.attempt('conv', first, { channels: 6 }, { path: 'b', layer: 'near' });
  assert.is((answer as { problem: string }).problem, 'sharedShape');
  assert.is(network.builder.nodes.length, 2);
});

building('checks that heads suit their kinds', () => {
  const network = new Network([8, 8, 4]);
  const half = network.apply('max_pool', network.image);
  const at = { file: 'test', start: 0, end: 1 };
  assert.is(network.builder.head('m', 'mask', half, at)?.problem, 'maskShape');
  assert.is(network.builder.head('l', 'label', half, at)?.problem, 'labelShape');
  assert.is(network.builder.head('m', 'mask', network.image, at), undefined);
});

building('freezes its nodes', () => {
  const graph = paperNetwork({ width: 4 });
  assert.throws(() => {
    (graph.nodes[1] as { op: string }).op = 'relu';
  });
});

building.run();

const law = suite('the law of the graph');

law('catches every kind of breach', () => {
  const graph = paperNetwork({ width: 4 });
  const breach = (change: (node: Node) => object, id = 1): Graph => ({
    ...graph,
    nodes: graph.nodes.map((node) => (node.id === id ? ({ ...node, ...change(node) } as Node) : node)),
  });
  verify(graph);
  assert.throws(() => verify(breach(() => ({ shape: [1, 2, 3] }))), /its shape is 1×2×3/);
  assert.throws(() => verify(breach(() => ({ operands: [1] }))), /does not come before/);
  assert.throws(() => verify(breach(() => ({ operands: [0, 0] }))), /2 operands/);
  assert.throws(() => verify(breach(() => ({ id: 7 }))), /its id is 7/);
  assert.throws(() => verify(breach(() => ({ weights: [] }))), /names 0 weights/);
  assert.throws(() => verify(breach(() => ({ layer: 'x' }))), /not named after its layer/);
  assert.throws(() => verify(breach(() => ({ origin: graph.nodes[2]!.origin }))), /not its own/);
  assert.throws(() => verify({ ...graph, heads: [{ ...graph.heads[0]!, node: 4 }] }), /maskShape/);
  const spare = { name: 'spare', shape: [1], initializer: 'zeros', trainable: true } as const;
  assert.throws(
    () => verify({ ...graph, weights: new Map([...graph.weights, ['spare', spare]]) }),
    /no node uses/,
  );
});

law.run();

const forms = suite('the forms of a graph');

forms('prints one aligned line per node', () => {
  const network = new Network([8, 6, 1], 'Small');
  const conv = network.apply(
    'conv',
    network.image,
    { channels: 2, kernel: [3, 1], bias: false },
    { path: 'body/conv' },
  );
  const again = network.apply('conv', conv, { channels: 2, kernel: [3, 1], rate: 2 }, { path: 'body/again' });
  network.head('segmentation', 'mask', network.apply('sigmoid', again, {}, { path: 'segmentation' }));
  assert.is(
    printGraph(network.build()),
    [
      'graph Small',
      '  %0  input image                          8×6×1',
      '  %1  conv %0 2 kernel=3×1 bias=false  w0  8×6×2  body/conv',
      '  %2  conv %1 2 kernel=3×1 rate=2      w1  8×6×2  body/again',
      '  %3  sigmoid %2                           8×6×2  segmentation',
      '  head segmentation  %3  mask  8×6×2',
      '  weights 20, 20 trainable',
      '',
    ].join('\n'),
  );
});

forms('comes back from its exchange form', () => {
  for (const graph of [paperNetwork(), paperNetwork({ dac: 'cenet', width: 4 })]) {
    const text = JSON.stringify(graphToJson(graph));
    const again = graphFromJson(JSON.parse(text) as GraphJson);
    assert.is(JSON.stringify(graphToJson(again)), text);
    assert.is(printGraph(again), printGraph(graph));
    assert.is(graphHash(again), graphHash(graph));
  }
});

forms('is valid against its schema, and a changed one is not', () => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(graphSchema);
  const json = JSON.parse(JSON.stringify(graphToJson(paperNetwork({ width: 4 })))) as {
    nodes: Record<string, unknown>[];
  };
  assert.ok(validate(json), JSON.stringify(validate.errors?.slice(0, 3)));
  (json.nodes[1]!['attributes'] as Record<string, unknown>)['padding'] = 'full';
  assert.not(validate(json));
});

forms.run();

const identity = suite('the identity of a graph');

function twoBranches(
  options: { order?: boolean; shared?: boolean; rate?: number; swap?: boolean; prefix?: string } = {},
): Graph {
  const { order = false, shared = false, rate = 2, swap = false, prefix = '' } = options;
  const network = new Network([8, 8, 1], `${prefix}Two`);
  const near = () =>
    network.apply('conv', network.image, { channels: 1 }, { path: `${prefix}near`, layer: `${prefix}near` });
  const far = () =>
    network.apply(
      'conv',
      network.image,
      { channels: 1, rate },
      { path: `${prefix}far`, layer: `${prefix}${shared ? 'near' : 'far'}` },
    );
  const [a, b] = order ? [far(), near()].reverse() : [near(), far()];
  const sum = network.apply('add', swap ? [b!, a!] : [a!, b!], {}, { path: `${prefix}sum` });
  network.head(`${prefix}mask`, 'mask', network.apply('sigmoid', sum, {}, { path: `${prefix}out` }));
  return network.build();
}

identity('does not depend on names, on unused nodes or on the order of independent nodes', () => {
  const hash = graphHash(twoBranches());
  assert.match(hash, /^[0-9a-f]{32}$/);
  assert.is(graphHash(twoBranches({ prefix: 'x' })), hash);
  assert.is(graphHash(twoBranches({ order: true })), hash);
  const network = buildPaperNetwork({ width: 4 });
  network.apply('relu', 3);
  assert.is(graphHash(network.build()), graphHash(paperNetwork({ width: 4 })));
});

identity('depends on attributes, wiring, sharing, and heads', () => {
  const graph = twoBranches();
  const head = graph.heads[0]!;
  const hashes = [
    graph,
    twoBranches({ rate: 3 }),
    twoBranches({ shared: true }),
    twoBranches({ swap: true }),
    { ...graph, heads: [{ ...head, kind: 'label' as const }] },
    { ...graph, heads: [head, head] },
    ...(['unshared', 'shared', 'cenet'] as const).map((dac) => paperNetwork({ dac })),
    paperNetwork({ image: [224, 224, 1] }),
  ].map(graphHash);
  assert.is(new Set(hashes).size, hashes.length);
});

identity('rests on SHA-256 as published', () => {
  assert.is(sha256Hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.is(sha256Hex(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.is(
    sha256Hex('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
  assert.is(sha256Hex('a'.repeat(1_000)), '41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3');
});

identity.run();
