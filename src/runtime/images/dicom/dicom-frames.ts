import type { DataSet } from 'dicom-parser';
import { type Place, placeOf, vector } from './series/geometry.ts';

/** One image of a DICOM file. */
export interface DicomFrame {
  /** Null where the file does not say, or what it says is no place. */
  readonly place: Place | null;
  /** Millimetres between rows and between columns. */
  readonly spacing: readonly [number, number] | null;
  /** Millimetres from slice to slice where it says so, or else of the slice itself. */
  readonly thickness: number | null;
  /** Value = stored · slope + intercept. */
  readonly slope: number;
  readonly intercept: number;
  readonly moment: Moment;
  /** Which part of the signal it shows, such as magnitude or phase; empty where it does not say. */
  readonly component: string;
}

/** What tells images of one place apart; null where the file does not say. */
export interface Moment {
  /** Milliseconds after the R wave. */
  readonly trigger: number | null;
  /** The number of the point in time among those of the series. */
  readonly temporal: number | null;
  /** Echo and inversion times in milliseconds. */
  readonly echo: number | null;
  readonly inversion: number | null;
  readonly acquisition: number | null;
}

/**
 * The images of a file. A plain file says the same of all its frames; an enhanced one says some of all, and some of each.
 * @param count how many frames the file declares
 */
export function framesOf(data: DataSet, count: number): readonly DicomFrame[] {
  const shared = itemOf(data, 'x52009229', 0);
  const frameTime = finite(data.floatString('x00181063'));
  const inTime = timeTags.some((tag) => data.elements[tag] !== undefined);
  return Array.from({ length: count }, (_, index): DicomFrame => {
    const own = itemOf(data, 'x52009230', index);
    const group = (tag: string): DataSet =>
      (own && itemOf(own, tag, 0)) ?? (shared && itemOf(shared, tag, 0)) ?? data;
    const measures = group('x00289110');
    const transformation = group('x00289145');
    const places = group('x00209113');
    // One position for many frames is that of all only where they follow each other in time.
    const position = count > 1 && places === data && !inTime ? null : numbers(places, 'x00200032', 3);
    const orientation = numbers(group('x00209116'), 'x00200037', 6);
    const spacing = numbers(measures, 'x00280030', 2);
    const between = measures.floatString('x00180088') ?? data.floatString('x00180088');
    const content = group('x00209111');
    const component =
      group('x00189226').string('x00089208') ?? data.string('x00080008')?.split('\\')[2] ?? '';
    return {
      place: position === null || orientation === null ? null : placeOf(vector(position), orientation),
      spacing: spacing?.every((size) => size > 0) ? (spacing as [number, number]) : null,
      thickness: positive(between) ?? positive(measures.floatString('x00180050')),
      slope: finite(transformation.floatString('x00281053')) ?? 1,
      intercept: finite(transformation.floatString('x00281052')) ?? 0,
      moment: {
        trigger:
          finite(group('x00189118').double('x00209153')) ??
          finite(data.floatString('x00181060')) ??
          (frameTime === null || count === 1 ? null : frameTime * index),
        temporal: finite(content.uint32('x00209128')) ?? finite(data.intString('x00200100')),
        echo: finite(group('x00189114').double('x00189082')) ?? finite(data.floatString('x00180081')),
        inversion: finite(data.floatString('x00180082')),
        acquisition: finite(data.intString('x00200012')),
      },
      component: component.trim(),
    };
  });
}

/** What only files say whose frames are points in time: frame time, its vector, and rates of display. */
const timeTags = ['x00181063', 'x00181065', 'x00180040', 'x00082144'] as const;

function itemOf(data: DataSet, tag: string, index: number): DataSet | undefined {
  return data.elements[tag]?.items?.[index]?.dataSet;
}

function numbers(data: DataSet, tag: string, count: number): readonly number[] | null {
  const values = Array.from({ length: count }, (_, index) => data.floatString(tag, index));
  return values.every((value) => value !== undefined && Number.isFinite(value)) ? (values as number[]) : null;
}

function positive(value: number | undefined): number | null {
  const found = finite(value);
  return found !== null && found > 0 ? found : null;
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
