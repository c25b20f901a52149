import { type Septum, septumOf } from './insertion.ts';
import { angleOf, average, centreOf, type HeartSlice, type Point, pixelsOf, turned } from './slice.ts';
import { rayLengths } from './wall.ts';

/** A segment of the left ventricle's wall, as the American Heart Association numbers sixteen (Cerqueira et al. 2002). */
export interface HeartSegment {
  /** 1 to 16: six at the base from the anterior one on, six in the middle, four at the apex. */
  readonly segment: number;
  readonly pixels: number;
  /** Along rays from the middle of the cavity; null where the pixels' size is not known. */
  readonly wallMm: number | null;
  /** Of the image's values in the muscle, milliseconds in a T1 map, with their standard deviation. */
  readonly mean: number;
  readonly deviation: number;
}

/** What the segments were counted from. */
export interface SegmentsBasis {
  /** How the septum was found: from both insertion points, or, where the ventricles touch nowhere, from the middle of the right one. */
  readonly septum: 'insertion points' | 'middle of the right ventricle';
  /** Of `slices` slices those that show the septum themselves; the others take it from the nearest that does. */
  readonly shown: number;
  /** One is taken for a slice of the middle third. */
  readonly slices: number;
  /** What says where the front of the patient is: the file, or, where it does not, the top of the image is taken for it. */
  readonly front: 'file' | 'top of the image';
}

/** The sixteen segments with what they were counted from, or why there are none. */
export type SegmentsResult =
  | { readonly segments: readonly HeartSegment[]; readonly basis: SegmentsBasis }
  | { readonly reason: string };

/** Indices of structures. Without a left cavity its middle is that of the muscle. */
export interface SegmentStructures {
  readonly muscle: number;
  readonly left: number | null;
  readonly right: number;
}

/** Rays to the full turn. */
const rays = 360;
/** The width of the septum where the insertion points are not known: two of six segments. */
const usualSeptum = (2 * Math.PI) / 3;
/** Below this share of a millimetre per millimetre, front and back cannot be told. */
const clearlyForward = 0.1;

interface Level {
  readonly slice: HeartSlice;
  readonly middle: Point;
  /** 0 at the base, 1 in the middle, 2 at the apex. */
  readonly level: number;
}

/**
 * The sixteen segments of short-axis slices. Slices that show muscle around the cavity are dealt to base, middle and apex
 * in equal thirds, the base where the cavity is larger; muscle without a cavity is the cap, which the sixteen leave out. An image of
 * one slice alone, as most T1 maps are, is taken for one of the middle, where they are prescribed. The
 * septum between the insertion points of the right ventricle is halved into segments 2 and 3 (8 and 9), the rest of the ring
 * quartered; at the apex a quarter around the middle of the septum is segment 14. Which end of the septum is anterior says
 * the place of the image in the patient.
 */
export function heartSegments(slices: readonly HeartSlice[], structures: SegmentStructures): SegmentsResult {
  const { muscle, left, right } = structures;
  const shown = slices.flatMap((slice) => {
    const ring = slice.regions[muscle]!;
    const middle = centreOf(slice, slice.regions[left ?? muscle]!);
    return middle === null || pixelsOf(ring) === 0 ? [] : [{ slice, middle }];
  });
  if (shown.length < 3 && !(slices.length === 1 && shown.length === 1))
    return {
      reason: `base, middle and apex need three slices with muscle and cavity, and there are ${shown.length}`,
    };
  const levels = fromBase(shown, left ?? muscle);
  const found = levels.map(({ slice, middle }) =>
    septumOf(slice, middle, slice.regions[muscle]!, slice.regions[right]!),
  );
  const touching = found.some((septum) => septum !== null);
  const septa = touching ? found : levels.map(({ slice, middle }) => centralSeptum(slice, middle, right));
  const own = septa.filter((septum) => septum !== null).length;
  if (own === 0) return { reason: 'the right ventricle is in none of the slices with muscle' };
  const first = septa.find((septum) => septum !== null)!;
  const sense = senseOf(levels[0]!.slice, (first.start + first.end) / 2);
  if (sense === null)
    return {
      reason: 'the septum lies where the front of the patient is neither to its left nor to its right',
    };
  const segments = new Map<number, Gathered>();
  for (const [place, level] of levels.entries()) {
    const septum = nearest(septa, place);
    gather(level, muscle, (angle) => segmentOf(level.level, angle, septum, sense.turn), segments);
  }
  return {
    segments: [...segments]
      .sort(([one], [other]) => one - other)
      .map(([segment, all]) => summary(segment, all)),
    basis: {
      septum: touching ? 'insertion points' : 'middle of the right ventricle',
      shown: own,
      slices: levels.length,
      front: sense.front,
    },
  };
}

