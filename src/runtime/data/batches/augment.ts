import type { AugmentedBy, AugmentSettings } from '../../../compiler/index.ts';
import { type AffineMap, type Displacement, type Grid, type Size, warp } from '../../images/grid.ts';
import { type Key, stream } from '../../random/random.ts';

/** A movement of one image in one epoch. */
export interface Movement {
  /** Degrees; positive turns counter-clockwise as the image is seen. */
  readonly degrees: number;
  /** Pixels; positive moves down and to the right. */
  readonly rows: number;
  readonly columns: number;
  /** Above 1 enlarges, about the centre. */
  readonly scale: number;
  /** Whether left and right, or top and bottom, change places first. */
  readonly mirrored: { readonly horizontal: boolean; readonly vertical: boolean };
  /** Exponent of the intensity between the image's darkest and brightest value. */
  readonly gamma: number;
}

/** Whether the settings change any image. */
export function augments({ flip, chance: _, ...ranges }: AugmentSettings): boolean {
  return flip !== 'none' || Object.values(ranges).some((range) => range != null);
}

/**
 * The movement that a seed gives an image in an epoch. It does not depend on the batch, nor on other images.
 * @param showing how often the epoch has shown the image before: each showing moves by itself
 */
export function drawMovement(
  settings: AugmentSettings,
  seed: number,
  epoch: number,
  image: Key,
  size: Size,
  showing = 0,
): Movement {
  const random = stream(seed, 'augment', epoch, image, ...(showing === 0 ? [] : [showing]));
  /** A coin of its own for each, so that a chance shifts nothing that is drawn. */
  const rangeOf = (
    kind: 'rotate' | 'shift' | 'scale' | 'gamma',
    otherwise: number,
  ): readonly [number, number] => {
    const chance = settings.chance?.[kind] ?? 1;
    const isMade = chance === 1 || coinOf(kind).chance(chance);
    return (isMade ? settings[kind] : null) ?? [otherwise, otherwise];
  };
  const coinOf = (kind: AugmentedBy) => stream(seed, 'chance', epoch, image, showing, kind);
  const [turn, shift] = [rangeOf('rotate', 0), rangeOf('shift', 0)];
  const [scale, gamma] = [rangeOf('scale', 1), rangeOf('gamma', 1)];
  const may = (direction: 'horizontal' | 'vertical') =>
    settings.flip === direction || settings.flip === 'both';
  return {
    degrees: random.uniform(turn[0], turn[1]),
    rows: random.uniform(shift[0], shift[1]) * size.height,
    columns: random.uniform(shift[0], shift[1]) * size.width,
    scale: random.uniform(scale[0], scale[1]),
    gamma: random.uniform(gamma[0], gamma[1]),
    mirrored: {
      horizontal: random.chance(0.5) && may('horizontal'),
      vertical: random.chance(0.5) && may('vertical'),
    },
  };
}

/**
 * Moves image and mask together: each is interpolated once, and what comes in from outside is zero.
 * @param bend an elastic displacement of both, after the movement
 */
export function move<M extends Grid | null>(
  image: Grid,
  mask: M,
  movement: Movement,
  bend: Displacement | null = null,
): { image: Grid; mask: M } {
  const map = sourceOf(movement, image);
  return {
    image: warp(withGamma(image, movement.gamma), image, map, 'bilinear', 'zero', bend),
    mask: (mask === null ? null : warp(mask, mask, map, 'nearest', 'zero', bend)) as M,
  };
}

/** `low + range · ((value − low) / range) ^ gamma`: middle values become brighter or darker, the ends stay. */
function withGamma(image: Grid, gamma: number): Grid {
  if (gamma === 1) return image;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of image.values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low;
  if (range === 0) return image;
  return { ...image, values: image.values.map((value) => low + range * ((value - low) / range) ** gamma) };
}

/**
 * Where each pixel of the moved image was before: the shift is undone first, then turn and scale about the centre, then
 * the mirror.
 */
function sourceOf({ degrees, rows, columns, scale, mirrored }: Movement, { height, width }: Size): AffineMap {
  const angle = (degrees * Math.PI) / 180;
  const cosine = Math.cos(angle) / scale;
  const sine = Math.sin(angle) / scale;
  const middleRow = (height - 1) / 2;
  const middleColumn = (width - 1) / 2;
  const map: AffineMap = {
    rows: [cosine, sine, middleRow - cosine * (middleRow + rows) - sine * (middleColumn + columns)],
    columns: [-sine, cosine, middleColumn + sine * (middleRow + rows) - cosine * (middleColumn + columns)],
  };
  return {
    rows: mirrored.vertical ? mirror(map.rows, height) : map.rows,
    columns: mirrored.horizontal ? mirror(map.columns, width) : map.columns,
  };
}

/** The place as counted from the other end. */
function mirror([byRow, byColumn, from]: AffineMap['rows'], size: number): AffineMap['rows'] {
  return [-byRow, -byColumn, size - 1 - from];
}
