import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainableCount, weightCount } from '../../src/compiler/ir/count.ts';
import type { Graph, Node } from '../../src/compiler/ir/graph.ts';
import { graphHash } from '../../src/compiler/ir/hash.ts';
import { verify } from '../../src/compiler/ir/verify.ts';
import { compileText, errorsOf, graphOf } from '../support/compiled.ts';

const unit = `block Unit(channels: int, kernel: int = 3, rate: int = 1) {
  input x: [h, w, _]
  output x |> conv(channels, kernel, rate = rate, bias = false) |> batch_norm() |> relu()
}
`;

/** A network whose only stage holds some statements, the last of which binds `end`. */
function staged(statements: string, blocks = ''): string {
  return `${unit}${blocks}
network Small() {
  input image: [32, 32, 4]
  stage encoder {
    ${statements}
  }
  head diagnosis: label = encoder.end |> global_avg_pool() |> dense(1) |> sigmoid()
}
`;
}

/** The paths of convolutions, in the order of the graph. */
function convolutions(graph: Graph): readonly string[] {
  return graph.nodes.filter(({ op }) => op === 'conv').map(({ origin }) => origin.path);
}

const naming = suite('names of layers');

naming('a block takes the name of the binding that it makes', () => {
  assert.equal(convolutions(graphOf(staged('let end = image |> Unit(8)'))), ['encoder/end/conv']);
});

naming('several blocks of one binding are numbered', () => {
  const graph = graphOf(staged('let end = image |> Unit(8) |> Unit(4)'));
  assert.equal(convolutions(graph), ['encoder/end.0/conv', 'encoder/end.1/conv']);
});

naming('plain operations beside one block do not number it', () => {
  const graph = graphOf(staged('let end = concat(image, image) |> max_pool(2) |> Unit(8)'));
  assert.equal(
    graph.nodes.slice(1, 4).map(({ origin }) => origin.path),
    ['encoder/end/concat', 'encoder/end/max_pool', 'encoder/end/conv'],
  );
});

naming('the steps of a repeat are numbered', () => {
  const graph = graphOf(
    staged('let chain = image |> serial r in [1, 2, 4] { Unit(8, rate = r) }\n    let end = last(chain)'),
  );
  assert.equal(
    convolutions(graph),
    [0, 1, 2].map((step) => `encoder/chain.${step}/conv`),
  );
});

naming('several layers of a step are numbered within it', () => {
  const graph = graphOf(
    staged(
      'let chain = image |> serial r in [1, 2] { Unit(8, rate = r) |> Unit(8) }\n    let end = last(chain)',
    ),
  );
  assert.equal(convolutions(graph), [
    'encoder/chain.0.0/conv',
    'encoder/chain.0.1/conv',
    'encoder/chain.1.0/conv',
    'encoder/chain.1.1/conv',
  ]);
});

naming('inside an output, blocks are named after themselves', () => {
  const pair = `block Two() {
  input x: [h, w, c]
  output (x |> Unit(c)) + (x |> Unit(c))
}
block One() {
  input x: [h, w, c]
  output x |> Two()
}
`;
  assert.equal(convolutions(graphOf(staged('let end = image |> One()', pair))), [
    'encoder/end/two/unit.0/conv',
    'encoder/end/two/unit.1/conv',
  ]);
});

naming('a block that is a parameter is named after the parameter, whatever it is', () => {
  const holder = `block Holder(inner: block = Unit) {
  input x: [h, w, c]
  output x |> inner(8)
}
`;
  assert.equal(convolutions(graphOf(staged('let end = image |> Holder()', holder))), [
    'encoder/end/inner/conv',
  ]);
});

naming('an edit elsewhere leaves names as they are', () => {
  const before = graphOf(staged('let a = image |> Unit(4)\n    let end = a |> Unit(8)'));
  const after = graphOf(staged('let a = image |> Unit(4) |> Unit(4)\n    let end = a |> Unit(8)'));
  assert.is(convolutions(before).at(-1), convolutions(after).at(-1));
});

