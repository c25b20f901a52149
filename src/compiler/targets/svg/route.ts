import type { Arrow } from '../diagram/outline.ts';
import type { Place, Placement, Side } from './place.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Boxes with their places and arrows with their corners. */
export interface Routed {
  readonly places: readonly Place[];
  /** Of each arrow, from the border of one box to the border of another. */
  readonly lines: readonly (readonly Point[])[];
  /** Where the rightmost box or lane ends. */
  readonly right: number;
}

type Gutter = 'west' | 'middle' | 'east';
type Border = 'west' | 'east';

/** How an arrow runs: straight to a neighbour, under the right branch into its foot, by a lane of a gutter, over the top. */
type Way =
  | { readonly kind: 'straight' }
  | { readonly kind: 'foot' }
  | { readonly kind: 'lane'; readonly gutter: Gutter; readonly leaves: Border; readonly enters: Border }
  | { readonly kind: 'over' };

const laneWidth = 11;
const gutterEdge = 18;

/**
 * Arrows run only where no box can be: between neighbours of a stack, and along lanes of the gutters between stacks.
 * Two arrows share no lane at one height.
 */
export function routeArrows(
  arrows: readonly Arrow[],
  { seats, middles, stacks }: Placement,
  sizes: readonly { readonly width: number; readonly height: number }[],
  start: Point,
): Routed {
  const ways = chooseWays(arrows, { seats, middles, stacks, rows: [] }, sizes);
  const ports = choosePorts(arrows, ways, middles, sizes);
  const lanes = { west: new Lanes(), middle: new Lanes(), east: new Lanes() };
  const laneOf = new Map<number, readonly number[]>();
  const spans = arrows.map((_, index) => [ports.leave[index]!, ports.enter[index]!] as const);
  const shortest = arrows.map((_, index) => index).sort((a, b) => length(spans[a]!) - length(spans[b]!));
  for (const index of shortest) {
    const way = ways[index]!;
    const [from, to] = spans[index]!;
    if (way.kind === 'lane' && (way.gutter === 'west' || Math.abs(from - to) > 0.5 || sameSide(index)))
      laneOf.set(index, [lanes[way.gutter].take(from, to)]);
    if (way.kind === 'over')
      laneOf.set(index, [lanes.middle.take(start.y, from), lanes.east.take(start.y, to)]);
  }
  function sameSide(index: number): boolean {
    return seats[arrows[index]!.from]!.side === seats[arrows[index]!.to]!.side;
  }
  const widths: Record<Side, number> = { left: 0, right: 0, head: 0 };
  for (const [index, { side }] of seats.entries()) widths[side] = Math.max(widths[side], sizes[index]!.width);
  const gutter = (name: Gutter, least: number) =>
    Math.max(least, 2 * gutterEdge + lanes[name].count * laneWidth);
  const west = lanes.west.count === 0 ? 0 : gutterEdge + lanes.west.count * laneWidth;
  const left = start.x + west;
  const middle = left + widths.left;
  const right = middle + (stacks.right.length === 0 ? 0 : gutter('middle', 72));
  const east = right + widths.right;
  const heads = east + (stacks.head.length === 0 ? 0 : gutter('east', 56));
  const columns: Record<Side, number> = { left, right, head: heads };
  const places = seats.map(({ side }, index) => ({
    x: columns[side] + widths[side] / 2,
    y: middles[index]!,
    width: widths[side],
    height: sizes[index]!.height,
  }));
  const laneX: Record<Gutter, (lane: number) => number> = {
    west: (lane) => left - gutterEdge - lane * laneWidth,
    middle: (lane) => middle + gutterEdge + (lane + 0.5) * laneWidth,
    east: (lane) => east + gutterEdge + (lane + 0.5) * laneWidth,
  };
  const lineOf = ({ from, to }: Arrow, index: number): readonly Point[] => {
    const a = places[from]!;
    const b = places[to]!;
    const way = ways[index]!;
    const leave = ports.leave[index]!;
    const enter = ports.enter[index]!;
    const at = (place: Place, border: Border) => place.x + (border === 'west' ? -1 : 1) * (place.width / 2);
    const taken = laneOf.get(index);
    switch (way.kind) {
      case 'straight': {
        const down = b.y > a.y ? 1 : -1;
        return [
          { x: a.x, y: a.y + (down * a.height) / 2 },
          { x: b.x, y: b.y - (down * b.height) / 2 },
        ];
      }
      case 'foot':
        return [
          { x: at(a, 'east'), y: leave },
          { x: b.x, y: leave },
          { x: b.x, y: b.y + b.height / 2 },
        ];
      case 'over': {
        const [first, second] = [laneX.middle(taken![0]!), laneX.east(taken![1]!)];
        return [
          { x: at(a, 'east'), y: leave },
          { x: first, y: leave },
          { x: first, y: start.y },
          { x: second, y: start.y },
          { x: second, y: enter },
          { x: at(b, 'west'), y: enter },
        ];
      }
      case 'lane': {
        const ends = [
          { x: at(a, way.leaves), y: leave },
          { x: at(b, way.enters), y: enter },
        ] as const;
        if (taken === undefined) return ends;
        const x = laneX[way.gutter](taken[0]!);
        return [ends[0], { x, y: leave }, { x, y: enter }, ends[1]];
      }
    }
  };
  const lines = arrows.map(lineOf);
  const ends = [middle, east, heads + widths.head, laneX.east(lanes.east.count)];
  return { places, lines, right: Math.max(...ends) };
}

