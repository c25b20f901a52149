import { createHash } from 'node:crypto';
import { FileReader, isFileProblem } from '../../images/files.ts';
import type { Grid } from '../../images/grid.ts';
import { quantile } from '../../images/intensity.ts';
import { groupBy } from '../../random/group.ts';
import type { CheckedRow } from '../dataset/check-images.ts';
import { countValues } from '../dataset/count-values.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { FingerprintReport, Pair } from './fingerprint-schema.ts';
import { suggest } from './suggest.ts';
import { suspicions } from './suspicious-masks.ts';

/** What is kept of an image while the others are read: little, so that their number does not matter. */
interface Seen {
  readonly row: CheckedRow;
  readonly size: string;
  readonly channels: number;
  /** Millimetres down and across; null where the spacing is unknown. */
  readonly extent: readonly [number, number] | null;
  readonly digest: string;
  /** The image as {@link thumbSize}² numbers of mean 0 and length 1; null where it has no contrast. */
  readonly thumb: Float32Array | null;
  /** Lowest, first percent, middle, last percent, highest. */
  readonly levels: readonly number[];
  readonly whole: boolean;
  readonly mask: ReadonlyMap<number, number> | null;
  readonly suspicious: readonly string[];
}

const thumbSize = 16;
/** Correlation of two thumbs from which images count as nearly equal. */
const nearlyEqual = 0.998;
/** Comparing every image with every other one takes time that grows with the square of their number. */
const maxCompared = 6000;

/** Reads every image of a manifest's rows once, and says what there is. Rows whose files cannot be read are left out. */
export function fingerprint(
  rows: readonly CheckedRow[],
  { path, structures }: { readonly path: string; readonly structures: Manifest['structures'] },
  progress: (done: number, total: number) => void,
): FingerprintReport {
  const reader = new FileReader();
  const seen: Seen[] = [];
  for (const [index, row] of rows.entries()) {
    progress(index, rows.length);
    const { image, mask } = row.case.source;
    const grid = reader.image(image);
    if (isFileProblem(grid)) continue;
    const found = mask === null ? null : reader.read(mask);
    seen.push(look(row, grid, found === null || isFileProblem(found) ? null : found));
  }
  const exact = exactPairs(seen);
  const near = nearPairs(seen, exact);
  const patients = groupBy(seen, ({ row }) => row.row.entry.patient);
  const names = new Map([...structures].map(([name, { value }]) => [value, name]));
  const values = new Map<number, { masks: number; pixels: number }>();
  for (const { mask } of seen) {
    for (const [value, pixels] of mask ?? []) {
      const before = values.get(value) ?? { masks: 0, pixels: 0 };
      values.set(value, { masks: before.masks + 1, pixels: before.pixels + pixels });
    }
  }
  const facts = {
    version: 1 as const,
    manifest: path,
    images: rows.length,
    unreadable: rows.length - seen.length,
    patients: patients.size,
    imagesPerPatient: spread([...patients.values()].map((own) => own.length)),
    sizes: tally(seen.map(({ size }) => size)),
    spacings: tally(
      seen.map(({ row }) => row.row.entry.spacing?.map((one) => one.toFixed(3)).join('×') ?? 'unknown'),
    ),
    extent: extentOf(seen),
    intensities: {
      whole: seen.every(({ whole }) => whole),
      ...Object.fromEntries(
        (['lowest', 'percent1', 'middle', 'percent99', 'highest'] as const).map((key, place) => [
          key,
          spread(seen.map(({ levels }) => levels[place]!)),
        ]),
      ),
    } as FingerprintReport['intensities'],
    classes: classesOf(seen),
    channels: Math.max(0, ...seen.map(({ channels }) => channels)),
    maskValues: [...values]
      .sort(([a], [b]) => a - b)
      .map(([value, counts]) => ({ value, name: names.get(value) ?? null, ...counts })),
    duplicates: { exact, near, compared: seen.length <= maxCompared },
    suspiciousMasks: seen.flatMap(({ row, suspicious }) =>
      suspicious.map((reason) => ({ image: row.row.entry.id, reason })),
    ),
    leaks: leaksOf(seen, [...exact, ...(near ?? [])]),
  };
  return { ...facts, suggestions: suggest(facts) };
}

function look(row: CheckedRow, image: Grid, mask: Grid | null): Seen {
  const sorted = Float32Array.from(image.values).sort();
  const { spacing } = row.row.entry;
  return {
    row,
    size: `${image.height}×${image.width}`,
    channels: image.channels,
    extent: spacing === undefined ? null : [image.height * spacing[0], image.width * spacing[1]],
    digest: createHash('sha256')
      .update(`${image.height}×${image.width}`)
      .update(new Uint8Array(image.values.buffer, image.values.byteOffset, image.values.byteLength))
      .digest('base64'),
    thumb: thumbOf(image),
    levels: [0, 0.01, 0.5, 0.99, 1].map((fraction) => quantile(sorted, fraction)),
    whole: image.values.every(Number.isInteger),
    mask: mask === null ? null : countValues(mask.values),
    suspicious: mask === null ? [] : suspicions(mask),
  };
}

