import { groupBy } from '../random/group.ts';
import type { HeartMoment, HeartSlice } from './slice.ts';

/** A slice with what tells which moment of the heart it shows. */
export interface TimedSlice {
  /** `ED`, `ES`, or the number of the phase from 0; null where nothing says. */
  readonly phase: string | null;
  /** The volume that it is of, where it has no phase. */
  readonly volume: string;
  readonly slice: HeartSlice;
}

/**
 * The moments of one heart: slices of one phase belong together, also from several files, and slices of one volume where
 * nothing says the phase. ED and ES come first, then phases by their number, then what has none. The order of slices stays.
 */
export function joinMoments(slices: readonly TimedSlice[]): readonly HeartMoment[] {
  const moments = groupBy(slices, ({ phase, volume }) =>
    phase === null ? `volume ${volume}` : `phase ${phase}`,
  );
  return [...moments.values()]
    .map((own) => ({ phase: own[0]!.phase, slices: own.map(({ slice }) => slice) }))
    .sort((left, right) =>
      placeOf(left.phase) < placeOf(right.phase) ? -1 : placeOf(left.phase) > placeOf(right.phase) ? 1 : 0,
    );
}

function placeOf(phase: string | null): number {
  if (phase === null) return Number.POSITIVE_INFINITY;
  const named = ['ED', 'ES'].indexOf(phase);
  return named >= 0 ? named - 2 : Number(phase);
}
