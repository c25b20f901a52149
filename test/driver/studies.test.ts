import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainableCount } from '../../src/compiler/ir/count.ts';
import { experimentOf, planOf, soundFile } from '../support/compiled.ts';

const reduced = soundFile('specs/reduced.cmrnet');
const baselines = soundFile('specs/reduced-baselines.cmrnet');
const acdc = soundFile('specs/acdc-comparison.cmrnet');

const test = suite('studies of a small computer');

test('the reduced tables 2 to 5 and figure 3 are 19 cells, of which 17 are trained', () => {
  const cells = reduced.sweeps.flatMap((sweep) => sweep.cells);
  assert.is(cells.length, 19);
  assert.is(new Set(cells.map((name) => planOf(reduced, name).hash)).size, 17);
  const hash = (name: string) => planOf(reduced, name).hash;
  assert.is(hash('ReducedSerialRates[1]'), hash('ReducedParallelRates[3]'));
  assert.is(hash('ReducedLossWeights[9]'), hash('ReducedParallelRates[2]'));
});

test('the reduced tables 6 and 7 compare networks that are trained alike', () => {
  const differing = baselines.compares.map(({ ablation }) => ablation!.settings.map(({ path }) => path));
  assert.equal(differing, [
    ['model', 'loss.segmentation', 'loss.diagnosis'],
    ['model', 'loss.segmentation', 'loss.diagnosis'],
  ]);
  assert.not.ok(baselines.diagnostics.some(({ code }) => ['CMR528', 'CMR529', 'CMR613'].includes(code)));
  const accuracy = (name: string) => planOf(baselines, name).reported['diagnosis.accuracy'];
  assert.equal(['ReducedVgg16', 'ReducedXception'].map(accuracy), [0.8823, 0.9312]);
  assert.is(planOf(baselines, 'ReducedUNet').reported['segmentation.dsc'], 0.7916);
});

test('what the paper reports of its own images is not held against fewer, drawn ones', () => {
  const codes = reduced.diagnostics.map(({ code }) => code);
  assert.not.ok(codes.some((code) => ['CMR528', 'CMR529'].includes(code)));
});

test('notes name the changes that a finding can come from, and no others', () => {
  const noteOf = (name: string) =>
    reduced.diagnostics.filter((one) => one.name === name).map(({ notes }) => notes.at(-1)!);
  assert.is(noteOf('gridding')[0], 'in `ReducedSerialRates[0]`, where `model.serial_rates = [2, 2, 2]`');
  assert.match(
    noteOf('padded-mass')[0]!,
    /^in `Reduced`, where `model\.width = 4`, `model\.size = \[96, 96\]` and `data = FewHearts`; also in /,
  );
  assert.not.ok(reduced.diagnostics.some(({ notes }) => /reported\.|budget\./.test(notes.join())));
});

test('the networks on ACDC differ in nothing but the network', () => {
  const names = ['CmrNetOnAcdc', 'UNetOnAcdc', 'DeepLabOnAcdc'];
  const [first, ...others] = names.map((name) => {
    const { hash: _, experiment: __, network: ___, heads, loss, evaluate, ...rest } = planOf(acdc, name);
    const metrics = evaluate.metrics['segmentation'];
    return { ...rest, loss, segmentation: heads.find(({ name: head }) => head === 'segmentation'), metrics };
  });
  for (const other of others) assert.equal(other, first);
  const counts = names.map((name) => trainableCount(experimentOf(acdc, name).graph!));
  assert.ok(new Set(counts).size === 3);
});

test('they follow a cosine after a warm-up, with shortened gradients', () => {
  const { train, augment, evaluate } = planOf(acdc, 'UNetOnAcdc');
  assert.equal(train.schedule, { kind: 'cosine', final: 0.01 });
  assert.equal([train.warmup, train.clip, train.average, train.keep], [0.5, 5, null, 'last']);
  assert.equal([augment.scale, augment.gamma, augment.flip], [[0.9, 1.1], [0.8, 1.25], 'none']);
  assert.equal([evaluate.components, evaluate.flips, evaluate.folds.stratify], ['largest', 'none', true]);
});

test.run();