function chooseWays(
  arrows: readonly Arrow[],
  { seats, middles, stacks }: Placement,
  sizes: readonly { readonly height: number }[],
): readonly Way[] {
  const foot = stacks.right.at(-1);
  let footTaken = false;
  return arrows.map(({ from, to }): Way => {
    const a = seats[from]!.side;
    const b = seats[to]!.side;
    if (a === b) {
      const step = stacks[a].indexOf(to) - stacks[a].indexOf(from);
      if (step === (a === 'right' ? -1 : 1)) return { kind: 'straight' };
      return a === 'left'
        ? { kind: 'lane', gutter: 'west', leaves: 'west', enters: 'west' }
        : { kind: 'lane', gutter: 'east', leaves: 'east', enters: 'east' };
    }
    if (b === 'head' && a === 'left') return { kind: 'over' };
    if (b === 'head') return { kind: 'lane', gutter: 'east', leaves: 'east', enters: 'west' };
    const below = to === foot && middles[from]! > middles[to]! + sizes[to]!.height / 2 + 14;
    if (below && !footTaken) {
      footTaken = true;
      return { kind: 'foot' };
    }
    return { kind: 'lane', gutter: 'middle', leaves: 'east', enters: 'west' };
  });
}

/** Heights at which arrows leave and enter: those of one border are spread along it, in the order of their other ends. */
function choosePorts(
  arrows: readonly Arrow[],
  ways: readonly Way[],
  middles: readonly number[],
  sizes: readonly { readonly height: number }[],
): { readonly leave: readonly number[]; readonly enter: readonly number[] } {
  const leave = arrows.map(({ from }) => middles[from]!);
  const enter = arrows.map(({ to }) => middles[to]!);
  const ends = arrows.flatMap(({ from, to }, index) => {
    const way = ways[index]!;
    if (way.kind === 'straight') return [];
    const out = { box: from, border: way.kind === 'lane' ? way.leaves : 'east', other: middles[to]! };
    const into = { box: to, border: way.kind === 'lane' ? way.enters : 'west', other: middles[from]! };
    return [
      {
        ...out,
        set: (y: number) => {
          leave[index] = y;
        },
      },
      ...(way.kind === 'foot'
        ? []
        : [
            {
              ...into,
              set: (y: number) => {
                enter[index] = y;
              },
            },
          ]),
    ];
  });
  for (const box of middles.keys()) {
    for (const border of ['west', 'east'] as const) {
      const here = ends
        .filter((end) => end.box === box && end.border === border)
        .sort((a, b) => a.other - b.other);
      const step = Math.min(12, (sizes[box]!.height - 12) / Math.max(1, here.length - 1));
      for (const [place, end] of here.entries())
        end.set(middles[box]! + (place - (here.length - 1) / 2) * step);
    }
  }
  return { leave, enter };
}

function length([from, to]: readonly [number, number]): number {
  return Math.abs(from - to);
}

/** The lanes of a gutter; each holds arrows at heights that do not meet. */
class Lanes {
  private readonly taken: (readonly [number, number])[][] = [];

  /** The first lane that is free between two heights. */
  take(one: number, other: number): number {
    const [low, high] = [Math.min(one, other) - 4, Math.max(one, other) + 4];
    const free = this.taken.findIndex((lane) => lane.every(([a, b]) => b < low || a > high));
    const lane = free === -1 ? this.taken.push([]) - 1 : free;
    this.taken[lane]!.push([low, high]);
    return lane;
  }

  get count(): number {
    return this.taken.length;
  }
}
