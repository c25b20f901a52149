import { encode } from 'fast-png';
import { diceByStructure, diceOf, notable } from '../metrics/notable.ts';
import { type StoredCase, unpackBytes, unpackMask } from '../metrics/stored.ts';
import type { StoredPicture } from '../runs/results/predictions.ts';
import type { ComparedRun } from './comparison/members.ts';

/** An image with what was found, missed and invented, as in figure 4. */
export interface Overlay {
  readonly id: string;
  /** Best, median or worst by the Dice coefficient. */
  readonly place: string;
  readonly dsc: number;
  /** The same by structure, where there are several. */
  readonly structures: Readonly<Record<string, number | null>>;
  /** `data:image/png;base64,…` */
  readonly png: string;
}

/** As in the paper's figure 4: right is blue, missed is red, invented is green. */
const colors = { both: [60, 110, 255], missed: [255, 60, 50], invented: [40, 200, 80] } as const;

const placeNames = ['best', 'median', 'worst'];

/**
 * The best, the median and the worst of a run's images whose pictures were kept: of all images for the extremes, and of
 * the folds' medians the one nearest to the median of all.
 */
export function overlaysOf({ cases, folds, plan }: ComparedRun, head: string): readonly Overlay[] {
  const pictures = new Map(folds.flatMap((fold) => Object.entries(fold.pictures)));
  const scores = cases.map((one) => diceOf(one, head));
  const chosen = notable(scores).map((index) => scores[index]!);
  return chosen.flatMap((target, place) => {
    const near = cases
      .flatMap((one, index) => {
        const picture = pictures.get(one.id);
        const dsc = scores[index];
        return picture === undefined || dsc == null ? [] : [{ one, picture, dsc }];
      })
      .sort((left, right) => Math.abs(left.dsc - target) - Math.abs(right.dsc - target))[0];
    if (near === undefined) return [];
    return [
      {
        id: near.one.id,
        place: placeNames[place]!,
        dsc: near.dsc,
        structures: diceByStructure(near.one, plan, head),
        png: paint(near.one, near.picture, head),
      },
    ];
  });
}

/** The image around the heart, painted. */
function paint({ shapes }: StoredCase, picture: StoredPicture, head: string): string {
  const { height, width } = picture;
  const pixels = height * width;
  const grey = unpackBytes(picture.grey, pixels);
  const shape = shapes[head];
  const fits = shape !== undefined && shape.height === height && shape.width === width;
  const union = (masks: readonly string[]) => {
    const all = new Uint8Array(pixels);
    for (const mask of masks) for (const [pixel, on] of unpackMask(mask, pixels).entries()) all[pixel]! |= on;
    return all;
  };
  const truth = fits ? union(shape.truth) : new Uint8Array(pixels);
  const predicted = fits ? union(shape.predicted) : new Uint8Array(pixels);
  const window = windowOf(truth, predicted, picture);
  const data = new Uint8Array(3 * window.height * window.width);
  for (let place = 0; place < window.height * window.width; place += 1) {
    const row = window.top + Math.floor(place / window.width);
    const pixel = row * width + window.left + (place % window.width);
    const color =
      truth[pixel] === 1
        ? predicted[pixel] === 1
          ? colors.both
          : colors.missed
        : predicted[pixel] === 1
          ? colors.invented
          : null;
    for (let channel = 0; channel < 3; channel += 1) {
      const base = grey[pixel]!;
      data[3 * place + channel] = color === null ? base : Math.round(0.45 * base + 0.55 * color[channel]!);
    }
  }
  const png = encode({ width: window.width, height: window.height, data, channels: 3, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** The least side of a window, in pixels. */
const minSide = 48;

/** A square around both masks and half their size besides, inside of the image; all of it where both are empty. */
function windowOf(
  truth: Uint8Array,
  predicted: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
) {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let pixel = 0; pixel < truth.length; pixel += 1) {
    if (truth[pixel] === 0 && predicted[pixel] === 0) continue;
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  if (bottom < 0) return { top: 0, left: 0, height, width };
  const side = Math.max(minSide, Math.ceil(1.6 * Math.max(bottom - top + 1, right - left + 1)));
  const along = (low: number, high: number, all: number) => {
    const size = Math.min(side, all);
    return [Math.min(all - size, Math.max(0, Math.round((low + high + 1 - size) / 2))), size] as const;
  };
  const [firstRow, rows] = along(top, bottom, height);
  const [firstColumn, columns] = along(left, right, width);
  return { top: firstRow, left: firstColumn, height: rows, width: columns };
}
