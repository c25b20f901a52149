import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { trainableCount, weightCount } from '../../src/compiler/ir/count.ts';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import type { Shape } from '../../src/compiler/ir/shape.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';
import { formatSource } from '../../src/compiler/syntax/format/format-source.ts';
import { experimentOf, planOf, soundFile } from '../support/compiled.ts';

const folder = 'specs/baselines/';
const files = readdirSync(folder).filter((name) => name.endsWith('.cmrnet'));
const compiled = new Map(files.map((name) => [name, soundFile(`${folder}${name}`)]));

const graphs = new Map(
  [...compiled.values()].flatMap(({ networks }) => networks.map(({ name, graph }) => [name, graph])),
);

function graphOf(network: string): Graph {
  const graph = graphs.get(network);
  assert.ok(graph, `there is no network ${network}`);
  return graph;
}

const text = suite('the texts of the baselines');

for (const name of files) {
  text(`${folder}${name} has the canonical form`, () => {
    const source = new SourceFile(name, readFileSync(`${folder}${name}`, 'utf8'));
    assert.is(formatSource(source, new Bag()), source.text);
  });
}

text.run();

const counts = suite('the baselines in numbers');

/** Parameters in all, and those that training changes, as Keras prints them. */
const published: Readonly<Record<string, readonly [total: number, trainable: number]>> = {
  Vgg16: [138_357_544, 138_357_544],
  ResNet50: [25_636_712, 25_583_592],
  InceptionV3: [23_851_784, 23_817_352],
  Xception: [22_910_480, 22_855_952],
};

for (const [name, [total, trainable]] of Object.entries(published)) {
  counts(`${name} has the parameters of Keras, ${total.toLocaleString('en')}`, () => {
    assert.is(weightCount(graphOf(name)), total);
    assert.is(trainableCount(graphOf(name)), trainable);
  });
}

counts(
  'SegNet has a VGG16 and its mirror image: for 3 colours and 11 classes the 117 MB of its table 6',
  () => {
    const pairs = [
      [64, 64],
      [64, 128],
      [128, 128],
      [128, 256],
      [256, 256],
      [256, 256],
      [256, 512],
    ] as const;
    const convolution = (from: number, to: number) => 9 * from * to + to;
    const normalised = (from: number, to: number) => convolution(from, to) + 2 * to;
    const deep = 5 * normalised(512, 512);
    const down = pairs.reduce((sum, [from, to]) => sum + normalised(from, to), deep);
    const up = pairs
      .slice(1)
      .reduce((sum, [to, from]) => sum + normalised(from, to), deep + normalised(64, 64));
    const between = down + up;
    const published = between + normalised(3, 64) + convolution(64, 11);
    assert.is(published, 29_449_355);
    assert.is(Math.floor((4 * published) / 1e6), 117);
    // Sec. 3 of the paper: 14.7 million.
    assert.is(down + normalised(3, 64), 14_723_136);
    assert.is(trainableCount(graphOf('SegNet')), between + normalised(1, 64) + convolution(64, 1));
  },
);

counts('UNet has the parameters of its figure, for one output map instead of two', () => {
  // Two convolutions on each level of the contracting path, then an up-convolution and two on each of the other.
  const convolution = (from: number, to: number) => 9 * from * to + to;
  const down = [1, 64, 128, 256, 512].map((from, level) => {
    const to = 64 * 2 ** level;
    return convolution(from, to) + convolution(to, to);
  });
  const up = [512, 256, 128, 64].map(
    (to) => 4 * (2 * to) * to + to + convolution(2 * to, to) + convolution(to, to),
  );
  const figure = [...down, ...up].reduce((sum, count) => sum + count, 0);
  assert.is(figure + 2 * (64 + 1), 31_030_658);
  // Often quoted: with a 3×3 convolution to two maps, and one of these.
  assert.is(figure + convolution(64, 2) + (2 + 1), 31_031_685);
  assert.is(weightCount(graphOf('UNet')), figure + (64 + 1));
  assert.is(trainableCount(graphOf('UNet')), 31_030_593);
});

counts('DeepLabV3Plus has those of keras-deeplab-v3-plus, for one grey channel and one output map', () => {
  // 41,258,213 are for three channels of colour and 21 output maps.
  const colours = 2 * 9 * 32;
  const maps = 20 * (256 + 1);
  assert.is(weightCount(graphOf('DeepLabV3Plus')), 41_258_213 - colours - maps);
});

counts('DeepLabLight has 1,436,473 parameters', () => {
  assert.is(weightCount(graphOf('DeepLabLight')), 1_436_473);
});

counts.run();

const shapes = suite('the shapes of the baselines');

