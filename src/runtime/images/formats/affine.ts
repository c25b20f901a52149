import type { Affine } from './volume.ts';

/** The volume of a voxel with its sign: negative where the axes are left-handed. */
export function determinant(affine: Affine): number {
  const [a, b, c, , d, e, f, , g, h, i] = affine as readonly [
    ...[number, number, number, number, number, number, number, number, number, number, number],
    ...number[],
  ];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** Millimetres from a voxel to its next along columns, rows and slices. */
export function voxelSizes(affine: Affine): readonly [number, number, number] {
  const along = (axis: number) => Math.hypot(affine[axis]!, affine[4 + axis]!, affine[8 + axis]!);
  return [along(0), along(1), along(2)];
}

/** A point through an affine. */
export function apply(affine: Affine, point: readonly number[]): readonly [number, number, number] {
  const row = (start: number) =>
    affine[start]! * point[0]! +
    affine[start + 1]! * point[1]! +
    affine[start + 2]! * point[2]! +
    affine[start + 3]!;
  return [row(0), row(4), row(8)];
}

/** The affine that undoes another, whose determinant is not 0. */
export function invert(affine: Affine): Affine {
  const [a, b, c, x, d, e, f, y, g, h, i, z] = affine as readonly [
    ...[number, number, number, number, number, number, number, number, number, number, number, number],
    ...number[],
  ];
  const over = 1 / determinant(affine);
  const turn = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
  ].concat([d * h - e * g, b * g - a * h, a * e - b * d]);
  const rows = [0, 3, 6].flatMap((start) => {
    const [p, q, r] = turn.slice(start, start + 3).map((value) => value * over) as [number, number, number];
    return [p, q, r, -(p * x + q * y + r * z)];
  });
  return [...rows, 0, 0, 0, 1];
}

/**
 * How far two affines put the voxels of one grid apart, at most, in voxels of the first.
 * @param size columns, rows and slices
 */
export function distanceOfGrids(one: Affine, other: Affine, size: readonly [number, number, number]): number {
  const back = invert(one);
  const corners = Array.from({ length: 8 }, (_, corner) =>
    size.map((count, axis) => ((corner >> axis) & 1) * (count - 1)),
  );
  return Math.max(
    ...corners.map((corner) => {
      const there = apply(back, apply(other, corner));
      return Math.max(...there.map((value, axis) => Math.abs(value - corner[axis]!)));
    }),
  );
}
