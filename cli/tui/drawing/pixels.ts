import type { Planes } from '../../../src/runtime/index.ts';
import type { Rgb } from '../theme/colours.ts';

/** A picture on the screen: where, over how many cells, and its pixels. */
export interface Placement {
  /** From 0 on. */
  readonly row: number;
  readonly column: number;
  readonly columns: number;
  readonly rows: number;
  readonly picture: Pixels;
}

/** Red, green and blue bytes, row by row. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** The pixels of planes with what their masks say mixed in; `light` null leaves the image as it is. */
export function pixelsOf(
  { height, width, grey, truth, prediction }: Planes,
  light: ((verdict: 'correct' | 'missed' | 'false') => Rgb) | null,
): Pixels {
  const data = new Uint8Array(3 * height * width);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    const [real, guess] = [truth[pixel] !== 0, prediction[pixel] !== 0];
    const verdict = real && guess ? 'correct' : real ? 'missed' : guess ? 'false' : null;
    const colour = verdict === null || light === null ? null : light(verdict);
    for (let channel = 0; channel < 3; channel += 1) {
      const base = grey[pixel]!;
      data[3 * pixel + channel] = colour === null ? base : Math.round(0.3 * base + 0.7 * colour[channel]!);
    }
  }
  return { height, width, data };
}
