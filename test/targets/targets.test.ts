import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { schemaFiles } from '../../schemas/generate.ts';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import { graphHash } from '../../src/compiler/ir/hash.ts';
import type { JsonSchema } from '../../src/compiler/ir/schema.ts';
import { outline } from '../../src/compiler/targets/diagram/outline.ts';
import { emitMermaid } from '../../src/compiler/targets/mermaid/emit.ts';
import { spanOfMs } from '../../src/compiler/targets/onnx/predict-text.ts';
import { summarise, summarySchema, summaryText } from '../../src/compiler/targets/summary/emit.ts';
import { summaryRows } from '../../src/compiler/targets/summary/rows.ts';
import { emitSvg } from '../../src/compiler/targets/svg/emit.ts';
import { targetNames, targets } from '../../src/compiler/targets/target.ts';
import { emitPlan } from '../../src/compiler/targets/tfjs/emit.ts';
import { layersPlanSchema } from '../../src/compiler/targets/tfjs/schema.ts';
import { Network } from '../support/network.ts';
import { paperNetwork } from '../support/paper-network.ts';

function valid(schema: JsonSchema, value: unknown): void {
  const validate = new Ajv2020({ strict: true }).compile(schema);
  assert.ok(validate(JSON.parse(JSON.stringify(value))), JSON.stringify(validate.errors?.slice(0, 3)));
}

const plan = suite('the layers plan');

plan('is valid against its schema', () => {
  for (const dac of ['unshared', 'shared', 'cenet'] as const)
    valid(layersPlanSchema, emitPlan(paperNetwork({ dac })));
});

plan('names each layer once, shared ones too, and says which node applies which', () => {
  const graph = paperNetwork({ dac: 'shared' });
  const { layers, nodes, hash, input, heads } = emitPlan(graph);
  assert.is(new Set(layers.map((layer) => layer.name)).size, layers.length);
  assert.is(nodes.length, graph.nodes.length);
  assert.is(nodes.filter((node) => node.layer === 'encoder/mid/near/conv').length, 3);
  assert.is(hash, graphHash(graph));
  assert.equal(input, { name: 'image', node: 0, shape: [256, 224, 1] });
  assert.is(nodes[0]!.layer, null);
  assert.equal(
    heads.map(({ name, kind, node }) => [name, kind, nodes[node]!.shape]),
    [
      ['segmentation', 'mask', [256, 224, 1]],
      ['diagnosis', 'label', [1]],
    ],
  );
  const weights = layers.flatMap((layer) => layer.weights.map((weight) => weight.name));
  assert.equal(weights.toSorted(), [...graph.weights.keys()].toSorted());
});

plan('refuses a graph that breaks the law', () => {
  const graph = paperNetwork({ width: 4 });
  const broken: Graph = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, shape: [1, 1, 1] })) };
  assert.throws(() => emitPlan(broken));
});

plan.run();

const summary = suite('the summary');

summary('has the figures of the paper', () => {
  const found = summarise(paperNetwork(), { batch: 8 });
  valid(summarySchema, found);
  assert.equal(found.parameters, { total: 5_335_154, trainable: 5_325_906 });
  assert.is((found.macs / 1e9).toFixed(2), '4.49');
  assert.equal(found.input, { name: 'image', shape: [256, 224, 1] });
  const end = found.layers.find((layer) => layer.path === 'encoder/end.1/conv')!;
  assert.equal(end, {
    path: 'encoder/end.1/conv',
    op: 'conv',
    shape: [16, 14, 256],
    parameters: 589_824,
    macs: 132_120_576,
    receptive_field: 1101,
  });
  assert.is(
    found.layers.reduce((sum, layer) => sum + layer.parameters, 0),
    found.parameters.total,
  );
  assert.is(
    found.layers.reduce((sum, layer) => sum + layer.macs, 0),
    found.macs,
  );
  assert.ok(found.memory.training_peak > found.memory.inference_peak);
});

summary('tells times in the unit that people would use', () => {
  assert.is(spanOfMs(54.4, 27.2, 108.8), '54 ms (27 to 109)');
  assert.is(spanOfMs(3200, 1600, 6400), '3.2 s (1.6 to 6.4)');
  assert.is(spanOfMs(119_000, 60_000, 238_000), '119 s (60 to 238)');
  assert.is(spanOfMs(252_000, 186_000, 330_000), '4.2 min (3.1 to 5.5)');
  assert.is(spanOfMs(9_000_000, 4_500_000, 18_000_000), '2.5 h (1.3 to 5.0)');
});

