import { setImmediate } from 'node:timers/promises';
import type { Batch } from '../data/batches/data-source.ts';
import type { Start } from '../runs/results/start.ts';
import type { Fold } from './fold.ts';
import { measurePriors, startState } from './start.ts';

/** What the fold starts from, as it was kept or measured now; null when a stop was asked for meanwhile. */
export async function startOf(fold: Fold): Promise<Start | null> {
  const kept = fold.sink.readStart();
  if (kept !== null) return kept;
  const headLogits = fold.plan.train.head_bias === 'prior' ? await priors(fold) : {};
  if (headLogits === null) return null;
  const start = { draw: 0, headLogits };
  fold.sink.saveStart(start);
  return start;
}

/** Sets all that is trained to what it is before the first step. */
export async function beginAt(
  { plan, trainer }: Pick<Fold, 'plan' | 'trainer'>,
  start: Start,
): Promise<void> {
  await trainer.restore(startState(plan, start));
}

/** What a log says about a start; null where there is nothing to say. */
export function startText({ headLogits }: Start): string | null {
  const heads = Object.entries(headLogits).map(
    ([head, logits]) => `${head} ${logits.map((logit) => logit.toFixed(2)).join(', ')}`,
  );
  return heads.length === 0
    ? null
    : `heads start at the class prior of the training images, as logits: ${heads.join('; ')}`;
}

/** The class prior of the training images; null when a stop was asked for meanwhile. */
async function priors({ plan, data, stopRequested }: Fold): Promise<Start['headLogits'] | null> {
  let stopped = false;
  async function* untilStop(): AsyncGenerator<Batch> {
    for await (const batch of data.training()) {
      yield batch;
      await setImmediate();
      stopped = stopRequested();
      if (stopped) return;
    }
  }
  const measured = await measurePriors(plan, untilStop());
  return stopped ? null : measured;
}
