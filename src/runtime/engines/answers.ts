import type { RunPlan } from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import type { Trainer } from './trainer.ts';

/** By head, as the network answers. */
export type Answers = Readonly<Record<string, Float32Array>>;

/** How many mirrored and turned images of each image the network is asked about as well. */
export function viewCount(evaluate: Pick<RunPlan['evaluate'], 'flips' | 'turns'>): number {
  return viewsOf(evaluate).length;
}

/** A way to look at an image: mirrored first, then turned by quarters, counter-clockwise as it is seen. */
interface View {
  readonly horizontal: boolean;
  readonly vertical: boolean;
  readonly quarters: number;
}

/**
 * What the network says about a batch: the mean over the image and its mirrored and turned images, where the plan asks for
 * them (`evaluate.flips`, `evaluate.turns`), each mask brought back. `own` holds the answers to the images themselves.
 */
export async function answersOf(
  plan: Pick<RunPlan, 'network' | 'heads' | 'evaluate'>,
  trainer: Pick<Trainer, 'predict'>,
  batch: Pick<Batch, 'images'>,
  own: Answers,
): Promise<Answers> {
  const views = viewsOf(plan.evaluate);
  if (views.length === 0) return own;
  const [height, width, channels] = plan.network.input.shape as [number, number, number];
  const all: Answers[] = [own];
  for (const view of views) {
    const images = viewed(batch.images, [height, width, channels], view);
    const { heads } = await trainer.predict({ images });
    const back = plan.heads.map(({ name, kind, channels: values }) => {
      const answer = heads[name]!;
      return [name, kind === 'mask' ? broughtBack(answer, [height, width, values], view) : answer] as const;
    });
    all.push(Object.fromEntries(back));
  }
  const mean = (name: string) =>
    own[name]!.map((_, index) => all.reduce((sum, answers) => sum + answers[name]![index]!, 0) / all.length);
  return Object.fromEntries(Object.keys(own).map((name) => [name, mean(name)]));
}

/** All but the image itself; of mirrors and turns that come to the same, one. */
function viewsOf({ flips, turns = 'none' }: Pick<RunPlan['evaluate'], 'flips' | 'turns'>): readonly View[] {
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
