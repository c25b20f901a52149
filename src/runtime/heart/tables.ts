import { type CsvCell, csvText } from '../storage/csv.ts';
import type { HeartMeasures } from './heart.ts';

/** Measures of one heart with what names it: its patient, its head, whose mask it is of. */
export interface NamedHeart {
  readonly keys: Readonly<Record<string, string>>;
  readonly measures: HeartMeasures;
}

/** Hearts as CSV: a line per structure and phase, per cavity, and per segment. All have the same keys. */
export function tablesOfHearts(
  hearts: readonly NamedHeart[],
): Readonly<Record<'phases' | 'function' | 'segments', string>> {
  const keys = Object.keys(hearts[0]?.keys ?? { patient: '', head: '' });
  return {
    phases: table(
      [
        ...keys,
        'structure',
        'time',
        'phase',
        'slices',
        'pixels',
        'volumeMl',
        'massG',
        'areaMm2',
        'wallMm',
      ].concat(['mean', 'deviation']),
      hearts.flatMap(({ keys: own, measures }) =>
        Object.entries(measures.phases).flatMap(([structure, phases]) =>
          phases.map((phase) => ({ ...own, structure, ...phase })),
        ),
      ),
    ),
    function: table(
      [...keys, 'structure', 'endDiastole', 'endSystole', 'chosenBy', 'edvMl', 'esvMl'].concat([
        'strokeVolumeMl',
        'ejectionFraction',
      ]),
      hearts.flatMap(({ keys: own, measures }) =>
        Object.entries(measures.function).map(([structure, { phases, endDiastole, endSystole, ...one }]) => ({
          ...own,
          structure,
          ...one,
          endDiastole: phases[0] ?? endDiastole,
          endSystole: phases[1] ?? endSystole,
        })),
      ),
    ),
    segments: table(
      [...keys, 'phase', 'segment', 'pixels', 'wallMm', 'mean', 'deviation', 'septum', 'front'],
      hearts.flatMap(({ keys: own, measures }) =>
        (measures.segments ?? []).map((segment) => ({
          ...own,
          phase: Object.values(measures.phases)[0]?.[measures.restTime ?? 0]?.phase,
          ...segment,
          septum: measures.segmentsBasis?.septum,
          front: measures.segmentsBasis?.front,
        })),
      ),
    ),
  };
}

function table(
  columns: readonly string[],
  lines: readonly Readonly<Partial<Record<string, CsvCell>>>[],
): string {
  return csvText([columns, ...lines.map((line) => columns.map((column) => line[column]))]);
}
