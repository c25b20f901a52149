import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { curvesOf, epochPoints, smoothed, stepPoints } from '../../cli/tui/state/curves.ts';
import { wholeAxis } from '../../cli/tui/state/zoom.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import type { Point } from '../../cli/tui/widgets/chart/series.ts';
import { thinned } from '../../cli/tui/widgets/thinned.ts';
import type { RunEvent, StepEvent } from '../../src/runtime/runs/journal/events.ts';
import { advance, noProgress } from '../../src/runtime/runs/journal/progress.ts';
import { noon, recordedBrief, recordedEvents, recordedFolder, stepEvent } from '../support/recorded-run.ts';
import { after, freshSession, pressing } from '../support/recorded-session.ts';

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

test('what a process uses is drawn at the steps that say it, and keeps up with those that come', () => {
  const memory = curvesOf(recordedBrief).find(({ name }) => name === 'memory, GB')!;
  const cores = curvesOf(recordedBrief).find(({ name }) => name === 'processor, cores')!;
  const used = (step: number, cores: number): RunEvent => ({
    ...(stepEvent(1, 1, step, 10, noon + 400 * step) as StepEvent),
    usage: { memoryBytes: 2e9, cores },
  });
  const plain = (step: number) => stepEvent(1, 1, step, 10, noon + 400 * step);
  let progress = advance(noProgress, [...recordedEvents({ done: 0 }), used(1, 1.5), plain(2), plain(3)]);
  const points = () => stepPoints(progress.folds.get(1)!, cores);
  assert.equal(points(), [{ x: 0.1, y: 1.5 }]);
  progress = advance(progress, [plain(4), used(5, 2)]);
  assert.equal(points(), [
    { x: 0.1, y: 1.5 },
    { x: 0.5, y: 2 },
  ]);
  assert.equal(values(stepPoints(progress.folds.get(1)!, memory)), [2, 2]);
});

test('over time they begin with the first step of the fold, and pauses are part of it', () => {
  const run = opened();
  const over = pressing(run, 'w');
  const fold = over.run!.progress.folds.get(1)!;
  const [first, ...rest] = stepPoints(fold, loss, 'time');
  assert.equal(first, { x: 0.4, y: 1 / 1.1 });
  assert.is(rest.at(-1)!.x, 20);
  assert.is(epochPoints(fold, loss, 'time').at(-1)!.x, 20);
  assert.match(frameOf(over).join('\n'), /by the clock[\s\S]* 10 .* s│/);
  // An hour later the run went on.
  const later = after(over, {
    kind: 'events',
    folder: recordedFolder,
    events: [stepEvent(1, 6, 1, 10, noon + 3_620_000)],
    loading: false,
  });
  assert.is(wholeAxis(later.run!).to, 3620);
  assert.match(frameOf(later).join('\n'), / 40 .* min│/);
});

test('zooming stays inside of the axis that is shown, which is whole again when it is changed', () => {
  const keys = fc.array(fc.constantFrom('+', '-', '[', ']', 'w', '0'), { maxLength: 12 });
  fc.assert(
    fc.property(keys, (pressed) => {
      const { run } = pressing(opened(), ...pressed);
      const { to } = wholeAxis(run!);
      assert.ok(run!.window === null || (run!.window.from >= 0 && run!.window.to <= to + 1e-9));
      if (pressed.at(-1) === 'w') assert.is(run!.window, null);
    }),
  );
});

function opened() {
  return after(
    pressing(freshSession({ columns: 100, rows: 30 }), '2'),
    { kind: 'opened', folder: recordedFolder, brief: recordedBrief },
    { kind: 'events', folder: recordedFolder, events: recordedEvents({ done: 5 }), loading: false },
  );
}

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