naming('every node has a path of its own', () => {
  const graph = graphOf(
    staged('let end = (image |> conv(4) |> conv(4) |> relu()) + (image |> conv(4) |> relu())'),
  );
  const paths = graph.nodes.map(({ origin }) => origin.path);
  assert.is(new Set(paths).size, paths.length);
});

naming.run();

const sharing = suite('sharing of weights');

const shared = `block Shared() {
  input x: [h, w, c]
  layer near = Unit(c)
  output (x |> near) + (x |> near |> near)
}
`;

sharing('a bare layer name reuses its weights, batch norm and all', () => {
  const once = graphOf(staged('let end = image |> Unit(4)'));
  const thrice = graphOf(staged('let end = image |> Shared()', shared));
  assert.is(weightCount(thrice), weightCount(once));
  assert.is(trainableCount(thrice), trainableCount(once));
  assert.is(thrice.nodes.filter(({ op }) => op === 'conv').length, 3);
  const layers = thrice.nodes.filter(({ op }) => op === 'conv').map(({ layer }) => layer);
  assert.equal(new Set(layers), new Set(['encoder/end/near/conv']));
});

sharing('parentheses create weights of their own', () => {
  const graph = graphOf(staged('let end = (image |> Unit(4)) + (image |> Unit(4))'));
  assert.is(new Set(graph.nodes.filter(({ op }) => op === 'conv').map(({ layer }) => layer)).size, 2);
});

sharing('a block that shares inside is shared as a whole', () => {
  const twice = `${shared}block Twice() {
  input x: [h, w, c]
  layer part = Shared()
  output x |> part |> part
}
`;
  const graph = graphOf(staged('let end = image |> Twice()', twice));
  assert.is(graph.nodes.filter(({ op }) => op === 'conv').length, 6);
  assert.is(weightCount(graph), weightCount(graphOf(staged('let end = image |> Unit(4)'))));
});

sharing('two blocks that share inside do not share with each other', () => {
  const graph = graphOf(staged('let end = image |> Shared() |> Shared()', shared));
  assert.is(new Set(graph.nodes.filter(({ op }) => op === 'conv').map(({ layer }) => layer)).size, 2);
});

sharing('a layer that is fed maps of different depth is reported', () => {
  const text = staged('layer near = conv(8)\n    let end = image |> near |> near');
  assert.equal(errorsOf(compileText(text)), ['CMR417']);
});

sharing.run();

const shapes = suite('declared shapes');

shapes('a name binds an axis for the whole block', () => {
  const up = `block Up() {
  input x: [h, w, c]
  output x |> conv(4 * c) |> depth_to_space(2) : [2 * h, 2 * w, c]
}
`;
  const graph = graphOf(staged('let end = image |> Up()', up));
  assert.equal(graph.nodes.at(-4)!.shape, [64, 64, 4]);
});

shapes('an axis that does not return as promised is reported with the place where it was bound', () => {
  const half = `block Half() {
  input x: [h, w, c]
  output x |> max_pool(2) : [h, _, c]
}
`;
  const { diagnostics } = compileText(staged('let end = image |> Half()', half));
  const [error] = diagnostics.filter(({ severity }) => severity === 'error');
  assert.ok(error);
  assert.is(error.message, 'the axis `h` is 16 here, not 32');
  assert.ok(error.secondary.some(({ text }) => text === '32 here'));
  assert.equal(error.notes, ['at `encoder/end`']);
});

shapes('sizes that do not meet along a skip are told from the image on', () => {
  const { diagnostics } = compileText(`network Skip() {
  input image: [64, 58, 1]
  let a = image |> conv(8, stride = 2)
  let b = a |> conv(8, stride = 2) |> conv(32) |> depth_to_space(2)
  head diagnosis: label = concat(a, b) |> global_avg_pool() |> dense(1) |> sigmoid()
}`);
  const [error] = diagnostics.filter(({ severity }) => severity === 'error');
  assert.ok(error);
  assert.is(error.code, 'CMR412');
  assert.ok(error.notes.includes('58 halves to 29 and 15; doubling 15 gives 30'));
  assert.ok(error.secondary.some(({ text }) => text === '58 columns here'));
});

