import { type DicomSample, dicom } from './samples.ts';

/** What a synthetic series says; all of it has a default. */
export interface SeriesSample {
  readonly rows?: number;
  readonly columns?: number;
  readonly places?: number;
  readonly phases?: number;
  /** Millimetres from slice to slice along the normal. */
  readonly step?: number;
  /** Millimetres that each slice is shifted against the last within its plane, as by a gantry tilt. */
  readonly shear?: number;
  /** Milliseconds between phases; null for files without trigger times. */
  readonly interval?: number | null;
  /** Changes what one image says. */
  readonly image?: (place: number, phase: number) => Partial<DicomSample>;
}

/** One image of a synthetic series, by the name of its file. */
export interface SeriesFile {
  readonly name: string;
  readonly place: number;
  readonly phase: number;
  readonly pixels: readonly number[];
  readonly bytes: Uint8Array;
}

/** A series of random images, place by place and in each phase by phase, as scanners number cine. */
export function dicomSeries(sample: SeriesSample = {}): readonly SeriesFile[] {
  const { rows = 3, columns = 4, places = 4, phases = 1, step = 8, shear = 0, interval = 50 } = sample;
  return Array.from({ length: places * phases }, (_, index): SeriesFile => {
    const [place, phase] = [Math.floor(index / phases), index % phases];
    const pixels = Array.from({ length: rows * columns }, () => Math.floor(Math.random() * 4096));
    const bytes = dicom({
      ...{ rows, columns, pixels, instance: index + 1, position: [-10 + shear * place, 20, step * place] },
      ...(phases > 1 && interval !== null ? { trigger: interval * phase } : {}),
      ...sample.image?.(place, phase),
    });
    return { name: `IM${String(index + 1).padStart(3, '0')}`, place, phase, pixels, bytes };
  });
}
