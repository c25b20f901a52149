import { groupBy } from '../../../random/group.ts';
import { dot, normalOf, subtract } from './geometry.ts';
import type { PlacedFrame } from './placed-frame.ts';

/** A group of images that is there again under another series number. */
export interface ResentGroup {
  readonly group: readonly PlacedFrame[];
  readonly of: readonly PlacedFrame[];
  /** The pairs of its images and those that they are the same as. */
  readonly copies: ReadonlyMap<PlacedFrame, PlacedFrame>;
}

/**
 * Groups of one patient all of whose images are in another group: archives and scanners send a series again under a number of
 * its own, and it would count as a second image of the patient. Of two that are equal the first stays, else the larger.
 */
export function resentGroups(groups: readonly (readonly PlacedFrame[])[]): readonly ResentGroup[] {
  const resent: ResentGroup[] = [];
  const left = new Set(groups);
  const order = [...groups].sort((a, b) => b.length - a.length);
  for (const [index, group] of [...order.entries()].reverse()) {
    for (const of of order.slice(0, index)) {
      const copies = left.has(of) ? copiesOf(group, of) : null;
      if (copies === null) continue;
      left.delete(group);
      resent.push({ group, of, copies });
      break;
    }
  }
  return resent;
}

/** How each image of a group is one of another group's; null where any is not. */
function copiesOf(
  group: readonly PlacedFrame[],
  of: readonly PlacedFrame[],
): ReadonlyMap<PlacedFrame, PlacedFrame> | null {
  const byPixels = groupBy(of, pixelsOf);
  const byNumber = groupBy(of, numberOf);
  const copies = new Map<PlacedFrame, PlacedFrame>();
  for (const one of group) {
    const likely = [
      ...(byPixels.get(pixelsOf(one)) ?? []),
      // Packed in another way, the same image keeps its number.
      ...(byNumber.get(numberOf(one)) ?? []).filter(
        ({ facts }) => facts.transferSyntax !== one.facts.transferSyntax,
      ),
    ];
    const original = likely.find((other) => isCopy(one, other));
    if (original === undefined) return null;
    copies.set(one, original);
  }
  return copies;
}

/** Equal for images whose stored pixels are equal. */
function pixelsOf({ facts, origin }: PlacedFrame): string {
  return [facts.pixels, facts.rows, facts.columns, facts.frames.length, origin.frame].join(' ');
}

/** Equal for images of one number. */
function numberOf({ facts, origin }: PlacedFrame): string {
  return [facts.sopInstance, facts.rows, facts.columns, facts.frames.length, origin.frame].join(' ');
}

/** Millimetres by which the places of an image that was sent again may be written differently. */
const samePlaceWithin = 0.01;

function isCopy({ frame: one }: PlacedFrame, { frame: other }: PlacedFrame): boolean {
  const equal = one.slope === other.slope && one.intercept === other.intercept;
  const times = (['trigger', 'temporal', 'echo', 'inversion'] as const).every(
    (key) => one.moment[key] === other.moment[key],
  );
  if (!equal || !times || one.component !== other.component) return false;
  if (one.place === null || other.place === null) return one.place === other.place;
  const apart = subtract(one.place.position, other.place.position);
  const turned = 1 - dot(normalOf(one.place), normalOf(other.place));
  return Math.sqrt(dot(apart, apart)) <= samePlaceWithin && turned < 1e-4;
}
