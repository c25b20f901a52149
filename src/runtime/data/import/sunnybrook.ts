import { basename, dirname, sep } from 'node:path';
import type { Grid, Size } from '../../images/grid.ts';
import { type FoundImage, file, reportFolder, type Search } from './found.ts';
import { listTree } from './list-files.ts';

const contourName = /^(IM-\d+-(\d+))-([io])contour-manual\.txt$/;

/**
 * Slices with both outlines; those that have the inner alone say nothing of the muscle and are left out. The images of a
 * patient may be numbered by another series than the outlines: then the image's number alone decides.
 */
export function findContours(search: Search): readonly FoundImage[] | null {
  const files = listTree(search);
  const outlines = new Map<
    string,
    { readonly patient: string; readonly stem: string; inner?: string; outer?: string }
  >();
  for (const path of files) {
    const match = contourName.exec(basename(path));
    const patient = patientOf(path);
    if (match === null || patient === null) continue;
    const key = `${patient}/${match[1]}`;
    const known = outlines.get(key) ?? { patient, stem: match[1]! };
    outlines.set(key, { ...known, [match[3] === 'i' ? 'inner' : 'outer']: path });
  }
  if (outlines.size === 0) {
    reportFolder(search, 'it has no IM-…-icontour-manual.txt below a folder such as SC-HF-I-01');
    return null;
  }
  const images = files.filter((path) => /IM-\d+-\d+\.dcm$/.test(path));
  return [...outlines.values()].flatMap(({ patient, stem, inner, outer }): FoundImage[] => {
    if (inner === undefined || outer === undefined) return [];
    const own = images.filter((path) => patientOf(path) === patient);
    const named = own.filter((path) => basename(path) === `${stem}.dcm`);
    const numbered = own.filter((path) => path.endsWith(`-${stem.split('-')[2]}.dcm`));
    const found = named.length > 0 ? named : numbered;
    if (found.length !== 1) {
      reportFolder(
        search,
        `${found.length === 0 ? 'no image' : 'more than one image'} belongs to ${patient}/${stem}`,
      );
      return [];
    }
    return [
      {
        name: `${patient}_${stem}`,
        patient,
        label: patient.replace(/-\d+$/, '').replace(/^SC-/, ''),
        image: file(found[0]!, 'image'),
        mask: { kind: 'contours', inner, outer },
        slices: null,
      },
    ];
  });
}

/** The folder of a patient, with numbers as the images' folders have them: `SC-HF-I-01` and `SC-HF-I-1` are one. */
function patientOf(path: string): string | null {
  const folder = dirname(path)
    .split(sep)
    .findLast((name) => /^SC-[A-Z-]+\d+$/.test(name));
  return folder?.replace(/-0*(\d+)$/, '-$1') ?? null;
}

type Point = readonly [column: number, row: number];

/** An outline: a point per line, column and row, in pixels. Null where the text is no outline. */
export function parseContour(text: string): readonly Point[] | null {
  const points = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line): Point => {
      const [column, row] = line.trim().split(/\s+/).map(Number);
      return [column ?? Number.NaN, row ?? Number.NaN];
    });
  return points.length >= 3 && points.flat().every(Number.isFinite) ? points : null;
}

/** What lies between the outlines is muscle (2), what lies within the inner is the cavity (3), as ACDC numbers them. */
export function maskOfContours(
  inner: readonly Point[],
  outer: readonly Point[],
  { height, width }: Size,
): Grid {
  const values = new Float32Array(height * width);
  fillPolygon(values, width, height, outer, 2);
  fillPolygon(values, width, height, inner, 3);
  return { height, width, channels: 1, values };
}

/** Pixels whose centres lie within, by the even-odd rule. */
function fillPolygon(
  values: Float32Array,
  width: number,
  height: number,
  points: readonly Point[],
  value: number,
): void {
  for (let row = 0; row < height; row += 1) {
    const crossings = points
      .flatMap(([column, from], index): number[] => {
        const [nextColumn, to] = points[(index + 1) % points.length]!;
        if (from <= row === to <= row) return [];
        return [column + ((row - from) / (to - from)) * (nextColumn - column)];
      })
      .sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const last = Math.min(width - 1, Math.ceil(crossings[pair + 1]!) - 1);
      for (let column = Math.max(0, Math.ceil(crossings[pair]!)); column <= last; column += 1) {
        values[row * width + column] = value;
      }
    }
  }
}
