import type { Box, Outline } from '../diagram/outline.ts';

/** A rectangle: its middle and its sizes, in pixels of the drawing. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The left branch goes down the resolutions, the right one back up; heads of the right branch stand beside it. */
export type Side = 'left' | 'right' | 'head';

/** A box with the branch and the row that it stands in. */
export interface Seat {
  readonly side: Side;
  /** Row of its resolution, the finest first. */
  readonly row: number;
}

/** A resolution of the network. */
export interface Row {
  /** `128×112`. */
  readonly name: string;
  readonly top: number;
  readonly bottom: number;
}

export interface Placement {
  readonly seats: readonly Seat[];
  /** Of each box: from the top of the drawing; `x` counts columns until the gutters between them are known. */
  readonly middles: readonly number[];
  /** Boxes of each branch from top to bottom. */
  readonly stacks: Readonly<Record<Side, readonly number[]>>;
  readonly rows: readonly Row[];
}

const gap = 26;
const rowPadding = 20;

/**
 * Puts each box into a branch and a row: rows are resolutions, the left branch runs down and the right one up, so that a
 * network that halves and doubles becomes a U and one that only halves a column.
 */
export function placeBoxes({ boxes, arrows }: Outline, heights: readonly number[], top: number): Placement {
  const sources = boxes.map((_, index) => arrows.filter(({ to }) => to === index).map(({ from }) => from));
  const sizes = gridSizes(boxes, sources);
  const areas = [...new Map(sizes.map(([height, width]) => [`${height}×${width}`, height * width]))].sort(
    (a, b) => b[1] - a[1],
  );
  const rowOf = (index: number) => areas.findIndex(([name]) => name === sizes[index]!.join('×'));
  const feeds = new Set(arrows.map(({ from }) => from));
  const climbs: boolean[] = [];
  const seats: Seat[] = [];
  for (const [index, box] of boxes.entries()) {
    const before = sources[index]!;
    const area = (of: number) => sizes[of]![0] * sizes[of]![1];
    const head = box.kind === 'head' && !feeds.has(index);
    const above = before.some((from) => climbs[from]!);
    climbs.push(above || (!head && before.some((from) => area(index) > area(from))));
    if (!head) seats.push({ side: climbs[index]! ? 'right' : 'left', row: rowOf(index) });
    // Heads of the left branch stand at its foot, those of the right branch beside what they read.
    else if (!above) seats.push({ side: 'left', row: areas.length - 1 });
    else seats.push({ side: 'head', row: Math.min(...before.map((from) => seats[from]!.row)) });
  }
  const middles: number[] = boxes.map(() => top);
  const stacks: Record<Side, number[]> = { left: [], right: [], head: [] };
  const rows: Row[] = [];
  let start = top;
  for (const [row, [name]] of areas.entries()) {
    const members = (side: Side) =>
      boxes.flatMap((_, index) => (seats[index]!.side === side && seats[index]!.row === row ? [index] : []));
    const left = members('left');
    const feet = left.filter((index) => boxes[index]!.kind === 'head' && !feeds.has(index));
    const order: Record<Side, readonly number[]> = {
      left: [...left.filter((index) => !feet.includes(index)), ...feet],
      right: members('right').reverse(),
      head: members('head'),
    };
    const placed = new Set<number>();
    const ends = (['left', 'right', 'head'] as const).map((side) => {
      let cursor = start + rowPadding;
      for (const index of order[side]) {
        const half = heights[index]! / 2;
        const beside = side === 'left' ? [] : sources[index]!.filter((from) => placed.has(from));
        const wished = beside.filter((from) => seats[from]!.side !== side).map((from) => middles[from]!);
        middles[index] = Math.max(cursor + half, ...wished.slice(0, 1));
        cursor = middles[index]! + half + gap;
      }
      for (const index of order[side]) placed.add(index);
      stacks[side].push(...order[side]);
      return cursor - gap + rowPadding;
    });
    const bottom = Math.max(start + 2 * rowPadding, ...ends);
    rows.push({ name, top: start, bottom });
    start = bottom;
  }
  return { seats, middles, stacks, rows };
}

/** Height and width of the grid that each box works on; what has no grid stays on that of what it reads. */
function gridSizes(
  boxes: readonly Box[],
  sources: readonly (readonly number[])[],
): readonly (readonly [number, number])[] {
  const sizes: (readonly [number, number])[] = [];
  for (const [index, { shape }] of boxes.entries()) {
    const [height, width] = shape;
    const before = sources[index]!.map((from) => sizes[from]!);
    const flat = shape.length < 3 || (height === 1 && width === 1);
    sizes.push(flat ? (before.sort((a, b) => a[0] * a[1] - b[0] * b[1])[0] ?? [1, 1]) : [height!, width!]);
  }
  return sizes;
}
