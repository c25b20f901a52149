import type { Grid, Size } from '../../../images/grid.ts';

type Point = readonly [column: number, row: number];

/** An outline: a point per line, column and row, in pixels. Null where the text is no outline. */
export function parseContour(text: string): readonly Point[] | null {
  const points = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line): Point => {
      const [column, row] = line.trim().split(/\s+/).map(Number);
      return [column ?? Number.NaN, row ?? Number.NaN];
    });
  return points.length >= 3 && points.flat().every(Number.isFinite) ? points : null;
}

/** Values of the masks that outlines become, as ACDC numbers them. */
export const outlined = { myocardium: 2, left_ventricle: 3 } as const;

/** What lies between the outlines is muscle, what lies within the inner is the cavity. */
export function maskOfContours(
  inner: readonly Point[],
  outer: readonly Point[],
  { height, width }: Size,
): Grid {
  const values = new Float32Array(height * width);
  fillPolygon(values, width, height, outer, outlined.myocardium);
  fillPolygon(values, width, height, inner, outlined.left_ventricle);
  return { height, width, channels: 1, values };
}

/** Pixels whose centres lie within, by the even-odd rule. */
function fillPolygon(
  values: Float32Array,
  width: number,
  height: number,
  points: readonly Point[],
  value: number,
): void {
  for (let row = 0; row < height; row += 1) {
    const crossings = points
      .flatMap(([column, from], index): number[] => {
        const [nextColumn, to] = points[(index + 1) % points.length]!;
        if (from <= row === to <= row) return [];
        return [column + ((row - from) / (to - from)) * (nextColumn - column)];
      })
      .sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const last = Math.min(width - 1, Math.ceil(crossings[pair + 1]!) - 1);
      for (let column = Math.max(0, Math.ceil(crossings[pair]!)); column <= last; column += 1) {
        values[row * width + column] = value;
      }
    }
  }
}