/** Means of equal parts of the image, whatever its size, so that copies in other sizes are found as well. */
function thumbOf({ height, width, channels, values }: Grid): Float32Array | null {
  const sums = new Float32Array(thumbSize ** 2);
  const counts = new Float32Array(thumbSize ** 2);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const place =
        Math.floor((row * thumbSize) / height) * thumbSize + Math.floor((column * thumbSize) / width);
      sums[place]! += values[(row * width + column) * channels]!;
      counts[place]! += 1;
    }
  }
  const means = sums.map((sum, place) => sum / Math.max(1, counts[place]!));
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  const length = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return length > 0 && Number.isFinite(length) ? means.map((value) => (value - mean) / length) : null;
}

function exactPairs(seen: readonly Seen[]): readonly Pair[] {
  return [...groupBy(seen, ({ digest }) => digest).values()].flatMap(([first, ...others]) =>
    others.map((other) => pairOf(first!, other)),
  );
}

/** Images of one patient resemble each other; those of two should not. */
function nearPairs(seen: readonly Seen[], exact: readonly Pair[]): readonly Pair[] | null {
  if (seen.length > maxCompared) return null;
  const known = new Set(exact.map(({ images }) => images.join('\0')));
  const pairs: Pair[] = [];
  for (let one = 0; one < seen.length; one += 1) {
    const { thumb, row } = seen[one]!;
    if (thumb === null) continue;
    for (let other = one + 1; other < seen.length; other += 1) {
      const candidate = seen[other]!;
      if (candidate.thumb === null || candidate.row.row.entry.patient === row.row.entry.patient) continue;
      let dot = 0;
      for (let place = 0; place < thumb.length; place += 1) dot += thumb[place]! * candidate.thumb[place]!;
      if (dot < nearlyEqual) continue;
      const pair = pairOf(seen[one]!, candidate);
      if (!known.has(pair.images.join('\0'))) pairs.push(pair);
    }
  }
  return pairs;
}

function pairOf(one: Seen, other: Seen): Pair {
  const [first, second] = [one.row.row.entry, other.row.row.entry];
  return { images: [first.id, second.id], samePatient: first.patient === second.patient };
}

/** What could let a held-out image be known from training. */
function leaksOf(seen: readonly Seen[], pairs: readonly Pair[]): readonly string[] {
  const leaks: string[] = [];
  const strangers = pairs.filter(({ samePatient }) => !samePatient);
  for (const { images } of strangers.slice(0, 50)) {
    leaks.push(
      `${images.join(' and ')} show the same and are of two patients, who may come into different folds`,
    );
  }
  const patients = groupBy(seen, ({ row }) => row.row.entry.patient);
  for (const [patient, own] of patients) {
    const folds = new Set(own.map(({ row }) => row.row.entry.fold ?? 0));
    if (folds.size > 1) leaks.push(`the patient ${patient} is in folds ${[...folds].sort().join(', ')}`);
  }
  const alike = groupBy(patients.keys(), (patient) =>
    patient
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/(?<!\d)0+(?=\d)/g, ''),
  );
  for (const names of alike.values()) {
    if (names.length > 1)
      leaks.push(`the patients ${names.join(' and ')} differ only in writing and may be one`);
  }
  return leaks;
}

function classesOf(seen: readonly Seen[]): FingerprintReport['classes'] {
  const labelled = seen.filter(({ row }) => row.row.entry.label !== undefined);
  return [...groupBy(labelled, ({ row }) => row.row.entry.label!)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, own]) => ({
      label,
      images: own.length,
      patients: new Set(own.map(({ row }) => row.row.entry.patient)).size,
    }));
}

function extentOf(seen: readonly Seen[]): FingerprintReport['extent'] {
  if (seen.length === 0 || seen.some(({ extent }) => extent === null)) return null;
  const [height, width] = ([0, 1] as const).map((axis) =>
    seen.reduce((most, { extent }) => Math.max(most, extent![axis]), 0),
  ) as [number, number];
  return { height, width };
}

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = [...groupBy(names, (name) => name)].map(([name, own]) => [name, own.length] as const);
  return Object.fromEntries(counts.sort(([, a], [, b]) => b - a));
}

function spread(values: readonly number[]): {
  readonly least: number;
  readonly middle: number;
  readonly most: number;
} {
  const sorted = Float64Array.from(values).sort();
  return {
    least: sorted[0] ?? 0,
    middle: sorted.length === 0 ? 0 : quantile(sorted, 0.5),
    most: sorted.at(-1) ?? 0,
  };
}
