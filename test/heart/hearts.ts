import type { HeartMoment, HeartSlice } from '../../src/runtime/heart/slice.ts';

export const structures = ['right_ventricle', 'myocardium', 'left_ventricle'] as const;

/** A heart of known geometry: lengths in millimetres, angles in radians from the image's right towards its bottom. */
export interface Shape {
  readonly size?: number;
  readonly spacing: readonly [down: number, across: number];
  readonly thickness: number;
  readonly slices: number;
  /** Radius of the cavity at a depth from the base. */
  readonly inner: (depth: number) => number;
  readonly wall: (angle: number) => number;
  /** Where the right ventricle begins and ends around the left one, and how far it lies from it; none where null. */
  readonly right: { readonly start: number; readonly end: number; readonly gap?: number } | null;
  readonly front?: readonly [down: number, across: number] | null;
  /** The image's value at an angle of the wall. */
  readonly value?: (angle: number) => number;
}

export function heart(shape: Shape, phase: string | null = null): HeartMoment {
  return {
    phase,
    slices: Array.from({ length: shape.slices }, (_, slice) =>
      sliceOf(shape, (slice + 0.5) * shape.thickness),
    ),
  };
}

function sliceOf(shape: Shape, depth: number): HeartSlice {
  const { size = 96, spacing, thickness, inner, wall, right, front = null, value = () => 0 } = shape;
  const regions = structures.map(() => new Uint8Array(size * size));
  const image = new Float32Array(size * size);
  const radius = inner(depth);
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    const down = (Math.floor(pixel / size) - size / 2) * spacing[0];
    const across = ((pixel % size) - size / 2) * spacing[1];
    const [away, angle] = [Math.hypot(down, across), Math.atan2(down, across)];
    image[pixel] = value(angle);
    const outer = radius + wall(angle);
    const begin = outer + (right?.gap ?? 0);
    if (away < radius) regions[2]![pixel] = 1;
    else if (away < outer) regions[1]![pixel] = 1;
    else if (right !== null && within(angle, right) && away >= begin && away < begin + 15)
      regions[0]![pixel] = 1;
  }
  return {
    ...{ rows: size, columns: size, regions, image, spacing, front },
    voxelMm3: spacing[0] * spacing[1] * thickness,
  };
}

function within(angle: number, { start, end }: { readonly start: number; readonly end: number }): boolean {
  const turn = 2 * Math.PI;
  return (((angle - start) % turn) + turn) % turn <= end - start;
}

/** Half an ellipsoid with its base at depth 0. */
export function ellipsoid(radius: number, length: number): Shape['inner'] {
  return (depth) => radius * Math.sqrt(Math.max(0, 1 - (depth / length) ** 2));
}

export function halfEllipsoidMl(radius: number, length: number): number {
  return ((2 / 3) * Math.PI * radius ** 2 * length) / 1000;
}
