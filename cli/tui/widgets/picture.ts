import type { Planes, Preview } from '../../../src/runtime/index.ts';
import { line } from '../drawing/lines.ts';
import type { Rgb } from '../theme/colours.ts';
import type { Theme } from '../theme/theme.ts';
import type { Overlay } from './overlay.ts';
import { type Box, heartBox, judge, planesFrom, type Verdict } from './planes.ts';

/** Letters for terminals and eyes without colour. */
export const verdictLetters = { correct: '#', missed: '-', false: '+' } as const;

/** One area of the picture: its mean grey, and what its masks say. */
interface Sample {
  readonly grey: number;
  readonly verdict: Verdict;
}

/**
 * A validation image with its masks as at most `height` lines of exactly `width` characters. With colours every
 * character is two pixels, upper and lower; with letters it is one.
 */
export function picture(
  theme: Theme,
  given: Preview | Planes,
  options: {
    readonly width: number;
    readonly height: number;
    readonly zoom: boolean;
    readonly overlay: Overlay;
    /** What the heart is looked for in; the image itself where it is left out. */
    readonly around?: Planes;
  },
): string[] {
  const image = planesFrom(given);
  if (image === null) return [line(theme, [['quiet', 'the picture is damaged']], options.width)];
  const letters = theme.depth < 8 || theme.ascii || options.overlay === 'letters';
  const box = options.zoom
    ? heartBox(options.around ?? image)
    : { top: 0, left: 0, height: image.height, width: image.width };
  // A character is about twice as high as wide: two square pixels when halved, one tall pixel when not.
  const scale = Math.min((options.height * 2) / box.height, options.width / box.width);
  const columns = Math.max(1, Math.min(options.width, Math.round(box.width * scale)));
  const rows = Math.max(1, Math.min(options.height, Math.round((box.height * scale) / 2)));
  const margin = ' '.repeat(Math.floor((options.width - columns) / 2));
  const rest = ' '.repeat(options.width - columns - margin.length);
  const samples = sample(image, box, letters ? rows : rows * 2, columns);
  return Array.from({ length: rows }, (_, row) => {
    const cells = letters
      ? samples[row]!.map((one) => letterCell(theme, one, options.overlay))
      : samples[2 * row]!.map((upper, column) =>
          halfBlock(theme, upper, samples[2 * row + 1]![column]!, options.overlay),
        );
    return margin + cells.join('') + rest;
  });
}

/** Means of grey over the areas that the rows and columns cut the box into; a mask counts where it fills half. */
function sample(image: Planes, box: Box, rows: number, columns: number): readonly (readonly Sample[])[] {
  const edge = (index: number, count: number, start: number, length: number) =>
    start + Math.floor((index * length) / count);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const top = edge(row, rows, box.top, box.height);
      const bottom = Math.max(top + 1, edge(row + 1, rows, box.top, box.height));
      const left = edge(column, columns, box.left, box.width);
      const right = Math.max(left + 1, edge(column + 1, columns, box.left, box.width));
      return area(image, top, bottom, left, right);
    }),
  );
}

function area(image: Planes, top: number, bottom: number, left: number, right: number): Sample {
  let [grey, truth, prediction] = [0, 0, 0];
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) {
      const index = row * image.width + column;
      grey += image.grey[index]!;
      truth += image.truth[index]!;
      prediction += image.prediction[index]!;
    }
  }
  const size = (bottom - top) * (right - left);
  return {
    grey: grey / size,
    verdict: judge(truth * 2 >= size ? 1 : 0, prediction * 2 >= size ? 1 : 0),
  };
}

function halfBlock(theme: Theme, upper: Sample, lower: Sample, overlay: Overlay): string {
  return theme.cell('▀', mix(theme, upper, overlay), mix(theme, lower, overlay));
}

function mix(theme: Theme, { grey, verdict }: Sample, overlay: Overlay): Rgb {
  const base = [grey, grey, grey] as const;
  if (verdict === 'none' || overlay === 'none') return round(base);
  const light = theme.light(verdict);
  return round([0, 1, 2].map((channel) => 0.3 * base[channel]! + 0.7 * light[channel]!));
}

function round(values: readonly number[]): Rgb {
  return values.map(Math.round) as unknown as Rgb;
}

const greyLetters = ' .:;';

/** Greys use faint dots, so that the letters of the masks stand out. */
function letterCell(theme: Theme, { grey, verdict }: Sample, overlay: Overlay): string {
  if (verdict !== 'none' && overlay !== 'none') return theme.paint(verdict, verdictLetters[verdict]);
  return theme.paint('quiet', greyLetters[Math.min(3, Math.floor((grey / 256) * 4))]!);
}
