import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainableCount, weightCount } from '../../src/compiler/ir/count.ts';
import { experimentOf, planOf, soundFile } from '../support/compiled.ts';

const paper = soundFile('specs/paper.cmrnet');
const ablations = soundFile('specs/ablations.cmrnet');

const counts = suite('the paper in numbers');

counts('CmrNet has 5,335,154 parameters, 5,325,906 of them trainable', () => {
  const { graph } = paper.networks[0]!;
  assert.is(weightCount(graph), 5_335_154);
  assert.is(trainableCount(graph), 5_325_906);
});

counts('with shared cascades it has 4,701,778 trainable parameters', () => {
  assert.is(trainableCount(experimentOf(ablations, 'TiedDac').graph!), 4_701_778);
});

counts("with CE-Net's released block it has 4,707,954, of which 4,701,266 are trainable", () => {
  const graph = experimentOf(ablations, 'ReleasedDac').graph!;
  assert.is(weightCount(graph), 4_707_954);
  assert.is(trainableCount(graph), 4_701_266);
});

// Paper dossier, section 3.2, the layer table.
for (const [path, shape] of Object.entries({
  'encoder/stem.1/relu': [128, 112, 32],
  'encoder/f1/concat': [128, 112, 48],
  'encoder/f2/max_pool': [64, 56, 80],
  'encoder/f2/concat.1': [64, 56, 192],
  'encoder/mid.0/relu': [32, 28, 128],
  'encoder/f3/concat': [32, 28, 192],
  'encoder/f4/concat.1': [16, 14, 768],
  'encoder/end.1/relu': [16, 14, 256],
  'decoder/u3.1/relu': [32, 28, 128],
  'decoder/u2.1/relu': [64, 56, 64],
  'decoder/u1.1/relu': [128, 112, 32],
  'decoder/u0.1/relu': [256, 224, 16],
  'segmentation/sigmoid': [256, 224, 1],
  'diagnosis/sigmoid': [1],
})) {
  counts(`${path} is ${shape.join('×')}`, () => {
    const node = paper.networks[0]!.graph.nodes.find(({ origin }) => origin.path === path);
    assert.equal(node?.shape, shape);
  });
}

counts.run();

const plan = suite("the paper's run plan");

plan('the loss is equation 6 with exact weights', () => {
  assert.equal(planOf(paper, 'Paper').loss, [
    {
      weight: 0.9,
      head: 'segmentation',
      loss: 'jaccard',
      smooth: 1e-6,
      reduction: 'image',
      background: true,
    },
    { weight: 0.1, head: 'diagnosis', loss: 'bce', smoothing: 0 },
  ]);
});

plan('defaults are those of Keras 2.2.4 and of the paper', () => {
  const { train, data, evaluate } = planOf(paper, 'Paper');
  assert.equal(train.optimizer, { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 });
  assert.is(train.recalibrate, 0);
  assert.equal(data.intensity, { kind: 'fixed', scale: 2000, low: 0, high: 1.5 });
  assert.equal(data.source, { kind: 'manifest', path: 'data/cardiac-t1.yaml' });
  assert.equal(evaluate.folds, {
    kind: 'kfold',
    count: 5,
    fraction: 0.2,
    stratify: true,
    group: 'patient',
  });
});

plan('what the paper measured is beside what we measure', () => {
  const { reported, evaluate } = planOf(paper, 'Paper');
  assert.is(reported['segmentation.dsc'], 0.8214);
  assert.is(reported['diagnosis.specificity'], 0.7792);
  assert.equal(evaluate.metrics['diagnosis'], ['accuracy', 'sensitivity', 'specificity', 'auc']);
});

plan('plans are plain data', () => {
  const value = planOf(paper, 'Paper');
  assert.equal(JSON.parse(JSON.stringify(value)), value);
});

plan('every guess is on record', () => {
  const assumed = paper.provenance.filter(({ kind }) => kind === 'assumed').map(({ path }) => path);
  assert.equal(assumed, [
    'CmrNet.width',
    'CmrNet.size',
    'CmrNet.encoder',
    'Paper.train.batch',
    'Paper.train.seed',
    'Paper.augment.rotate',
    'Paper.augment.shift',
  ]);
  const find = (path: string) => paper.provenance.find((item) => item.path === path);
  assert.is(find('CmrNet.serial_rates')?.source, 'Tabs. 2 and 3');
  assert.is(find('CardiacT1.positive')?.source, 'Tab. 7');
  assert.equal(find('Paper.train.optimizer.rho')?.kind, 'default');
});