summary('folds normalisation and activation into the rows of the paper’s layer table', () => {
  const graph = paperNetwork();
  const rows = summaryRows(graph);
  // The paper's table has 68 rows with one five-fold sum; here it is four sums.
  assert.is(rows.length, 68 + 3);
  assert.is(rows.flatMap((row) => row.nodes).length, graph.nodes.length - 1);
  const text = summaryText(graph, summarise(graph, { batch: 8 }));
  assert.match(
    text,
    /^encoder\/f1\/chain\.1 +conv 3×3 rate 5 \+ batch_norm \+ relu +128×112×16 +2,368 +33\.0 +39$/m,
  );
  assert.match(text, /^encoder\/pool1 +max_pool 2 +64×56×80 +69$/m);
  assert.match(text, /^parameters +5,335,154, 5,325,906 trainable$/m);
  assert.match(text, /^multiply-adds +4\.49 G per image$/m);
  assert.match(text, /MB to train on 8 images \(peak at `[^`]+`\)/);
});

summary('does not fold what others read as well', () => {
  const network = new Network([8, 8, 1]);
  const conv = network.apply('conv', network.image, { channels: 1 });
  const relu = network.apply('relu', conv);
  network.head('mask', 'mask', network.apply('add', [conv, relu]));
  assert.equal(
    summaryRows(network.build()).map((row) => row.nodes),
    [[1], [2], [3]],
  );
});

summary.run();

const drawings = suite('drawings');

drawings('have a box per binding, stages around them, and skips apart', () => {
  const { boxes, arrows, stages } = outline(paperNetwork());
  assert.equal(stages, ['encoder', 'decoder']);
  const titled = (title: string) => boxes.findIndex((box) => box.title === title);
  assert.equal(boxes[titled('f2')]!.rates, [3, 5, 7, 4, 8, 12]);
  assert.equal(boxes[titled('f2')]!.shape, [64, 56, 192]);
  assert.is(boxes[titled('diagnosis')]!.kind, 'head');
  const skips = arrows
    .filter((arrow) => arrow.skip)
    .map(({ from, to }) => `${boxes[from]!.title} ${boxes[to]!.title}`);
  assert.equal(skips.toSorted(), ['f1 u1', 'f2 u2', 'f3 u3', 'mid join2', 'stem join1']);
});

drawings('never run in circles, whatever the paths are', () => {
  const network = new Network([8, 8, 1]);
  const a = network.apply('relu', network.image, {}, { path: 's/a/one' });
  const b = network.apply('relu', a, {}, { path: 's/b/one' });
  const back = network.apply('relu', b, {}, { path: 's/a/two' });
  network.head('mask', 'mask', network.apply('add', [back, a], {}, { path: 'mask' }));
  const { boxes, arrows } = outline(network.build());
  assert.equal(
    boxes.map((box) => box.title),
    ['image', 'a', 'b', 'a', 'mask'],
  );
  assert.ok(arrows.every(({ from, to }) => from < to));
});

drawings('name blocks where the origin knows them', () => {
  const network = new Network([8, 8, 1]);
  const span = { file: 'test', start: 0, end: 1 };
  const within = [
    { block: 'Unit', path: 'encoder/f1/base', span },
    { block: 'FpmA', path: 'encoder/f1', span },
  ];
  network.builder.apply('relu', [0], {}, { ...network.origin('encoder/f1/base/relu'), within });
  network.head('mask', 'mask', network.apply('sigmoid', 1, {}, { path: 'mask/sigmoid' }));
  assert.is(outline(network.build()).boxes[1]!.made, 'FpmA');
});

drawings('are Mermaid text with a subgraph per stage', () => {
  const text = emitMermaid(paperNetwork());
  assert.match(text, /^flowchart TB$/m);
  assert.match(text, /^ {2}subgraph encoder$/m);
  assert.match(text, /n\d+\["<b>f1<\/b><br\/>.*<br\/>rates 3, 5, 7<br\/>128×112×48"\]/);
  assert.is(text.match(/-\.->/g)?.length, 5);
  assert.is(text.match(/ end$/gm)?.length, 2);
});

drawings('are SVG with the blocks of the paper in its colours, two heads, and three skips across', () => {
  const text = emitSvg(paperNetwork());
  assert.is(text.match(/class="head"/g)?.length, 2);
  assert.is(text.match(/class="row"/g)?.length, 5);
  assert.is(text.match(/class="legend"/g)?.length, 1);
  assert.not.match(text, /<style/);
});

drawings('escape what XML would misread', () => {
  const network = new Network([8, 8, 1], 'A<B & "C"');
  network.head('mask', 'mask', network.image);
  assert.match(emitSvg(network.build()), /<title>A&lt;B &amp; &quot;C&quot;<\/title>/);
});

drawings.run();

const registry = suite('the registry of targets');

registry('writes files that differ by suffix and end in a line break', () => {
  const graph = paperNetwork({ width: 4 });
  const artefacts = targetNames.flatMap((name) => targets[name].emit(graph, { batch: 2 }));
  assert.is(new Set(artefacts.map(({ suffix }) => suffix)).size, artefacts.length);
  for (const { content: text, suffix } of artefacts) {
    if (typeof text !== 'string') continue;
    assert.ok(text.endsWith('\n'), suffix);
    if (suffix.endsWith('.json')) JSON.parse(text);
  }
});

registry('publishes its schemas as they are', () => {
  for (const [name, text] of schemaFiles()) {
    assert.is(
      readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8'),
      text,
      `${name}: run npm run generate`,
    );
  }
});

registry.run();
