import type { EvaluateSettings } from './run-plan.ts';

/** A way to look at an image: mirrored first, then turned by quarters, counter-clockwise as it is seen. */
export interface View {
  readonly horizontal: boolean;
  readonly vertical: boolean;
  readonly quarters: number;
}

/** All but the image itself; of mirrors and turns that come to the same, one. */
export function viewsOf({
  flips,
  turns = 'none',
}: Pick<EvaluateSettings, 'flips' | 'turns'>): readonly View[] {
  const mirrors: readonly (readonly [boolean, boolean])[] = (
    {
      none: [[false, false]],
      horizontal: [
        [false, false],
        [true, false],
      ],
      vertical: [
        [false, false],
        [false, true],
      ],
      both: [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ],
    } satisfies Record<typeof flips, [boolean, boolean][]>
  )[flips];
  const quarters = { none: [0], half: [0, 2], quarters: [0, 1, 2, 3] }[turns];
  const seen = new Set<string>([cornersSeen({ horizontal: false, vertical: false, quarters: 0 })]);
  return mirrors.flatMap(([horizontal, vertical]) =>
    quarters.flatMap((turned) => {
      const view = { horizontal, vertical, quarters: turned };
      const corners = cornersSeen(view);
      if (seen.has(corners)) return [];
      seen.add(corners);
      return [view];
    }),
  );
}

/** Which corner of an image stands in each: equal of views that are the same. */
function cornersSeen(view: View): string {
  return viewed(Float32Array.of(1, 2, 3, 4), [2, 2, 1], view).join();
}

/** Maps `[n, height, width, channels]` mirrored and then turned; quarter turns are of square maps. */
export function viewed(
  values: Float32Array,
  shape: readonly [number, number, number],
  { horizontal, vertical, quarters }: View,
): Float32Array {
  return turned(mirrored(values, shape, { horizontal, vertical }), shape, quarters);
}

/** What {@link viewed} showed, as it was. */
export function broughtBack(
  values: Float32Array,
  shape: readonly [number, number, number],
  { horizontal, vertical, quarters }: View,
): Float32Array {
  return mirrored(turned(values, shape, 4 - quarters), shape, { horizontal, vertical });
}

/** Columns, rows or both in the other order. */
export function mirrored(
  values: Float32Array,
  shape: readonly [number, number, number],
  { horizontal, vertical }: Pick<View, 'horizontal' | 'vertical'>,
): Float32Array {
  const [height, width] = shape;
  if (!horizontal && !vertical) return values;
  return rearranged(values, shape, (row, column) => [
    vertical ? height - 1 - row : row,
    horizontal ? width - 1 - column : column,
  ]);
}

/** By quarters, counter-clockwise as it is seen. */
function turned(
  values: Float32Array,
  shape: readonly [number, number, number],
  quarters: number,
): Float32Array {
  const [height, width] = shape;
  switch (quarters % 4) {
    case 1:
      return rearranged(values, shape, (row, column) => [column, width - 1 - row]);
    case 2:
      return rearranged(values, shape, (row, column) => [height - 1 - row, width - 1 - column]);
    case 3:
      return rearranged(values, shape, (row, column) => [height - 1 - column, row]);
    default:
      return values;
  }
}

/** @param sourceOf where a pixel comes from */
function rearranged(
  values: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  sourceOf: (row: number, column: number) => readonly [number, number],
): Float32Array {
  const out = new Float32Array(values.length);
  const size = height * width * channels;
  for (let start = 0; start < values.length; start += size) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [y, x] = sourceOf(row, column);
        const from = start + (y * width + x) * channels;
        out.set(values.subarray(from, from + channels), start + (row * width + column) * channels);
      }
    }
  }
  return out;
}
