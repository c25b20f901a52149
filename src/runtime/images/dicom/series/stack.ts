import type { VolumeFinding } from '../../formats/findings.ts';
import type { Affine } from '../../formats/volume.ts';
import { affineOf, normalOf, scale } from './geometry.ts';
import { type Compare, mean, phasesOf } from './phases.ts';
import type { PlacedFrame } from './placed-frame.ts';
import { placesOf, type SlicePlace, stepsOf, straying } from './places.ts';

/** The images of a series as a volume of slices and phases, and where it lies. */
export interface Stack {
  /** Images phase by phase, in each the lowest slice first. */
  readonly order: readonly number[];
  readonly slices: number;
  readonly frames: number;
  /** Millimetres between rows, between columns, and from slice to slice along the normal; 0 where that is not known. */
  readonly spacing: readonly [number, number, number] | null;
  readonly affine: Affine | null;
  /** Where the affine has each slice, where some are missing between them; null for one after the other. */
  readonly slots: readonly number[] | null;
  /** Milliseconds after the R wave of each phase, over all slices; null where the series does not say. */
  readonly times: readonly number[] | null;
  readonly findings: readonly VolumeFinding[];
}

/**
 * Arranges the images of one group ({@link groupFrames}). The volume of a voxel is the determinant of the affine: the area of
 * a pixel times the distance along the normal, however the stack is sheared.
 * @param compare whether two images have equal pixels
 */
export function stackOf(
  images: readonly PlacedFrame[],
  compare: Compare,
): Stack | { readonly damage: string } {
  const findings: VolumeFinding[] = [];
  const report = (finding: VolumeFinding) => void findings.push(finding);
  const placed = images.flatMap(({ frame }, index) => (frame.place === null ? [] : [index]));
  if (placed.length === 0) return unplaced(images, compare, findings);
  for (const [index, { origin }] of images.entries()) {
    if (images[index]!.frame.place !== null) continue;
    report({
      kind: 'left out',
      path: origin.path,
      reason: 'it does not say where it lies, as others of its series do',
    });
  }
  const own = placed.map((index) => images[index]!);
  const everywhere = placesOf(own);
  const found = phasesOf(own, everywhere, (a, b) => compare(placed[a]!, placed[b]!), report);
  if ('disorder' in found) return { damage: found.disorder };
  const { phases, places } = found;
  if (!inTime(phases.map((phase) => own[phase[0]!]!))) {
    report({
      kind: 'places',
      path: own[phases[0]![0]!]!.origin.path,
      problem: 'do not say when they were taken',
      consequence: `${phases.length} images of one place are taken for points in time in the order of their numbers`,
    });
  }
  return {
    order: phases.flat().map((index) => placed[index]!),
    slices: places.length,
    frames: phases.length,
    ...geometryOf(
      phases[0]!.map((index) => own[index]!),
      places,
      everywhere.map(({ depth }) => depth),
      report,
    ),
    times: timesOf(phases.map((phase) => phase.map((index) => own[index]!))),
    findings,
  };
}

/** Whether something tells the images of one place apart in time, or by what else was varied; one image needs nothing. */
function inTime(images: readonly PlacedFrame[]): boolean {
  const told = images.map(({ frame: { moment } }) => Object.values(moment).join());
  return new Set(told).size === images.length;
}

type Geometry = Pick<Stack, 'spacing' | 'affine' | 'slots'>;

function geometryOf(
  slices: readonly PlacedFrame[],
  places: readonly SlicePlace[],
  known: readonly number[],
  report: (finding: VolumeFinding) => void,
): Geometry {
  const { frame, origin } = slices[0]!;
  const place = frame.place!;
  const path = (index: number) => slices[index]!.origin.path;
  const { spacing } = frame;
  if (spacing === null) return { spacing: null, affine: null, slots: null };
  if (slices.length === 1) {
    const step = scale(normalOf(place), frame.thickness ?? 1);
    return {
      spacing: [...spacing, frame.thickness ?? 0],
      affine: affineOf(place, spacing, step),
      slots: null,
    };
  }
  const corners = slices.map((one) => one.frame.place!.position);
  const depths = places.map(({ depth }) => depth);
  const steps = stepsOf(corners, depths, known);
  if (!steps.even) {
    report({
      kind: 'places',
      path: origin.path,
      problem: `are between ${steps.smallest.toFixed(2)} and ${steps.largest.toFixed(2)} mm apart`,
      consequence: 'slices that are unevenly apart give no volume in millimetres',
    });
    return { spacing: [...spacing, 0], affine: null, slots: null };
  }
  for (const [index, slot] of steps.slots.entries()) {
    const missing = index === 0 ? 0 : slot - steps.slots[index - 1]! - 1;
    if (missing === 0) continue;
    report({
      kind: 'gap',
      missing,
      before: path(index - 1),
      after: path(index),
      from: depths[index - 1]!,
      to: depths[index]!,
      step: steps.spacing,
    });
  }
  const away = straying(corners, steps);
  if (away > Math.max(...spacing)) {
    report({
      kind: 'places',
      path: origin.path,
      problem: `are shifted within their planes, by up to ${away.toFixed(1)} mm`,
      consequence:
        'a mask as NIfTI has one step for all slices, and lies as far from the image; volumes and the DICOM segmentation are right',
    });
  }
  return {
    spacing: [...spacing, steps.spacing],
    affine: affineOf(place, spacing, steps.step),
    slots: steps.slots.at(-1) === slices.length - 1 ? null : steps.slots,
  };
}

/** Images without places: points in time where they say so, and otherwise slices of which nobody knows how far apart. */
function unplaced(
  images: readonly PlacedFrame[],
  compare: Compare,
  findings: VolumeFinding[],
): Stack | { readonly damage: string } {
  const everywhere = [{ depth: 0, images: images.map((_, index) => index) }];
  const identifier = (index: number) => images[index]!.facts.sopInstance;
  // Images of other places may look alike; those of one name are one.
  const same: Compare = (a, b) => identifier(a) !== '' && identifier(a) === identifier(b) && compare(a, b);
  const found = phasesOf(images, everywhere, same, (finding) => findings.push(finding));
  if ('disorder' in found) return { damage: found.disorder };
  const order = found.phases.flat();
  const own = order.map((index) => images[index]!);
  const { frame, origin } = own[0]!;
  const moments = own.map((one) => one.frame.moment.temporal ?? one.frame.moment.trigger);
  const known = { order, slots: null, affine: null, findings };
  const spacing = (between: number) =>
    frame.spacing === null ? null : ([...frame.spacing, between] as const);
  if (own.length === 1) {
    return { ...known, slices: 1, frames: 1, spacing: spacing(frame.thickness ?? 0), times: timesOf([own]) };
  }
  if (!moments.includes(null) && new Set(moments).size === own.length) {
    return {
      ...known,
      slices: 1,
      frames: own.length,
      spacing: spacing(0),
      times: timesOf(own.map((one) => [one])),
    };
  }
  findings.push({
    kind: 'places',
    path: origin.path,
    problem: 'do not say where they lie',
    consequence: `${own.length} images are taken for slices in the order of their numbers, and give no volume in millimetres`,
  });
  return { ...known, slices: own.length, frames: 1, spacing: spacing(0), times: null };
}

/** Slices of one phase are taken at slightly different times, since no two heart beats are equally long. */
function timesOf(phases: readonly (readonly PlacedFrame[])[]): readonly number[] | null {
  const times = phases.map((phase) => mean(phase.map(({ frame }) => frame.moment.trigger)));
  return times.includes(null) ? null : (times as readonly number[]);
}
