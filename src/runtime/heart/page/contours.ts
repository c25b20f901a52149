/** A closed line around pixels, in pixels: the middle of the first pixel is at 0.5, 0.5. */
export type Outline = readonly (readonly [x: number, y: number])[];

/**
 * The lines between a region and what is not of it, half-way between the middles of pixels (marching squares). Parts and holes
 * have a line each; pixels that touch at a corner are apart.
 */
export function outlinesOf(region: Uint8Array, rows: number, columns: number): readonly Outline[] {
  const at = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < rows && column < columns ? region[row * columns + column]! : 0;
  const next = new Map<string, (readonly [number, number])[]>();
  for (let row = -1; row < rows; row += 1) {
    for (let column = -1; column < columns; column += 1) {
      const corners =
        8 * at(row, column) + 4 * at(row, column + 1) + 2 * at(row + 1, column + 1) + at(row + 1, column);
      for (const [from, to] of steps[corners]!) {
        const start = pointOn(from, row, column);
        const key = start.join();
        next.set(key, [...(next.get(key) ?? []), pointOn(to, row, column)]);
      }
    }
  }
  const outlines: Outline[] = [];
  for (const [key, ends] of next) {
    while (ends.length > 0) {
      const outline = [ends.pop()!];
      for (let place = outline[0]!.join(); place !== key; place = outline.at(-1)!.join())
        outline.push(next.get(place)!.pop()!);
      outlines.push(outline);
    }
  }
  return outlines;
}

/** Sides of a square of four pixels: above, right, below, left. */
type Side = 'a' | 'r' | 'b' | 'l';

/** Lines through a square, the region to their left, by which of its pixels (8, 4, 2, 1 clockwise) are of the region. */
const steps: readonly (readonly (readonly [Side, Side])[])[] = [
  [],
  [['b', 'l']],
  [['r', 'b']],
  [['r', 'l']],
  [['a', 'r']],
  [
    ['a', 'r'],
    ['b', 'l'],
  ],
  [['a', 'b']],
  [['a', 'l']],
  [['l', 'a']],
  [['b', 'a']],
  [
    ['l', 'a'],
    ['r', 'b'],
  ],
  [['r', 'a']],
  [['l', 'r']],
  [['b', 'r']],
  [['l', 'b']],
  [],
];

function pointOn(side: Side, row: number, column: number): readonly [number, number] {
  // The square's first pixel has its middle at column + 0.5, row + 0.5.
  switch (side) {
    case 'a':
      return [column + 1, row + 0.5];
    case 'r':
      return [column + 1.5, row + 1];
    case 'b':
      return [column + 1, row + 1.5];
    case 'l':
      return [column + 0.5, row + 1];
  }
}

/** Outlines as the data of an SVG path: curves through the middles of their sides, so that no stairs show. */
export function pathOf(
  outlines: readonly Outline[],
  place: (point: readonly [number, number]) => readonly [number, number],
): string {
  const text = (point: readonly [number, number]) =>
    place(point)
      .map((value) => value.toFixed(1))
      .join(' ');
  return outlines
    .map((outline) => {
      const middles = outline.map(([x, y], index) => {
        const [nextX, nextY] = outline[(index + 1) % outline.length]!;
        return [(x + nextX) / 2, (y + nextY) / 2] as const;
      });
      const curves = outline.map((point, index) => `Q${text(point)} ${text(middles[index]!)}`);
      return `M${text(middles.at(-1)!)}${curves.join('')}Z`;
    })
    .join('');
}