shapes.run();

const values = suite('elaboration');

values('blocks are values: a parameter chooses between structures', () => {
  const chosen = (name: string) =>
    graphOf(`${unit}block Nothing(channels: int) {
  input x: [h, w, c]
  let n = channels
  output x : [h, w, n]
}
network Small(part: block = ${name}) {
  input image: [32, 32, 8]
  let a = image |> Unit(8) |> part(8)
  head diagnosis: label = a |> global_avg_pool() |> dense(1) |> sigmoid()
}`);
  assert.is(convolutions(chosen('Unit')).length, 2);
  assert.is(convolutions(chosen('Nothing')).length, 1);
});

values('a concatenation of one tensor is that tensor', () => {
  const graph = graphOf(
    staged('let list = image |> parallel r in [1] { conv(8, rate = r) }\n    let end = concat(...list)'),
  );
  assert.ok(graph.nodes.every(({ op }) => op !== 'concat'));
});

values('a parallel feeds each step the same, a serial the step before', () => {
  const operands = (mode: string) =>
    graphOf(
      staged(`let list = image |> ${mode} r in [1, 2] { conv(4, rate = r) }\n    let end = concat(...list)`),
    )
      .nodes.filter(({ op }) => op === 'conv')
      .map((node: Node) => node.operands[0]);
  assert.equal(operands('parallel'), [0, 0]);
  assert.equal(operands('serial'), [0, 1]);
});

values('an attribute remembers the argument that decided it, through parameters that only hand it on', () => {
  const text = `${unit}block Outer(rate: int) {
  input x: [h, w, _]
  output x |> Unit(4, rate = rate)
}
network Small() {
  input image: [32, 32, 4]
  let end = image |> Outer(rate = 2)
  head diagnosis: label = end |> global_avg_pool() |> dense(1) |> sigmoid()
}
`;
  const node = graphOf(text).nodes.find(({ op }) => op === 'conv')!;
  const { start, end } = node.origin.decided!['rate']!;
  assert.is(`cmrnet 1\n\n${text}`.slice(start, end), 'rate = 2');
  assert.equal(
    node.origin.within.map(({ block }) => block),
    ['Unit', 'Outer'],
  );
});

values('graphs keep the law', () => {
  verify(graphOf(staged('let end = image |> Shared() |> Unit(8)', shared)));
});

values('names, comments and formatting do not change what a network is', () => {
  const one = staged('let middle = image |> Unit(8)\n    let end = middle |> Unit(4)');
  const other = staged(
    '// a comment\n    let other   = image   |> Unit(8, kernel = 3)\n    let end = other |> Unit(4)',
  )
    .replaceAll('Unit', 'Piece')
    .replaceAll('channels', 'count');
  assert.is(graphHash(graphOf(one)), graphHash(graphOf(other)));
  assert.is.not(graphHash(graphOf(one)), graphHash(graphOf(one.replace('Unit(8)', 'Unit(16)'))));
});

values('a mistake in a block is reported once, however often it is used', () => {
  const broken = `block Broken() {
  input x: [h, w, c]
  output x |> conv(c, kernal = 1)
}
`;
  const text = staged('let a = image |> Broken() |> Broken()\n    let end = a |> Broken()', broken);
  assert.equal(errorsOf(compileText(text)), ['CMR302']);
});

values('what follows from a mistake is not reported', () => {
  const text = staged(
    'let a = image |> conv(kernal = 3)\n    let b = a + a |> Unit(8)\n    let end = concat(a, b)',
  );
  assert.equal(errorsOf(compileText(text)), ['CMR302']);
});

values('blocks given to themselves end with an error', () => {
  const text = `block Twice(inner: block) {
  input x: [h, w, c]
  output x |> inner(inner = inner)
}
network Small() {
  input image: [8, 8, 1]
  let end = image |> Twice(inner = Twice)
  head diagnosis: label = end |> global_avg_pool() |> dense(1) |> sigmoid()
}`;
  assert.equal(errorsOf(compileText(text)), ['CMR208']);
});

values.run();

const several = suite('several inputs and outputs');

