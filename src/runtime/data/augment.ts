import type { AugmentSettings } from '../../compiler/index.ts';
import { type AffineMap, type Grid, type Size, warp } from './grid.ts';
import { type Key, stream } from './random.ts';

/** A movement of one image in one epoch. */
export interface Movement {
  /** Degrees; positive turns counter-clockwise as the image is seen. */
  readonly degrees: number;
  /** Pixels; positive moves down and to the right. */
  readonly rows: number;
  readonly columns: number;
}

/** The movement that a seed gives an image in an epoch. It does not depend on the batch, nor on other images. */
export function drawMovement(
  settings: AugmentSettings,
  seed: number,
  epoch: number,
  image: Key,
  size: Size,
): Movement {
  const random = stream(seed, 'augment', epoch, image);
  const turn = settings.rotate ?? [0, 0];
  const shift = settings.shift ?? [0, 0];
  return {
    degrees: random.uniform(turn[0], turn[1]),
    rows: random.uniform(shift[0], shift[1]) * size.height,
    columns: random.uniform(shift[0], shift[1]) * size.width,
  };
}

/** Moves image and mask together: each is interpolated once, and what comes in from outside is zero. */
export function move<M extends Grid | null>(
  image: Grid,
  mask: M,
  movement: Movement,
): { image: Grid; mask: M } {
  const map = sourceOf(movement, image);
  return {
    image: warp(image, image, map, 'bilinear', 'zero'),
    mask: (mask === null ? null : warp(mask, mask, map, 'nearest', 'zero')) as M,
  };
}

/** Where each pixel of the moved image was before: the shift is undone first, then the turn about the centre. */
function sourceOf({ degrees, rows, columns }: Movement, { height, width }: Size): AffineMap {
  const angle = (degrees * Math.PI) / 180;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const middleRow = (height - 1) / 2;
  const middleColumn = (width - 1) / 2;
  return {
    rows: [cosine, sine, middleRow - cosine * (middleRow + rows) - sine * (middleColumn + columns)],
    columns: [-sine, cosine, middleColumn + sine * (middleRow + rows) - cosine * (middleColumn + columns)],
  };
}
