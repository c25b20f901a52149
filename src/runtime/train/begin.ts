import { setImmediate } from 'node:timers/promises';
import { graphOfPlan, priorWeights, type RunPlan, valueAttribute } from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import type { Start } from '../runs/results/start.ts';
import type { Fold } from './fold.ts';
import { measurePriors, startState } from './start.ts';

/** What the fold starts from, as it was kept or measured now; null when a stop was asked for meanwhile. */
export async function startOf(fold: Fold): Promise<Start | null> {
  const kept = fold.sink.readStart();
  if (kept !== null) return kept;
  const measured = fold.plan.train.head_bias === 'prior' ? await priors(fold) : {};
  const headLogits = measured && ungiven(measured, fold);
  if (headLogits === null) return null;
  const start = { draw: 0, headLogits };
  fold.sink.saveStart(start);
  return start;
}

/** The priors of heads whose weights are not given. */
function ungiven(
  headLogits: Start['headLogits'],
  { plan, startingWeights }: Pick<Fold, 'plan' | 'startingWeights'>,
): Start['headLogits'] {
  if (startingWeights === undefined) return headLogits;
  const graph = graphOfPlan(plan.network);
  const kept = Object.entries(headLogits).filter(([head, logits]) => {
    const biases = [...priorWeights(graph, { [head]: logits }).keys()];
    return !biases.some((name) => startingWeights.has(name));
  });
  return Object.fromEntries(kept);
}

/** What a log says of weights that are not drawn; null where all are. */
export function givenText({ plan, startingWeights }: Pick<Fold, 'plan' | 'startingWeights'>): string | null {
  if (startingWeights === undefined) return null;
  const all = plan.network.layers.flatMap(({ weights }) => weights).length;
  const from = (plan.train.start ?? []).map(
    ({ part, run, fold }) => `${run}, fold ${fold}${part === '' ? '' : ` (${part.replaceAll('/', '.')})`}`,
  );
  return `${startingWeights.size} of ${all} weights start as those of ${from.join('; ')}; the others are drawn`;
}

/** Sets all that is trained to what it is before the first step. */
export async function beginAt(
  { plan, trainer, startingWeights }: Pick<Fold, 'plan' | 'trainer' | 'startingWeights'>,
  start: Start,
): Promise<void> {
  await trainer.restore(startState(plan, start, startingWeights));
}

/** What a log says about a start; null where there is nothing to say. */
export function startText(
  { headLogits }: Start,
  { heads, data }: Pick<RunPlan, 'heads' | 'data'>,
): string | null {
  const told = (isValue: boolean) =>
    heads.flatMap((head) => {
      const start = headLogits[head.name];
      if (start === undefined || (head.kind === 'value') !== isValue) return [];
      if (!isValue) return [`${head.name} ${start.map((logit) => logit.toFixed(2)).join(', ')}`];
      const { unit, scale } = valueAttribute(head, data);
      return [`${head.name} ${Number((start[0]! * scale).toPrecision(4))} ${unit}`];
    });
  const [logits, values] = [told(false), told(true)];
  const lines = [
    ...(logits.length === 0
      ? []
      : [`heads start at the class prior of the training images, as logits: ${logits.join('; ')}`]),
    ...(values.length === 0 ? [] : [`values start at the mean of the training images: ${values.join('; ')}`]),
  ];
  return lines.length === 0 ? null : lines.join('; ');
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
