import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { themeOf } from '../../cli/tui/theme/theme.ts';
import { chart } from '../../cli/tui/widgets/chart/chart.ts';
import type { Chart, Point } from '../../cli/tui/widgets/chart/series.ts';

const plain = themeOf(1);

function drawn(points: readonly Point[], more: Partial<Chart> = {}, width = 40, height = 12): string[] {
  const series = [{ role: 'train' as const, points, joined: true, mark: null }];
  return chart(
    plain,
    { series, reference: null, x: { from: 0, to: 10, label: 'epoch' }, ...more },
    width,
    height,
  );
}

const line = Array.from({ length: 11 }, (_, x) => ({ x, y: x / 10 }));

const test = suite('chart');

test('every line is exactly as wide as asked', () => {
  for (const width of [16, 40, 79, 118]) {
    for (const height of [5, 12, 30]) {
      const lines = drawn(line, {}, width, height);
      assert.is(lines.length, height);
      for (const text of lines) assert.is([...text].length, width, `«${text}»`);
    }
  }
});

test('a rising line rises', () => {
  const lines = drawn(line).slice(0, -2);
  const firstDot = lines.map((text) => text.search(/[\u2801-\u28ff]/));
  for (let row = 1; row < firstDot.length; row += 1) assert.ok(firstDot[row]! < firstDot[row - 1]!);
});

test('NaN and infinities do not poison the range', () => {
  const broken = [...line, { x: 4.5, y: Infinity }, { x: 5.5, y: NaN }, { x: 6.5, y: -Infinity }];
  const labels = (lines: string[]) => lines.map((text) => text.slice(0, 6));
  assert.equal(labels(drawn(broken)), labels(drawn(line)));
});

test('a NaN interrupts the line instead of being bridged', () => {
  const flat = Array.from({ length: 11 }, (_, x) => ({ x, y: x === 5 ? NaN : 1 }));
  const row = drawn(flat).find((text) => /[\u2801-\u28ff]/.test(text))!;
  assert.match(row, /[\u2801-\u28ff]+ +[\u2801-\u28ff]+/);
});

test('a constant gets a range', () => {
  const lines = drawn([0, 5, 10].map((x) => ({ x, y: 0.5 })));
  assert.ok(lines.some((text) => text.includes('0.5')));
});

test('without any finite value it says so', () => {
  assert.match(drawn([]).join('\n'), /no values yet/);
  assert.match(drawn([{ x: 1, y: NaN }]).join('\n'), /no values yet/);
});

test('a reference is dashed, named, and inside the range', () => {
  const lines = drawn(line, { reference: { y: 1.5, label: 'paper 1.5' } });
  assert.match(lines.slice(0, 2).join('\n'), /╌ ╌.*paper 1\.5/);
});

test('marks stand where the points are', () => {
  const series = [{ role: 'heldOut' as const, points: line, joined: false, mark: 'o' }];
  const lines = drawn([], { series });
  assert.is(lines.join('').split('o').length - 1, 12, 'eleven points, and one letter of "epoch"');
});

test('very many points are drawn as their means', () => {
  const noisy = Array.from({ length: 20_000 }, (_, index) => ({ x: index / 2000, y: index % 2 }));
  const middle = drawn(noisy, {}, 40, 12).filter((text) => /[\u2801-\u28ff]/.test(text));
  assert.ok(middle.length <= 2, 'a noise of two values averages to a flat line');
});

test.run();
