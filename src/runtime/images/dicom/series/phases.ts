import type { MissingImage, VolumeFinding } from '../../formats/findings.ts';
import type { PlacedFrame } from './placed-frame.ts';
import type { SlicePlace } from './places.ts';

/** Images by phase and, within it, by place; all phases have all places. */
export interface PhaseOrder {
  readonly phases: readonly (readonly number[])[];
  readonly places: readonly SlicePlace[];
}

/** Why no phases can be told. */
export interface Disorder {
  readonly disorder: string;
}

/** Two images of one place and phase: whether their pixels are equal; null where that says nothing, for they are constant. */
export type Compare = (one: number, other: number) => boolean | null;

/**
 * One image per place and phase. Images that are there twice count once. Where some places lack phases, the images that
 * are left form the largest whole: phases that all places have, or places that have all phases.
 */
export function phasesOf(
  images: readonly PlacedFrame[],
  places: readonly SlicePlace[],
  compare: Compare,
  report: (finding: VolumeFinding) => void,
): PhaseOrder | Disorder {
  const path = (index: number) => images[index]!.origin.path;
  let own = places.map((place) => ({
    ...place,
    images: inTime(images, withoutCopies(images, place.images, compare, report)),
  }));
  if (!even(own)) {
    const single = own.filter((place) => place.images.length === 1).length > own.length / 2;
    own = own.map((place) => ({ ...place, images: latest(images, place.images, single, report) }));
  }
  const count = Math.max(...own.map((place) => place.images.length));
  if (even(own))
    return { phases: range(count).map((phase) => own.map((place) => place.images[phase]!)), places: own };

  const full = own.filter((place) => place.images.length === count);
  const slots = own.map((place) =>
    slotsOf(
      images,
      place.images,
      full.map((one) => one.images),
      count,
    ),
  );
  const unclear = slots.indexOf(null);
  if (unclear >= 0) {
    const { images: some, depth } = own[unclear]!;
    return {
      disorder: `its place at ${depth.toFixed(1)} mm has ${some.length} images, others have ${count}, and nothing says which are missing`,
    };
  }
  const whole = largestWhole(slots as readonly (readonly number[])[], count);
  const kept = new Set<number>();
  const phases = whole.phases.map((phase) =>
    whole.places.map((place) => {
      const image = own[place]!.images[slots[place]!.indexOf(phase)]!;
      kept.add(image);
      return image;
    }),
  );
  const missing = own.flatMap((place, index): MissingImage[] =>
    range(count)
      .filter((phase) => !slots[index]!.includes(phase))
      .map((phase) => ({
        depth: place.depth,
        phase: phase + 1,
        trigger: mean(full.map((one) => images[one.images[phase]!]!.frame.moment.trigger)),
        beside: path(place.images[0]!),
      })),
  );
  report({ kind: 'phases', path: missing[0]!.beside, missing, places: places.length, phases: count });
  for (const image of own.flatMap((place) => place.images)) {
    if (!kept.has(image))
      report({ kind: 'left out', path: path(image), reason: 'its place or its phase lacks other images' });
  }
  return { phases, places: whole.places.map((place) => own[place]!) };
}

function even(places: readonly SlicePlace[]): boolean {
  return new Set(places.map(({ images }) => images.length)).size === 1;
}

/** By what files say of time, and where they say nothing by their numbers. */
function inTime(images: readonly PlacedFrame[], own: readonly number[]): readonly number[] {
  return [...own].sort((a, b) => {
    const [one, other] = [images[a]!, images[b]!];
    for (const key of ['temporal', 'trigger', 'inversion', 'echo', 'acquisition'] as const) {
      const difference = (one.frame.moment[key] ?? 0) - (other.frame.moment[key] ?? 0);
      if (difference !== 0) return difference;
    }
    return one.facts.instance - other.facts.instance || a - b;
  });
}

/** Times that differ by less are one, ms. */
const sameTime = 0.01;

/** Whether two images of a place say the same of time. */
function sameMoment(one: PlacedFrame, other: PlacedFrame): boolean {
  return (['trigger', 'temporal', 'echo', 'inversion'] as const).every((key) => {
    const [a, b] = [one.frame.moment[key], other.frame.moment[key]];
    return a === b || (a !== null && b !== null && Math.abs(a - b) < sameTime);
  });
}

function withoutCopies(
  images: readonly PlacedFrame[],
  own: readonly number[],
  compare: Compare,
  report: (finding: VolumeFinding) => void,
): readonly number[] {
  const kept: number[] = [];
  for (const index of own) {
    const one = images[index]!;
    const original = kept.find((other) => {
      const before = images[other]!;
      if (!sameMoment(one, before)) return false;
      // A file with several frames does not hold one twice.
      if (one.origin.path === before.origin.path) return false;
      const equal = compare(index, other);
      const { sopInstance, instance } = before.facts;
      const named = one.facts.sopInstance === sopInstance || one.facts.instance === instance;
      return equal === true || (equal === null && named);
    });
    if (original === undefined) kept.push(index);
    else report({ kind: 'copy', path: one.origin.path, of: images[original]!.origin.path });
  }
  return kept;
}