plan.run();

const sweeps = suite('ablations');

sweeps('SerialRates has four cells, LossWeights eleven', () => {
  const cells = (name: string) => ablations.sweeps.find((sweep) => sweep.name === name)?.cells;
  assert.equal(
    cells('SerialRates'),
    [0, 1, 2, 3].map((cell) => `SerialRates[${cell}]`),
  );
  assert.is(cells('LossWeights')?.length, 11);
});

sweeps('SerialRates and ParallelRates share exactly one run', () => {
  const hashes = (sweep: string) =>
    ablations.experiments.filter((experiment) => experiment.sweep === sweep).map(({ plan }) => plan!.hash);
  const shared = hashes('SerialRates').filter((hash) => hashes('ParallelRates').includes(hash));
  assert.is(shared.length, 1);
  assert.is(planOf(ablations, 'SerialRates[1]').hash, planOf(ablations, 'ParallelRates[3]').hash);
});

sweeps('steps are computed in decimals', () => {
  const weights = ablations.experiments
    .filter(({ sweep }) => sweep === 'LossWeights')
    .map(({ plan }) => plan!.loss.map(({ weight }) => weight));
  assert.equal(weights, [
    [1],
    [0.1, 0.9],
    [0.2, 0.8],
    [0.3, 0.7],
    [0.4, 0.6],
    [0.5, 0.5],
    [0.6, 0.4],
    [0.7, 0.3],
    [0.8, 0.2],
    [0.9, 0.1],
    [1],
  ]);
});

sweeps('a head without weight is not trained', () => {
  const heads = planOf(ablations, 'LossWeights[0]').heads.map(({ name, trained }) => [name, trained]);
  assert.equal(heads, [
    ['segmentation', false],
    ['diagnosis', true],
  ]);
});

sweeps('a comparison brings in the experiments that it names', () => {
  assert.equal(ablations.compares[0]?.members, ['Paper', 'TiedDac', 'NoDac']);
  assert.is(planOf(ablations, 'Paper').hash, planOf(paper, 'Paper').hash);
});

sweeps('the serial rates [6, 12, 18] are warned about, and only they reach past a map', () => {
  const pointless = ablations.diagnostics.filter(
    ({ name, primary }) => name === 'pointless-rate' && primary.span.file === 'specs/blocks.cmrnet',
  );
  assert.ok(pointless.length > 0);
  assert.ok(
    pointless.every(({ notes }) => notes.some((note) => /`(Serial|Parallel)Rates\[\d\]`/.test(note))),
  );
});

sweeps.run();

const others = suite('the other specs');

for (const name of ['phantom', 'acdc', 'attention']) {
  others(`specs/${name}.cmrnet gives plans for all its experiments`, () => {
    const { experiments } = soundFile(`specs/${name}.cmrnet`);
    assert.ok(experiments.length > 0);
    for (const experiment of experiments) assert.ok(experiment.plan, experiment.name);
  });
}

others('our own experiments compile without a warning', () => {
  for (const name of ['phantom', 'acdc']) {
    const { diagnostics } = soundFile(`specs/${name}.cmrnet`);
    assert.equal(
      diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
      [],
    );
  }
});

others('ACDC maps five labels to two classes', () => {
  const { data } = planOf(soundFile('specs/acdc.cmrnet'), 'Cine');
  assert.equal(data.classes, [
    { name: 'healthy', labels: ['NOR'] },
    { name: 'diseased', labels: ['DCM', 'HCM', 'MINF', 'RV'] },
  ]);
  assert.equal(data.structures, [{ name: 'myocardium', values: [2] }]);
  assert.is(data.image, null);
});

others('EMIDEC counts scars as myocardium', () => {
  const { data } = planOf(soundFile('specs/emidec.cmrnet'), 'Enhancement');
  assert.equal(data.structures, [{ name: 'myocardium', values: [2, 3, 4] }]);
});

others('paired axes cross with others, the first changing slowest', () => {
  const { sweeps, experiments } = soundFile('specs/attention.cmrnet');
  assert.is(sweeps[0]?.cells.length, 6);
  assert.equal(
    experiments.filter(({ kind }) => kind === 'cell').map(({ overrides }) => overrides.at(-1)),
    ['8', '16', '24', '8', '16', '24'].map((width) => `model.width = ${width}`),
  );
});

others.run();
