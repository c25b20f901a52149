import type { RunPlan } from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import type { Trainer } from './trainer.ts';

/** By head, as the network answers. */
export type Answers = Readonly<Record<string, Float32Array>>;

/** How many mirror images of each image the network is asked about as well. */
export function mirrorCount(flips: RunPlan['evaluate']['flips']): number {
  return mirrorsOf(flips).length;
}

interface Mirror {
  readonly horizontal: boolean;
  readonly vertical: boolean;
}

/**
 * What the network says about a batch: the mean over the image and its mirror images, where the plan asks for them
 * (`evaluate.flips`), each mask mirrored back. `own` holds the answers to the images themselves.
 */
export async function answersOf(
  plan: Pick<RunPlan, 'network' | 'heads' | 'evaluate'>,
  trainer: Pick<Trainer, 'predict'>,
  batch: Pick<Batch, 'images'>,
  own: Answers,
): Promise<Answers> {
  const mirrors = mirrorsOf(plan.evaluate.flips);
  if (mirrors.length === 0) return own;
  const [height, width, channels] = plan.network.input.shape as [number, number, number];
  const all: Answers[] = [own];
  for (const mirror of mirrors) {
    const images = mirrored(batch.images, [height, width, channels], mirror);
    const { heads } = await trainer.predict({ images });
    const back = plan.heads.map(({ name, kind, channels: values }) => {
      const answer = heads[name]!;
      return [name, kind === 'mask' ? mirrored(answer, [height, width, values], mirror) : answer] as const;
    });
    all.push(Object.fromEntries(back));
  }
  const mean = (name: string) =>
    own[name]!.map((_, index) => all.reduce((sum, answers) => sum + answers[name]![index]!, 0) / all.length);
  return Object.fromEntries(Object.keys(own).map((name) => [name, mean(name)]));
}

function mirrorsOf(flips: RunPlan['evaluate']['flips']): readonly Mirror[] {
  const left: Mirror = { horizontal: true, vertical: false };
  const upside: Mirror = { horizontal: false, vertical: true };
  switch (flips) {
    case 'none':
      return [];
    case 'horizontal':
      return [left];
    case 'vertical':
      return [upside];
    case 'both':
      return [left, upside, { horizontal: true, vertical: true }];
  }
}

/** Maps `[n, height, width, channels]` with their columns, rows or both in the other order. */
export function mirrored(
  values: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  { horizontal, vertical }: Mirror,
): Float32Array {
  const out = new Float32Array(values.length);
  const size = height * width * channels;
  for (let start = 0; start < values.length; start += size) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const y = vertical ? height - 1 - row : row;
        const x = horizontal ? width - 1 - column : column;
        const from = start + (y * width + x) * channels;
        out.set(values.subarray(from, from + channels), start + (row * width + column) * channels);
      }
    }
  }
  return out;
}
