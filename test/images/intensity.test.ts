import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quantile, scaleIntensity } from '../../src/runtime/images/intensity.ts';

const test = suite('intensity');
const values = Float32Array.of(0, 500, 1000, 3000, 4000);

test('a fixed scale keeps quantitative values comparable and clips', () => {
  const scaled = scaleIntensity(values, { kind: 'fixed', scale: 2000, low: 0, high: 1.5 });
  assert.equal([...scaled], [0, 0.25, 0.5, 1.5, 1.5]);
});

test('z-scores have mean zero and deviation one', () => {
  const scaled = scaleIntensity(values, { kind: 'zscore' });
  const mean = scaled.reduce((sum, value) => sum + value, 0) / 5;
  const variance = scaled.reduce((sum, value) => sum + value * value, 0) / 5;
  assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-6);
});

test('minmax and percentile span zero to one', () => {
  assert.equal([...scaleIntensity(values, { kind: 'minmax' })], [0, 0.125, 0.25, 0.75, 1]);
  const scaled = scaleIntensity(values, { kind: 'percentile', low: 0.25, high: 0.75 });
  assert.equal(
    [...scaled].map((value) => Math.round(value * 1000) / 1000),
    [0, 0, 0.2, 1, 1],
  );
});

test('an image without contrast becomes zero, never NaN', () => {
  const flat = new Float32Array(6).fill(7);
  for (const kind of ['zscore', 'minmax'] as const)
    assert.equal([...scaleIntensity(flat, { kind })], [0, 0, 0, 0, 0, 0]);
  assert.equal([...scaleIntensity(flat, { kind: 'percentile', low: 0.01, high: 0.99 })], [0, 0, 0, 0, 0, 0]);
});

test('quantiles are linear between neighbours', () => {
  assert.is(quantile([1, 2, 4], 0), 1);
  assert.is(quantile([1, 2, 4], 0.75), 3);
  assert.is(quantile([1, 2, 4], 1), 4);
});

test.run();
