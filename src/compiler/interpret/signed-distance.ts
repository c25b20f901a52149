import { at, build, type Tensor } from './tensor.ts';

/**
 * The signed distance of every pixel to the border of each channel of a truth `[batch, height, width, channels]`, in pixels:
 * outside the distance to the nearest pixel inside, inside 1 minus that to the nearest pixel outside. 0 everywhere for an
 * empty channel; in a full one, whose border lies nowhere, too. Kervadec et al. 2019.
 */
export function signedDistances(truth: Tensor): Tensor {
  const [, height, width] = truth.shape as readonly [number, number, number];
  return build(truth.shape, (image, y, x, channel) => {
    const inside = at(truth, image!, y!, x!, channel!) > 0.5;
    let nearest = Number.POSITIVE_INFINITY;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        if (at(truth, image!, row, column, channel!) > 0.5 === inside) continue;
        nearest = Math.min(nearest, Math.hypot(row - y!, column - x!));
      }
    }
    if (nearest === Number.POSITIVE_INFINITY) return 0;
    return inside ? 1 - nearest : nearest;
  });
}
