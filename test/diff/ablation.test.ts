import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ablation } from '../../src/compiler/diff/ablation.ts';
import { ablationText } from '../../src/compiler/diff/ablation-text.ts';
import { layerDifference } from '../../src/compiler/diff/layers.ts';
import { experimentOf, sound, soundFile } from '../support/compiled.ts';

const ablations = soundFile('specs/ablations.cmrnet');
const studyOf = (name: string) =>
  [...ablations.sweeps, ...ablations.compares].find((study) => study.name === name)!;
const resolved = (name: string) => {
  const { graph, plan } = experimentOf(ablations, name);
  return { graph: graph!, plan: plan! };
};
const textOf = (name: string) => ablationText(studyOf(name).ablation!);
const codesOf = (source: string) =>
  sound(`import { CardiacT1, CmrNet, Paper } from "./paper.cmrnet"\n\n${source}`).diagnostics.flatMap(
    ({ code, notes }) => (['CMR613', 'CMR614'].includes(code) ? [[code, notes]] : []),
  );

const test = suite('in what the members of a study differ');

test('the serial rates of tables 2 and 3 differ in the rates of twelve convolutions only', () => {
  assert.is(
    textOf('SerialRates'),
    'model.serial_rates and nothing else · 151 of 163 operations the same, others differ in rate · 5,335,154 parameters each',
  );
});

test('the loss weights of figure 3 change no operation, and heads are trained as the weights say', () => {
  const { settings, network } = studyOf('LossWeights').ablation!;
  assert.equal(
    settings.map(({ path }) => path),
    ['loss.diagnosis', 'loss.segmentation'],
  );
  assert.equal(settings[0]!.values.length, 11);
  assert.equal(network?.operations, { same: 163, all: 163 });
});

test('what all members share is in every pair of them', () => {
  const [first, ...others] = ['Paper', 'TiedDac', 'NoDac'].map(resolved);
  const { network } = ablation([first!, ...others]);
  const pairs = others.map((other) => layerDifference(first!.graph, other.graph).same);
  assert.ok(network!.operations.same <= Math.min(...pairs));
  assert.is(ablation([first!, others[0]!]).network!.operations.same, pairs[0]);
});

test('the order of the members changes nothing', () => {
  const [one, two, three] = ['Paper', 'TiedDac', 'NoDac'].map(resolved);
  const there = ablation([one!, two!, three!]);
  const back = ablation([one!, three!, two!]);
  assert.equal(back.network, there.network);
  assert.equal(back.parameters, there.parameters);
});

test('variants may differ in what they set, experiments in their networks and losses only', () => {
  assert.equal(codesOf('variant Small of Paper { train.batch = 4 }\ncompare A of [Paper, Small] {}'), []);
  const other = (train: string) => `experiment Other {
  model = CmrNet(width = 8)
  data  = CardiacT1
  loss  = 1.0 * dice(segmentation)
  train { optimizer = rmsprop(lr = 0.003) head_bias = zero ${train} }
  augment { rotate = -15deg .. 15deg shift = -10% .. 10% }
  evaluate { folds = kfold(5, stratify = classes) }
}
compare A of [Paper, Other] {}`;
  assert.equal(codesOf(other('epochs = 40 batch = 8 seed = 2021')), []);
  const [found, ...more] = codesOf(other('epochs = 40 batch = 4 seed = 2021'));
  assert.equal(more, []);
  assert.is(found![0], 'CMR613');
  assert.is(found![1]![0], '`train.batch` is 8 in `Paper`, 4 in `Other`');
});

test('a parameter of the experiment reaches every setting that reads it', () => {
  const spec = (loss: string) => `experiment Both(rate: real = 0.1, twice: real = 2 * rate) {
  model = CmrNet(width = 8)
  data  = CardiacT1
  loss  = ${loss}
  train { optimizer = rmsprop(lr = rate) epochs = 1 }
}
sweep Rates of Both { vary rate in [0.1, 0.2] }`;
  assert.equal(codesOf(spec('twice * jaccard(segmentation) + 0.5 * bce(diagnosis)')), []);
});

test('layers that only follow are told, unless the width is what is varied', () => {
  const [[code, notes]] = codesOf('sweep A of Paper { vary model.parallel_rates in [[4], [4, 8]] }') as [
    [string, string[]],
  ];
  assert.is(code, 'CMR614');
  assert.match(notes[0]!, /encoder\/mid\.0\/conv/);
  assert.equal(codesOf('sweep A of Paper { vary model.width in [8, 16] }'), []);
});

test.run();
