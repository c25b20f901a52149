import type { DicomFacts } from '../dicom-file.ts';
import type { DicomFrame } from '../dicom-frames.ts';
import { samePlane } from './geometry.ts';

/** One image on its way into a volume. */
export interface PlacedFrame {
  readonly frame: DicomFrame;
  readonly facts: DicomFacts;
  /** `frame` counts from 0. */
  readonly origin: { readonly path: string; readonly frame: number };
}

/**
 * Images that can be slices or points in time of one volume: of one series, size and kind, in parallel planes, with equally
 * distant pixels. A localiser, whose series has three planes, gives three groups; magnitude and phase of a flow
 * measurement give two. Images that do not say where they lie follow the first group of their size.
 */
export function groupFrames(frames: readonly PlacedFrame[]): readonly (readonly PlacedFrame[])[] {
  const groups: PlacedFrame[][] = [];
  const byPlace = [...frames].sort((a, b) => Number(a.frame.place === null) - Number(b.frame.place === null));
  for (const one of byPlace) {
    const group = groups.find(([first]) => belongTogether(first!, one));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

function belongTogether(one: PlacedFrame, other: PlacedFrame): boolean {
  const [a, b] = [one.frame, other.frame];
  return (
    (['series', 'rows', 'columns', 'channels'] as const).every(
      (key) => one.facts[key] === other.facts[key],
    ) &&
    a.component === b.component &&
    (a.place === null || b.place === null || samePlane(a.place, b.place)) &&
    sameSpacing(a.spacing, b.spacing)
  );
}

/** Distances that differ by less than a thousandth are written with other roundings. */
function sameSpacing(one: readonly number[] | null, other: readonly number[] | null): boolean {
  if (one === null || other === null) return one === other;
  return one.every((value, axis) => Math.abs(value - other[axis]!) <= 1e-3 * value);
}
