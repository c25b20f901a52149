import { type HeartFunction, heartFunction } from './function.ts';
import { type HeartSegment, heartSegments, type SegmentsBasis } from './segments.ts';
import type { HeartMoment } from './slice.ts';
import { heartRole } from './structures.ts';
import { type PhaseVolumes, phaseVolumes } from './volumes.ts';

/** What masks of one heart say of it as a whole. */
export interface HeartMeasures {
  /** By structure, of every moment. */
  readonly phases: Readonly<Record<string, readonly PhaseVolumes[]>>;
  /** By cavity, where there are several phases. */
  readonly function: Readonly<Record<string, HeartFunction>>;
  /** The moment that muscle is measured at: end-diastole of the left ventricle, or the only one; null where it is not known. */
  readonly restTime: number | null;
  /** At that moment. */
  readonly segments: readonly HeartSegment[] | null;
  readonly segmentsBasis: SegmentsBasis | null;
  /** Why there are no segments. */
  readonly segmentsReason: string | null;
}

/** Measures a heart. The regions of every slice are of `structures`, in that order. */
export function heartMeasures(structures: readonly string[], moments: readonly HeartMoment[]): HeartMeasures {
  const cavity = structures.findIndex((name) => heartRole(name) === 'left cavity');
  const phases = Object.fromEntries(
    structures.map((name, index) => [name, phaseVolumes(name, index, moments, cavity < 0 ? null : cavity)]),
  );
  const functions = Object.fromEntries(
    structures.flatMap((name) => {
      const found = heartFunction(name, phases[name]!);
      return found === null ? [] : [[name, found] as const];
    }),
  );
  const restTime = restOf(structures, functions, moments);
  const segments = segmentsAt(structures, restTime === null ? null : moments[restTime]!);
  return {
    phases,
    function: functions,
    restTime,
    segments: 'segments' in segments ? segments.segments : null,
    segmentsBasis: 'segments' in segments ? segments.basis : null,
    segmentsReason: 'segments' in segments ? null : segments.reason,
  };
}

function restOf(
  structures: readonly string[],
  functions: HeartMeasures['function'],
  moments: readonly HeartMoment[],
): number | null {
  if (moments.length === 1) return 0;
  const named = moments.findIndex(({ phase }) => phase === 'ED');
  if (named >= 0) return named;
  const left = structures.find((name) => heartRole(name) === 'left cavity');
  if (left !== undefined && functions[left] !== undefined) return functions[left].endDiastole;
  // A cine without a cavity is measured at its first phase.
  const first = moments.findIndex(({ phase }) => phase === '0');
  return first < 0 ? null : first;
}

function segmentsAt(
  structures: readonly string[],
  moment: HeartMoment | null,
): ReturnType<typeof heartSegments> {
  const [muscle, left, right] = (['muscle', 'left cavity', 'right cavity'] as const).map((role) =>
    structures.findIndex((name) => heartRole(name) === role),
  ) as [number, number, number];
  if (muscle < 0) return { reason: 'no structure is muscle' };
  if (right < 0) return { reason: 'no structure is the right ventricle, from which the septum is told' };
  if (moment === null) return { reason: 'the volumes do not say which phase they are of' };
  return heartSegments(moment.slices, { muscle, left: left < 0 ? null : left, right });
}
