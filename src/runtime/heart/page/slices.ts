import { encode } from 'fast-png';
import type { HeartMoment, HeartSlice } from '../slice.ts';
import { heartRole } from '../structures.ts';
import { outlinesOf, pathOf } from './contours.ts';
import { label } from './text.ts';

/** A part of the images, in pixels. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Colours of structures that bright and dark tissue leave visible, also to eyes that do not tell red from green. */
const roleColours = { 'right cavity': '#56b4e9', muscle: '#2fd39b', 'left cavity': '#f0b429' } as const;
const otherColours = ['#e07be0', '#ff7f50', '#d9d957'];

/** The colour of each structure's outline. */
export function structureColours(structures: readonly string[]): readonly string[] {
  let others = 0;
  return structures.map((name) => {
    const role = heartRole(name);
    if (role !== null) return roleColours[role];
    others += 1;
    return otherColours[(others - 1) % otherColours.length]!;
  });
}

/** The slices to show: at most so many, evenly among those that hold a structure, or among all where none does. */
export function chosenSlices(moments: readonly HeartMoment[], most: number): readonly number[] {
  const count = Math.max(...moments.map(({ slices }) => slices.length));
  const all = Array.from({ length: count }, (_, slice) => slice);
  const holding = all.filter((slice) =>
    moments.some(({ slices }) => slices[slice]?.regions.some((region) => region.includes(1))),
  );
  const shown = holding.length > 0 ? holding : all;
  if (shown.length <= most) return shown;
  return Array.from(
    { length: most },
    (_, place) => shown[Math.round((place * (shown.length - 1)) / (most - 1))]!,
  );
}

/** A square around everything that was found at any of the moments, with a margin; the middle of the image where nothing was. */
export function heartWindow(moments: readonly HeartMoment[]): Window {
  const [first] = moments.flatMap(({ slices }) => slices) as [HeartSlice];
  let [top, left, bottom, right] = [first.rows, first.columns, -1, -1];
  for (const { rows, columns, regions } of moments.flatMap(({ slices }) => slices)) {
    if (rows !== first.rows || columns !== first.columns) continue;
    for (const region of regions) {
      for (let pixel = 0; pixel < region.length; pixel += 1) {
        if (region[pixel] !== 1) continue;
        const [row, column] = [Math.floor(pixel / columns), pixel % columns];
        [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
        [left, right] = [Math.min(left, column), Math.max(right, column)];
      }
    }
  }
  if (bottom < 0) [top, left, bottom, right] = [0, 0, first.rows - 1, first.columns - 1];
  const [down, across] = first.spacing ?? [1, 1];
  const side = 1.3 * Math.max((bottom - top + 1) * down, (right - left + 1) * across);
  const height = Math.min(first.rows, Math.ceil(side / down));
  const width = Math.min(first.columns, Math.ceil(side / across));
  const within = (middle: number, size: number, whole: number) =>
    Math.max(0, Math.min(whole - size, Math.round(middle - size / 2)));
  return {
    ...{ height, width },
    top: within((top + bottom) / 2, height, first.rows),
    left: within((left + right) / 2, width, first.columns),
  };
}

/** One slice in a square: its image from the darkest to the brightest percent, the outlines of structures upon it. */
export function drawSlice(
  slice: HeartSlice,
  truth: HeartSlice | null,
  colours: readonly string[],
  window: Window,
  [x, y]: readonly [number, number],
  side: number,
  name: string,
): string {
  const { rows, columns } = slice;
  const fits = window.top + window.height <= rows && window.left + window.width <= columns;
  const { top, left, height, width } = fits ? window : { top: 0, left: 0, height: rows, width: columns };
  const [down, across] = slice.spacing ?? [1, 1];
  const scale = side / Math.max(height * down, width * across);
  const [tall, wide] = [height * down * scale, width * across * scale];
  const [startX, startY] = [x + (side - wide) / 2, y + (side - tall) / 2];
  const place = ([column, row]: readonly [number, number]) =>
    [startX + (column - left) * across * scale, startY + (row - top) * down * scale] as const;
  const outlines = (regions: readonly Uint8Array[], style: string) =>
    regions.map((region, structure) => {
      const data = pathOf(outlinesOf(region, rows, columns), place);
      return data === '' ? '' : `<path d="${data}" fill="none" stroke="${colours[structure]}" ${style}/>`;
    });
  const png = Buffer.from(grey(slice, { top, left, height, width })).toString('base64');
  return [
    `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="#000000"/>`,
    `<image x="${startX.toFixed(1)}" y="${startY.toFixed(1)}" width="${wide.toFixed(1)}" height="${tall.toFixed(1)}" preserveAspectRatio="none" href="data:image/png;base64,${png}"/>`,
    ...(truth === null
      ? []
      : outlines(truth.regions, 'stroke-width="1" stroke-dasharray="2.5 2" stroke-opacity="0.95"')),
    ...outlines(slice.regions, 'stroke-width="1.3"'),
    label(name, x + 4, y + 11, { size: 8.5, ink: '#ffffff' }),
  ].join('');
}

function grey({ image, columns }: HeartSlice, { top, left, height, width }: Window): Uint8Array {
  const values = Float32Array.from({ length: height * width }, (_, pixel) => {
    return image[(top + Math.floor(pixel / width)) * columns + left + (pixel % width)]!;
  });
  const sorted = Float32Array.from(values).sort();
  const [low, high] = [sorted[Math.floor(0.01 * sorted.length)]!, sorted[Math.floor(0.99 * sorted.length)]!];
  const data = Uint8Array.from(values, (value) =>
    high > low ? Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low)))) : 0,
  );
  return encode({ height, width, data, channels: 1, depth: 8 });
}
