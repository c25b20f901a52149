import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { curvesOf, smoothed, stepPoints } from '../../cli/tui/state/curves.ts';
import type { Point } from '../../cli/tui/widgets/chart/series.ts';
import { thinned } from '../../cli/tui/widgets/thinned.ts';
import { advance, noProgress } from '../../src/runtime/runs/journal/progress.ts';
import { recordedBrief, recordedEvents, stepEvent } from '../support/recorded-run.ts';

const test = suite('curves of many steps');

const [loss] = curvesOf(recordedBrief) as [ReturnType<typeof curvesOf>[0]];
const values = (points: readonly Point[]) => points.map(({ y }) => y);

test('grow with the steps of a run, smoothed as well, as if they were made anew', () => {
  let progress = advance(noProgress, recordedEvents({ done: 2 }));
  const look = () => {
    const fold = progress.folds.get(1)!;
    const points = stepPoints(fold, loss);
    assert.equal(values(points), values(fold.steps.map((step) => ({ x: 0, y: step.loss }))));
    assert.equal(smoothed(points, 0.9), smoothed([...points], 0.9));
    return points;
  };
  const before = look().length;
  progress = advance(progress, [stepEvent(1, 3, 1, 10, 0), stepEvent(1, 3, 2, 10, 0)]);
  assert.is(look().length, before + 2);
  // After a stop the epoch is trained again: what came before does not count.
  const { started } = progress.folds.get(1)!;
  progress = advance(progress, [{ ...started, epoch: 1 }, stepEvent(1, 2, 1, 10, 0)]);
  assert.is(look().length, before / 2 + 1);
});

const many = Array.from({ length: 100_000 }, (_, x): Point => ({ x, y: Math.sin(x / 5000) }));

test('are thinned to means of neighbours, in order, from the first to the last', () => {
  for (const points of [many, many.slice(0, 3), many.slice(0, 2001), many.slice(0, 40_007)]) {
    const all = { from: 0, to: points.length };
    const few = thinned(points, all, 2000);
    assert.ok(few.length <= 2100, `${few.length} of ${points.length}`);
    assert.ok(few.at(-1)!.x > points.length - 9);
    for (const [index, { x, y }] of few.entries()) {
      assert.ok(index === 0 || x > few[index - 1]!.x);
      assert.ok(Math.abs(y - Math.sin(x / 5000)) < 1e-3);
    }
  }
});

test('are exact again in a part that holds few, and follow points that come later', () => {
  assert.equal(thinned(many, { from: 5000, to: 6000 }), many.slice(5000, 6001));
  const growing = many.slice(0, 50_000);
  thinned(growing, { from: 0, to: 1e6 });
  growing.push(...many.slice(50_000));
  assert.equal(thinned(growing, { from: 0, to: 1e6 }), thinned([...many], { from: 0, to: 1e6 }));
});

test('keep a gap of NaN where a whole block has no value, and no more', () => {
  const broken = many.map(({ x, y }) => ({ x, y: x >= 40_000 && x < 48_000 ? NaN : x % 2 ? NaN : y }));
  const few = thinned(broken, { from: 0, to: many.length });
  for (const { x, y } of few) assert.is(Number.isNaN(y), x > 40_000 && x < 48_000, String(x));
});

test.run();
