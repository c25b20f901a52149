import { encode } from 'fast-png';
import { diceOf, notable } from '../metrics/notable.ts';
import { type StoredCase, unpackBytes, unpackMask } from '../metrics/stored.ts';
import type { StoredPicture } from '../runs/predictions.ts';
import type { ComparedRun } from './members.ts';

/** An image with what was found, missed and invented, as in figure 4. */
export interface Overlay {
  readonly id: string;
  /** Best, median or worst by the Dice coefficient. */
  readonly place: string;
  readonly dsc: number;
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
export function overlaysOf({ cases, folds }: ComparedRun, head: string): readonly Overlay[] {
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
      { id: near.one.id, place: placeNames[place]!, dsc: near.dsc, png: paint(near.one, near.picture, head) },
    ];
  });
}

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
  const data = new Uint8Array(3 * pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
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
      data[3 * pixel + channel] = color === null ? base : Math.round(0.45 * base + 0.55 * color[channel]!);
    }
  }
  const png = encode({ width, height, data, channels: 3, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