/** Shapes that the sources give: the tables and figures that the specs name. */
const places: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  Vgg16: {
    'features.0/max_pool': [112, 112, 64],
    'features.2/max_pool': [28, 28, 256],
    'features.4/max_pool': [7, 7, 512],
    'hidden.1/relu': [4096],
    'diagnosis/softmax': [1000],
  },
  ResNet50: {
    'stem/relu': [112, 112, 64],
    'stem/max_pool': [56, 56, 64],
    'conv2/rest.1/relu': [56, 56, 256],
    'conv3/rest.2/relu': [28, 28, 512],
    'conv4/rest.4/relu': [14, 14, 1024],
    'conv5/rest.1/relu': [7, 7, 2048],
  },
  InceptionV3: {
    'stem.2/relu': [147, 147, 64],
    'stem.5/relu': [71, 71, 192],
    'fine.0/concat': [35, 35, 256],
    'fine.2/concat': [35, 35, 288],
    'middle.0/concat': [17, 17, 768],
    'middle.1.3/concat': [17, 17, 768],
    'coarse.0/concat': [8, 8, 1280],
    'coarse.2/concat': [8, 8, 2048],
  },
  Xception: {
    'stem/relu.1': [147, 147, 64],
    'entry.2/max_pool': [19, 19, 728],
    'middle.7/add': [19, 19, 728],
    'exit.0/max_pool': [10, 10, 1024],
    'diagnosis/global_avg_pool': [2048],
  },
  UNet: {
    'contracting/c5/convolved.1/relu': [16, 14, 1024],
    'expanding/e4/concat': [32, 28, 1024],
    'expanding/e1/concat': [256, 224, 128],
    'segmentation/sigmoid': [256, 224, 1],
  },
  SegNet: {
    'encoder/e5/convolved.2/relu': [16, 14, 512],
    'decoder/d5/max_unpool': [16, 14, 512],
    'decoder/d1/max_unpool': [256, 224, 64],
    'segmentation/sigmoid': [256, 224, 1],
  },
  DeepLabV3Plus: {
    'features/backbone/low.1/batch_norm.1': [64, 56, 256],
    'features/backbone/sum/add': [16, 14, 1024],
    'features/decoder/coarse/image/avg_pool': [1, 1, 2048],
    'features/decoder/coarse/concat': [16, 14, 5 * 256],
    'features/decoder/merged/concat': [64, 56, 256 + 48],
    'segmentation/sigmoid': [256, 224, 1],
  },
};

for (const [name, expected] of Object.entries(places)) {
  shapes(`${name} has the shapes of its source`, () => {
    const found = Object.fromEntries(
      Object.keys(expected).map((path) => [
        path,
        graphOf(name).nodes.find(({ origin }) => origin.path === path)?.shape,
      ]),
    );
    assert.equal(found, expected);
  });
}

shapes.run();

const comparison = suite('the experiments with baselines');

comparison('every experiment has a plan', () => {
  for (const [name, { experiments }] of compiled) {
    for (const experiment of experiments) assert.ok(experiment.plan, `${experiment.name} of ${name}`);
  }
});

comparison("the classifiers take the paper's grey images and tell its two classes apart", () => {
  const file = compiled.get('comparison.cmrnet')!;
  for (const name of ['Vgg16', 'ResNet50', 'InceptionV3', 'Xception']) {
    const { graph } = experimentOf(file, `${name}Diagnoses`);
    assert.equal(graph?.nodes[0]?.shape, [256, 224, 1]);
    assert.equal(
      planOf(file, `${name}Diagnoses`).heads.map(({ kind, channels, encoding }) => [
        kind,
        channels,
        encoding,
      ]),
      [['label', 2, 'categorical']],
    );
  }
});

comparison("tables 6 and 7 are beside ours, and our light DeepLab has nothing of the paper's", () => {
  const file = compiled.get('comparison.cmrnet')!;
  const dice = (name: string) => planOf(file, name).reported['segmentation.dsc'];
  assert.equal(['UNetMasks', 'DeepLabMasks', 'DeepLabLightMasks'].map(dice), [0.7916, 0.8205, undefined]);
  assert.is(planOf(file, 'XceptionDiagnoses').reported['diagnosis.specificity'], 0.7403);
});

comparison('the single-task networks train one head each', () => {
  const file = compiled.get('single-task.cmrnet')!;
  const trained = (name: string) =>
    planOf(file, name).heads.flatMap((head) => (head.trained ? [head.name] : []));
  assert.equal(trained('SegmentationOnly'), ['segmentation']);
  assert.equal(trained('DiagnosisOnly'), ['diagnosis']);
});

comparison.run();
