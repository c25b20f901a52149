import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../src/compiler/driver/compile.ts';
import {
  builtInRatesFor,
  type EngineName,
  graphOfPlan,
  predictTraining,
  type RunPlan,
} from '../../src/compiler/index.ts';
import { likelyEngine } from '../../src/runtime/engines/choice/likely.ts';
import { engineFiles } from '../../src/runtime/engines/installed/cache.ts';
import { providerVariable } from '../../src/runtime/engines/onnx/providers.ts';
import { EpochModel } from '../../src/runtime/studies/epoch-model.ts';
import { forecasts } from '../../src/runtime/studies/forecast.ts';
import type { Measured } from '../../src/runtime/studies/measured.ts';
import { spanOf, timeTogether } from '../../src/runtime/studies/span.ts';
import { planRuns, reseeded, trialsOf } from '../../src/runtime/studies/trials.ts';
import { inFolder } from '../support/folder.ts';
import { specHost } from '../support/spec-host.ts';

const test = suite('what a trial is told to take');

const { experiments } = compile('specs/reduced.cmrnet', specHost());
const planOf = (name: string): RunPlan => experiments.find((one) => one.name === name)!.plan!;
const drawn = planOf('Reduced');
const plan: RunPlan = {
  ...drawn,
  train: { ...drawn.train, epochs: 12 },
  data: { ...drawn.data, source: { kind: 'manifest', path: 'hearts.yaml' } },
};
const rates = builtInRatesFor(2, 8);
const modelOf = (name: EngineName) => new EpochModel({ name, rates, provider: null });
const onnx = modelOf('onnx');
const images = 90;

/** The forecast of a plan's first fold, of which nothing is trained. */
function told(own: RunPlan, model = onnx, measured: readonly Measured[] = [], count = images) {
  const trials = trialsOf(planRuns([{ name: 'Own', plan: own }], 1, 'nowhere'));
  return forecasts(trials, () => count, model, measured).next().value![1];
}

const ran = (own: RunPlan, epochMs: number, engine = 'onnx'): Measured => ({
  ...{ plan: own, engine, images, epochMs, bytes: 3e8 },
});

test('without runs it is the cost model of the compiled step, as far off as its rates may be', () => {
  const step = predictTraining(graphOfPlan(plan.network), { ...plan.train, loss: plan.loss }, rates);
  const { ms, least, most, basis } = told(plan);
  assert.is(basis, 'built-in rates');
  // Half of the images train, in batches of 4. An epoch of so few has about as much beside its steps.
  const steps = plan.train.epochs * 12 * step.ms;
  assert.ok(ms > steps && ms < 3 * steps, `${ms} for ${steps} of steps`);
  assert.ok(Math.abs(most / ms - rates.factor) < 0.5 && Math.abs(ms / least - rates.factor) < 0.5);
  const measured = new EpochModel({
    ...onnx.engine,
    rates: { ...rates, measured: true, factor: 1.2 },
  });
  const calibrated = told(plan, measured);
  assert.is(calibrated.basis, 'a calibration');
  assert.is(calibrated.ms, ms);
  assert.ok(calibrated.most < most && calibrated.least > least);
});

test('it grows with images and epochs', () => {
  const more = { ...plan, train: { ...plan.train, epochs: 24 } };
  const epoch = onnx.epochMs(plan, images);
  assert.ok(Math.abs(told(more).ms - told(plan).ms - 12 * epoch) < 1);
  assert.ok(onnx.epochMs(plan, 4 * images) > 2 * epoch && onnx.epochMs(plan, 4 * images) < 4 * epoch);
});

test('trials of one structure are modelled once: seeds, rates and weights of the loss do not count', () => {
  const structure = onnx.structureOf(plan);
  for (const same of [reseeded(plan, 1), planOf('ReducedSerialRates[0]'), planOf('ReducedLossWeights[3]')]) {
    assert.is(onnx.structureOf(same), structure);
  }
  const train = (change: Partial<RunPlan['train']>) => ({ ...plan, train: { ...plan.train, ...change } });
  for (const other of [
    planOf('ReducedLossWeights[0]'),
    train({ batch: 8 }),
    train({ memory: 100 }),
    train({ average: 0.99 }),
    train({ optimizer: { kind: 'sgd', lr: 0.1, momentum: 0.9 } }),
  ]) {
    assert.is.not(onnx.structureOf(other), structure);
  }
});

