import type { Graph } from '../ir/graph.ts';
import { graphText } from '../ir/hash.ts';
import type { TrainingStep } from './programs.ts';

/**
 * A text that is the same for training steps that compute the same shapes by the same operations, so that they take as
 * much memory, and but for a percent as much time. Numbers of losses, optimizers and layers, such as rates, count only as
 * 0, 1 or another; names do not count.
 */
export function stepStructure(graph: Graph, step: TrainingStep): string {
  const { loss, optimizer, clip, weighting, weight_decay, average, memory, batch, accumulate = 1 } = step;
  // Where nothing is frozen, summed or slowed the text is as it was before there was a choice.
  const { freeze = [], rates = {} } = step;
  const partly = {
    ...(accumulate > 1 && { accumulate }),
    ...(freeze.length > 0 && { freeze }),
    ...(Object.keys(rates).length > 0 && { rates: Object.keys(rates) }),
  };
  const heads = new Map(graph.heads.map(({ name }, index) => [name, `head ${index}`]));
  const terms = loss.map((term) => ({ ...term, head: heads.get(term.head) }));
  const settings = { loss: terms, optimizer, clip, weighting, weight_decay, average, ...partly };
  return [
    `batch ${batch}, memory ${memory ?? null}`,
    JSON.stringify(settings, coarse),
    graphText(graph, ({ shape, op, attributes }) => [shape, op === 'input' ? null : coarsely(attributes)]),
  ].join('\n');
}

function coarsely(attributes: object): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name === 'rate' ? JSON.stringify(value, coarse) : value,
    ]),
  );
}

function coarse(_: string, value: unknown): unknown {
  return typeof value === 'number' && value !== 0 && value !== 1 ? 'another' : value;
}
