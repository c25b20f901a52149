import { broughtBack, type RunPlan, viewed, viewsOf } from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import type { Trainer } from './trainer.ts';

/** By head, as the network answers. */
export type Answers = Readonly<Record<string, Float32Array>>;

/** How many mirrored and turned images of each image the network is asked about as well. */
export function viewCount(evaluate: Pick<RunPlan['evaluate'], 'flips' | 'turns'>): number {
  return viewsOf(evaluate).length;
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