test('what runs like it took here is told before anything else, in its range', () => {
  const runs = [5000, 7000, 6000].map((ms) => ran(planOf('ReducedSerialRates[0]'), ms));
  const { ms, least, most, bytes, basis } = told(plan, onnx, runs);
  assert.is(basis, 'runs like it');
  const before = ms - 12 * 6000;
  assert.ok(before > 0 && before < 20_000, `${before}`);
  assert.ok(Math.abs(least - before - 12 * 5000) < 1 && Math.abs(most - before - 12 * 7000) < 1);
  assert.ok(bytes > 3e8 && bytes < 3.5e8);
  // Twice the images, twice the time.
  const twice = told(plan, onnx, runs, 2 * images);
  assert.ok(Math.abs(twice.ms - before - 12 * 12_000) < 1);
});

test('other runs here set the model right, and those of another engine do not', () => {
  const other = { ...plan, train: { ...plan.train, batch: 8 } };
  const slow = ran(other, 3 * onnx.epochMs(other, images));
  const { ms, basis } = told(plan, onnx, [slow]);
  assert.is(basis, 'other runs');
  assert.ok(Math.abs((ms - told(plan).ms) / 12 - 2 * onnx.epochMs(plan, images)) < 1000);
  assert.is(told(plan, onnx, [{ ...slow, engine: 'wasm' }]).basis, 'built-in rates');
});

test('other engines are told from the compiled one, and as a guess', () => {
  const wasm = modelOf('wasm');
  const ratio = wasm.epochMs(plan, images) / onnx.epochMs(plan, images);
  assert.ok(ratio > 1.7 && ratio < 2.8, `${ratio}`);
  const { basis, ms, most } = told(plan, wasm);
  assert.is(basis, 'a guess');
  assert.ok(most / ms > 2);
  assert.ok(wasm.processBytes(plan) < onnx.processBytes(plan));
});

test('the images of a phantom are drawn once for all trials that share them', () => {
  const trials = trialsOf(planRuns([{ name: 'Own', plan: drawn }], 1, 'nowhere'));
  const [first, second] = [...forecasts(trials, () => images, onnx, [])].map(([, { ms }]) => ms);
  assert.ok(first! - second! > 10_000);
});

test('the engine is the one that training will choose', async () => {
  await inFolder(async (folder) => {
    const files = { ...engineFiles(), root: folder, selection: join(folder, 'selection.json') };
    const { name, rates: own } = await likelyEngine(null, files);
    assert.is(name, own.block === null ? 'wasm' : 'onnx');
    assert.is((await likelyEngine('cpu', files)).name, 'cpu');
    try {
      process.env['CMRNET_ONNX_BLOCKS'] = 'off';
      assert.is((await likelyEngine(null, files)).name, 'wasm');
      const asked = await likelyEngine('onnx', files);
      assert.equal([asked.name, asked.rates.block], ['onnx', null]);
      process.env[providerVariable] = 'cpu';
      assert.is((await likelyEngine(null, files)).name, 'onnx');
      process.env[providerVariable] = 'cuda';
      assert.ok(new EpochModel(await likelyEngine(null, files)).isGuess);
      assert.is((await likelyEngine('wasm', files)).name, 'wasm');
    } finally {
      delete process.env['CMRNET_ONNX_BLOCKS'];
      delete process.env[providerVariable];
    }
  });
});

test('several at once gain what cores one alone leaves idle', () => {
  const times = [20, 10].map((ms) => ({ ms, least: ms / 2, most: 2 * ms }));
  assert.equal(timeTogether(times, 1, 2), { ms: 30, least: 15, most: 60 });
  assert.equal(timeTogether(times, 2, 2), { ms: 30, least: 10, most: 72 });
  assert.equal(timeTogether(times, 2, 32), { ms: 20, least: 10, most: 40 });
});

test('times are spread over jobs, the longest first', () => {
  assert.is(spanOf([5, 4, 3, 3, 3], 2), 10);
  assert.is(spanOf([5, 4], 8), 5);
  assert.is(spanOf([], 1), 0);
});

test.run();
