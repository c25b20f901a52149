import { evenlyChosen, type Histogram } from '../../../src/runtime/index.ts';
import type { Area } from '../drawing/layout.ts';
import { fitted, justified, line, type Span } from '../drawing/lines.ts';
import { type NetworkState, weightsAt } from '../state/network.ts';
import type { Role } from '../theme/colours.ts';
import type { Theme } from '../theme/theme.ts';

const bars = [...'▁▂▃▄▅▆▇█'];
const labelWidth = 12;

/** How one weight of a layer and its gradients are distributed: a line for each epoch that was kept, all on the same axes. */
export function distributionLines(
  theme: Theme,
  { run, weight: index }: NetworkState,
  path: string,
  { width, height }: Area,
): readonly string[] {
  const rule = line(theme, [' ', ['frame', '─'.repeat(Math.max(0, width - 2))]], width);
  const names = run === null ? [] : weightsAt(run, path);
  const name = names[index % Math.max(1, names.length)];
  if (run === null || name === undefined) {
    return [rule, line(theme, [['quiet', ` ${path} has no weights`]], width)];
  }
  const all = run.distributions.flatMap(({ epoch, weights }) => {
    const found = weights.find(({ weight }) => weight === name);
    return found === undefined ? [] : [{ epoch, ...found }];
  });
  const shown = evenlyChosen(all, height - 3);
  const room = Math.floor((width - labelWidth - 3) / 2);
  const values = rangeOf(shown.map((one) => one.values));
  const gradients = rangeOf(shown.flatMap((one) => one.gradients ?? []));
  const still = shown.at(-1)?.still ?? 0;
  const lines = shown.map(({ epoch, ...one }) => {
    const spans: Span[] = [
      ['quiet', fitted(` epoch ${epoch}`, labelWidth)],
      ['train', barsOf(one.values, values, room)],
      '  ',
      ['heldOut', one.gradients === null ? ' '.repeat(room) : barsOf(one.gradients, gradients, room)],
    ];
    return line(theme, spans, width);
  });
  const weightsAxis = axis('weights', values, (value) => String(Number(value.toPrecision(2))), room, 'train');
  const gradientsAxis =
    gradients === null
      ? ([['quiet', fitted('no gradients are kept of it', room)]] as const)
      : axis('gradients, log', gradients, (value) => (10 ** value).toExponential(0), room, 'heldOut');
  return [
    rule,
    justified(
      theme,
      [
        ['title', ` ${name}`],
        ['quiet', ` · fold ${run.fold}`],
        ...(still === 0 ? [] : ([['warning', ` · ${still} sampled values without a gradient`]] as const)),
      ],
      [['quiet', names.length > 1 ? ` ${(index % names.length) + 1} of ${names.length} ` : ' ']],
      width,
    ),
    line(theme, [' '.repeat(labelWidth), ...weightsAxis, '  ', ...gradientsAxis], width),
    ...lines,
  ];
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(histograms: readonly Histogram[]): Range | null {
  if (histograms.length === 0) return null;
  return {
    low: Math.min(...histograms.map(({ low }) => low)),
    high: Math.max(...histograms.map(({ high }) => high)),
  };
}

/** The ends of a range, what is between them in the middle. */
function axis(
  word: string,
  range: Range | null,
  text: (value: number) => string,
  room: number,
  role: Role,
): readonly Span[] {
  const [low, high] = range === null ? ['', ''] : [text(range.low), text(range.high)];
  const middle = Math.max(0, room - low.length - high.length);
  const start = Math.max(0, Math.floor((middle - word.length) / 2));
  const between = fitted(' '.repeat(start) + word, middle);
  return [
    ['quiet', low],
    [role, between],
    ['quiet', high],
  ];
}

/** A histogram as bars over a range that may be wider than its own, the tallest full. */
function barsOf({ low, high, counts }: Histogram, range: Range | null, room: number): string {
  const heights = new Array<number>(room).fill(0);
  const { low: from, high: to } = range ?? { low, high };
  const span = Math.max(to - from, 1e-30);
  for (const [index, count] of counts.entries()) {
    const part = (high - low) / counts.length;
    const start = ((low + part * index - from) / span) * room;
    const end = ((low + part * (index + 1) - from) / span) * room;
    const first = Math.max(0, Math.min(room - 1, Math.floor(start)));
    const last = Math.max(first, Math.min(room - 1, Math.ceil(end) - 1));
    for (let column = first; column <= last; column += 1) {
      const share =
        end > start
          ? (Math.min(end, column + 1) - Math.max(start, column)) / (end - start)
          : 1 / (last - first + 1);
      heights[column]! += count * Math.max(0, share);
    }
  }
  const most = Math.max(...heights);
  return heights
    .map((value) => (value <= 0 ? ' ' : bars[Math.min(7, Math.floor((value / most) * 8))]!))
    .join('');
}