const gate = `block Gate(width: int = 2) {
  input x: [h, w, c]
  input signal: [h, w, _]
  output x * (signal |> conv(width) |> conv(1) |> sigmoid())
}
`;

/** Operations with their layers, weights and the nodes that they read. */
function essence(graph: Graph) {
  return graph.nodes.map(({ op, operands, layer, shape }) => ({ op, operands, layer, shape }));
}

several('tensors are the first arguments, and what stands before `|>` is the first of them', () => {
  const forms = [
    'Gate(image, image, 4)',
    'image |> Gate(image, 4)',
    'image |> Gate(4, signal = image)',
    'Gate(x = image, signal = image, width = 4)',
    'Gate(signal = image, width = 4, x = image)',
  ].map((form) => essence(graphOf(staged(`let end = ${form}`, gate))));
  for (const form of forms.slice(1)) assert.equal(form, forms[0]);
});

several('an operation takes its tensor in the same way', () => {
  const piped = graphOf(staged('let end = image |> conv(8, 1) |> relu()'));
  assert.equal(essence(graphOf(staged('let end = relu(conv(image, 8, 1))'))), essence(piped));
});

several('a layer of two inputs has one set of weights', () => {
  const block = `${gate}block Pair() {
  input x: [h, w, _]
  layer gate = Gate(4)
  output gate(x, x) + (x |> gate(x)) + (x |> gate(signal = x))
}
`;
  const graph = graphOf(staged('let end = image |> Pair()', block));
  assert.is(weightCount(graph), weightCount(graphOf(staged('let end = image |> Gate(image, 4)', gate))));
  assert.is(graph.nodes.filter(({ op }) => op === 'multiply').length, 3);
});

several('outputs are taken by name, and named after their own names', () => {
  const block = `block Halves() {
  input x: [h, w, c]
  output low = x |> Unit(c / 2)
  output high = low |> conv(c) |> slice(c / 2, c / 2)
}
`;
  const graph = graphOf(
    staged('let halves = image |> Halves()\n    let end = concat(halves.high, halves.low)', block),
  );
  assert.equal(convolutions(graph), ['encoder/halves/low/conv', 'encoder/halves/high/conv']);
  assert.equal(graph.nodes.find(({ op }) => op === 'concat')!.shape, [32, 32, 4]);
});

several('the inputs of a network are parts of the channels of one image', () => {
  const graph = graphOf(`network Two() {
  input first: [8, 8, 2]
  input second: [8, 8, 1]
  head out: mask = first * second |> conv(1) |> sigmoid()
}
`);
  assert.equal(graph.nodes[0]!.shape, [8, 8, 3]);
  const slices = graph.nodes.filter(({ op }) => op === 'slice');
  assert.equal(
    slices.map(({ attributes, origin }) => [origin.path, attributes]),
    [
      ['first/slice', { begin: 0, count: 2, axis: 'channels' }],
      ['second/slice', { begin: 2, count: 1, axis: 'channels' }],
    ],
  );
  verify(graph);
});

several('a number beside a tensor is one operation', () => {
  const graph = graphOf(staged('let end = (1 - image / 4) * 0.2 + -image'));
  const changes = graph.nodes.flatMap((node) => (node.op === 'affine' ? [node.attributes] : []));
  assert.equal(changes, [
    { factor: 0.25, shift: 0 },
    { factor: -1, shift: 1 },
    { factor: 0.2, shift: 0 },
    { factor: -1, shift: 0 },
  ]);
});

several.run();

const chosen = suite('structures chosen by values');

const level = `block Level(channels: int, norm: block = batch_norm, activation: block = relu, pool: bool = false) {
  input x: [h, w, _]
  let small = choose(pool, x |> max_pool(2), x)
  output small |> conv(channels, bias = false) |> norm() |> activation()
}
`;

function operations(graph: Graph): readonly string[] {
  return graph.nodes.slice(1).map(({ op }) => op);
}

