import type { Rgb } from './colours.ts';

/** The brightness of the six steps of red, green and blue from which 216 of the 256 colours are mixed: those of xterm. */
const steps = [0, 95, 135, 175, 215, 255] as const;

/** The colour among the 256 that terminals have in common that is nearest: one of 216 mixed ones (16 to 231) or 24 greys (232 to 255). */
export function indexed(rgb: Rgb): number {
  const places = rgb.map((value) => nearest(steps, value)) as unknown as Rgb;
  const [red, green, blue] = places;
  const cube: Rgb = [steps[red]!, steps[green]!, steps[blue]!];
  const mean = (rgb[0] + rgb[1] + rgb[2]) / 3;
  // Greys are 8, 18, … 238.
  const step = Math.max(0, Math.min(23, Math.round((mean - 8) / 10)));
  const level = 8 + 10 * step;
  return distance(rgb, [level, level, level]) < distance(rgb, cube)
    ? 232 + step
    : 16 + 36 * red + 6 * green + blue;
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce(
    (best, value, index) => (Math.abs(value - wanted) < Math.abs(values[best]! - wanted) ? index : best),
    0,
  );
}

function distance(one: Rgb, other: Rgb): number {
  return one.reduce((sum, value, channel) => sum + (value - other[channel]!) ** 2, 0);
}