/**
 * Of different images that say the same time, the one that was taken last: a measurement is repeated when it failed.
 * @param single whether most places have one image, so that no image is a phase
 */
function latest(
  images: readonly PlacedFrame[],
  own: readonly number[],
  single: boolean,
  report: (finding: VolumeFinding) => void,
): readonly number[] {
  const timed = own.every((index) => {
    const { trigger, temporal } = images[index]!.frame.moment;
    return trigger !== null || temporal !== null;
  });
  if (!timed && !single) return own;
  return own.filter((index, at) => {
    const again = own.slice(at + 1).find((other) => single || sameMoment(images[index]!, images[other]!));
    if (again === undefined) return true;
    report({
      kind: 'left out',
      path: images[index]!.origin.path,
      reason: `\`${images[again]!.origin.path}\` is another image of its place and phase, taken later`,
    });
    return false;
  });
}

/** Which phases the images of a place are, when some are missing; null where nothing says it. */
function slotsOf(
  images: readonly PlacedFrame[],
  own: readonly number[],
  full: readonly (readonly number[])[],
  count: number,
): readonly number[] | null {
  if (own.length === count) return range(count);
  if (count > mostPhases) return null;
  for (const key of ['temporal', 'trigger', 'inversion', 'echo'] as const) {
    const times = own.map((index) => images[index]!.frame.moment[key]);
    const reference = range(count).map((phase) =>
      mean(full.map((one) => images[one[phase]!]!.frame.moment[key])),
    );
    if (times.includes(null) || reference.includes(null)) continue;
    if (new Set(reference).size < count) continue;
    return nearest(times as readonly number[], reference as readonly number[]);
  }
  return slotsByNumber(images, own, full, count);
}

/** Instance numbers that count in the same way at every place; a missing number is of no file. */
function slotsByNumber(
  images: readonly PlacedFrame[],
  own: readonly number[],
  full: readonly (readonly number[])[],
  count: number,
): readonly number[] | null {
  const number = (index: number) => images[index]!.facts.instance;
  const offsets = range(count).map((phase) => number(full[0]![phase]!) - number(full[0]![0]!));
  const alike = full.every((one) =>
    one.every((index, phase) => number(index) - number(one[0]!) === offsets[phase]),
  );
  if (!alike || new Set(offsets).size < count) return null;
  const used = new Set(images.map(({ facts }) => facts.instance));
  const fits = offsets.flatMap((offset) => {
    const base = number(own[0]!) - offset;
    const slots = own.map((index) => offsets.indexOf(number(index) - base));
    const free = offsets.every((one, slot) => slots.includes(slot) || !used.has(base + one));
    return slots.includes(-1) || !free ? [] : [slots];
  });
  return fits.length === 1 ? fits[0]! : null;
}

/** More phases than any heart was imaged in are not sorted out where some are missing. */
const mostPhases = 1000;

/** Rising times matched to rising reference times, each to another one, with the least squared differences in sum. */
function nearest(times: readonly number[], reference: readonly number[]): readonly number[] {
  // best[t][r]: the least sum of the first t times among the first r references.
  const best = [new Array<number>(reference.length + 1).fill(0)];
  for (const [t, time] of times.entries()) {
    const row = [Number.POSITIVE_INFINITY];
    for (const [r, other] of reference.entries()) {
      row.push(Math.min(row[r]!, best[t]![r]! + (time - other) ** 2));
    }
    best.push(row);
  }
  const slots: number[] = [];
  for (let t = times.length, r = reference.length; t > 0; r -= 1) {
    if (best[t]![r] === best[t]![r - 1]) continue;
    slots.unshift(r - 1);
    t -= 1;
  }
  return slots;
}

/**
 * Phases and places without holes. Phases are left out, since without a place the others would say too little of every
 * volume; unless more than half of them would go and leaving out places keeps more images.
 */
function largestWhole(
  slots: readonly (readonly number[])[],
  count: number,
): { readonly phases: readonly number[]; readonly places: readonly number[] } {
  const everyPlace = range(slots.length);
  const common = range(count).filter((phase) => slots.every((own) => own.includes(phase)));
  const complete = everyPlace.filter((place) => slots[place]!.length === count);
  return 2 * common.length >= count || common.length * slots.length >= complete.length * count
    ? { phases: common, places: everyPlace }
    : { phases: range(count), places: complete };
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The mean, or null where any is unknown. */
export function mean(values: readonly (number | null)[]): number | null {
  return values.includes(null)
    ? null
    : (values as readonly number[]).reduce((sum, value) => sum + value, 0) / values.length;
}