chosen('operations are values of type block, with some of their arguments or without any', () => {
  const graph = graphOf(
    staged(
      'let end = image |> Level(8, norm = group_norm(groups = 2), activation = leaky_relu(slope = 0.1))',
      level,
    ),
  );
  assert.equal(operations(graph).slice(0, 3), ['conv', 'group_norm', 'leaky_relu']);
  const [, , norm, activation] = graph.nodes as readonly Node[];
  assert.equal(norm!.attributes, { groups: 2, epsilon: 0.001 });
  assert.equal(activation!.attributes, { slope: 0.1 });
  assert.equal(convolutions(graph), ['encoder/end/conv']);
});

chosen(
  'a block with some of its arguments waits for the others, and `choose` makes one structure only',
  () => {
    const around = `${level}block Twice(make: block, width: int) {
  input x: [h, w, _]
  output x |> make(width) |> make(2 * width, pool = true)
}
`;
    const graph = graphOf(staged('let end = image |> Twice(Level(activation = swish), 4)', around));
    const inside = operations(graph).slice(0, 7);
    assert.equal(inside, ['conv', 'batch_norm', 'swish', 'max_pool', 'conv', 'batch_norm', 'swish']);
    assert.equal(graph.nodes[7]!.shape, [16, 16, 8]);
  },
);

chosen('counts and widths of repeats are computed', () => {
  const graph = graphOf(`${level}network Deep(depth: int = 3, width: int = 2) {
  input image: [32, 32, 1]
  let top   = image |> Level(width)
  let lower = top |> serial i in 1 .. depth { Level(min(5, width * 2 ** i), pool = true) }
  let skips = reverse([top, ...butlast(lower)])
  let up    = last(lower) |> serial (skip, i) in zip(skips, reverse(0 .. depth - 1)) { Up(skip, width + i) }
  head out: mask = last(up) |> conv(len(up)) |> conv(1) |> sigmoid()
}
block Up(channels: int) {
  input x: [_, _, _]
  input skip: [h, w, _]
  output concat(skip, x |> resize(h, w)) |> conv(channels)
}
`);
  const shapes = graph.nodes.flatMap(({ op, shape }) => (op === 'conv' ? [shape.join('×')] : []));
  assert.equal(shapes, [
    '32×32×2',
    '16×16×4',
    '8×8×5',
    '4×4×5',
    '8×8×4',
    '16×16×3',
    '32×32×2',
    '32×32×3',
    '32×32×1',
  ]);
});

chosen('a range may hold no numbers, and a chain of no layers is an empty list', () => {
  const graph = graphOf(
    staged('let none = image |> serial i in 1 .. 0 { Unit(i) }\n    let end = last([image, ...none])'),
  );
  assert.is(convolutions(graph).length, 0);
});

chosen('numbers, texts and truths are compared', () => {
  for (const [condition, expected] of [
    ['2 ** 3 == 8', 'relu'],
    ['3 < 2 + 1', 'elu'],
    ['1.5 >= 1.5', 'relu'],
    ['"same" != "valid"', 'relu'],
    ['true == false', 'elu'],
    ['max([1, 4, 2]) <= min(4, 5)', 'relu'],
    ['-2 ** 2 == -4', 'relu'],
  ] as const) {
    const graph = graphOf(staged(`let end = choose(${condition}, image |> relu(), image |> elu())`));
    assert.is(graph.nodes[1]!.op, expected, condition);
  }
});

chosen('a network whose parameter is an operation takes others in variants and sweeps', () => {
  const compilation =
    compileText(`${level}network Net(norm: block = batch_norm, activation: block = leaky_relu(0.1)) {
  input image: [32, 32, 1]
  head out: mask = image |> Level(4, norm, activation) |> conv(1) |> sigmoid()
}
dataset Hearts {
  source = phantom(images = 64)
  image  = [256, 218, 1]
  fit    = [center(192, 192), resize(32, 32)]
}
experiment First {
  model = Net(activation = elu)
  data  = Hearts
  loss  = dice(out)
  train {
    optimizer = sgd()
    epochs    = 1
  }
}
sweep Norms of First {
  vary model.norm in [instance_norm, group_norm(groups = 2), batch_norm]
}
`);
  assert.equal(errorsOf(compilation), []);
});

chosen.run();