/** The slices from the base to the apex with their thirds. */
function fromBase(shown: readonly Omit<Level, 'level'>[], cavity: number): readonly Level[] {
  if (shown.length === 1) return shown.map((one) => ({ ...one, level: 1 }));
  const third = Math.floor(shown.length / 3);
  const area = (own: readonly Omit<Level, 'level'>[]) =>
    own.reduce((sum, { slice }) => sum + pixelsOf(slice.regions[cavity]!), 0);
  const ordered = area(shown.slice(0, third)) >= area(shown.slice(-third)) ? shown : [...shown].reverse();
  return ordered.map((one, place) => ({
    ...one,
    level: Math.min(2, Math.floor((3 * place) / shown.length)),
  }));
}

/** A septum of the usual width around the direction of the right ventricle's middle. */
function centralSeptum(slice: HeartSlice, middle: Point, right: number): Septum | null {
  const other = centreOf(slice, slice.regions[right]!);
  if (other === null) return null;
  const angle = angleOf(slice, middle, other);
  return { start: angle - usualSeptum / 2, end: angle + usualSeptum / 2 };
}

/** That of the slice itself, or of the nearest that shows one. */
function nearest(septa: readonly (Septum | null)[], place: number): Septum {
  const [found] = septa
    .flatMap((septum, index) => (septum === null ? [] : [{ septum, away: Math.abs(index - place) }]))
    .sort((one, other) => one.away - other.away);
  return found!.septum;
}

/** Whether angles grow (1) or shrink (-1) from the septum's middle towards the front; null where neither is clear. */
function senseOf(
  { front }: HeartSlice,
  septum: number,
): { readonly turn: 1 | -1; readonly front: SegmentsBasis['front'] } | null {
  const [down, across] = front ?? [-1, 0];
  const side = -Math.sin(septum) * across + Math.cos(septum) * down;
  if (Math.abs(side) < clearlyForward) return null;
  return { turn: side > 0 ? 1 : -1, front: front === null ? 'top of the image' : 'file' };
}

/** The segment of an angle of a third: 0 base, 1 middle, 2 apex. */
export function segmentOf(level: number, angle: number, { start, end }: Septum, turn: 1 | -1): number {
  if (level === 2) {
    // From the septum towards the front: septal 14, anterior 13, lateral 16, inferior 15.
    const quarter = turned((angle - (start + end) / 2) * turn + Math.PI / 4) / (Math.PI / 2);
    return [14, 13, 16, 15][Math.floor(quarter) % 4]!;
  }
  const width = end - start;
  // From the posterior end of the septum towards the front.
  const along = turned(turn === 1 ? angle - start : end - angle);
  if (along < width) return 6 * level + (along < width / 2 ? 3 : 2);
  const rest = Math.floor((4 * (along - width)) / (2 * Math.PI - width));
  return 6 * level + [1, 6, 5, 4][Math.min(3, rest)]!;
}

interface Gathered {
  readonly values: number[];
  readonly lengths: number[];
}

/** Adds a slice's muscle to its segments: the values of its pixels, and its thickness along rays. */
function gather(
  { slice, middle }: Level,
  muscle: number,
  segment: (angle: number) => number,
  segments: Map<number, Gathered>,
): void {
  const ring = slice.regions[muscle]!;
  const of = (number: number) => {
    const found = segments.get(number) ?? { values: [], lengths: [] };
    segments.set(number, found);
    return found;
  };
  for (let pixel = 0; pixel < ring.length; pixel += 1) {
    if (ring[pixel] !== 1) continue;
    const point = [Math.floor(pixel / slice.columns), pixel % slice.columns] as const;
    of(segment(angleOf(slice, middle, point))).values.push(slice.image[pixel]!);
  }
  if (slice.spacing === null) return;
  for (const [ray, length] of rayLengths(slice, ring, middle, rays).entries())
    if (length > 0) of(segment((2 * Math.PI * ray) / rays)).lengths.push(length);
}

function summary(segment: number, { values, lengths }: Gathered): HeartSegment {
  const mean = average(values);
  return {
    segment,
    pixels: values.length,
    wallMm: lengths.length === 0 ? null : average(lengths),
    mean,
    deviation: Math.sqrt(average(values.map((value) => (value - mean) ** 2))),
  };
}
