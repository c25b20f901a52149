import type { Graph } from '../ir/graph.ts';
import { memory } from '../passes/memory.ts';
import type { HeadPlan, LossTerm, TrainSettings } from '../plan/run-plan.ts';
import type { ResolvedExperiment } from '../semantics/experiments/experiment.ts';
import type { Reporter } from '../semantics/program/program.ts';

type OptimizerKind = TrainSettings['optimizer']['kind'];

/** Learning rates from which on deep networks without norms mostly diverge, and from which on nearly everything does. */
const rates: { readonly [K in OptimizerKind]: { readonly bare: number; readonly any: number } } = {
  rmsprop: { bare: 0.001, any: 0.02 },
  adam: { bare: 0.002, any: 0.02 },
  sgd: { bare: 0.05, any: 2 },
};

/** Convolutions on top of each other from which on a network counts as deep. */
const deep = 8;

/** Images from which on a batch's statistics are not those of single images. */
const fewImages = 2;

/** Bytes of a training step that hardly any machine has. */
const muchMemory = 64 * 2 ** 30;

/** How many numbers an optimizer remembers of every weight. */
const slots: { readonly [K in OptimizerKind]: number } = { rmsprop: 1, adam: 2, sgd: 1 };

/** What is trained, with the places that decide it. */
interface Trained extends Pick<ResolvedExperiment, 'place' | 'placeOfLoss'> {
  readonly loss: readonly LossTerm[];
  readonly train: TrainSettings;
  readonly heads: readonly HeadPlan[];
}

/** Warns of settings with which networks often learn nothing. */
export function checkProspects(
  { loss, train, heads, place, placeOfLoss }: Trained,
  graph: Graph,
  reporter: Reporter,
): void {
  const { optimizer, batch } = train;
  // A velocity adds up what the steps before wanted.
  const rate = optimizer.kind === 'sgd' ? optimizer.lr / (1 - optimizer.momentum) : optimizer.lr;
  const named = { optimizer: optimizer.kind, rate: optimizer.lr };
  const convolutions = graph.nodes.filter(({ op }) => op === 'conv' || op.endsWith('_conv')).length;
  const normalised = graph.nodes.some(({ op }) => op.endsWith('_norm'));
  if (rate >= rates[optimizer.kind].any) {
    reporter.report('largeRate', {
      at: place('train', 'optimizer'),
      arguments: named,
      notes:
        optimizer.kind === 'sgd' && optimizer.momentum > 0
          ? [
              `with a momentum of ${optimizer.momentum} steps add up to a rate of ${Number(rate.toPrecision(3))}`,
            ]
          : [],
      help: [{ message: `start with ${optimizer.kind === 'sgd' ? '0.01' : '0.001'}` }],
    });
  } else if (!normalised && convolutions >= deep && rate >= rates[optimizer.kind].bare) {
    reporter.report('fastWithoutNorms', {
      at: place('train', 'optimizer'),
      arguments: { ...named, layers: convolutions },
      notes: [
        'values grow from layer to layer, until logits are so far from 0 that nothing changes them any more',
      ],
      help: [
        {
          message: 'put `instance_norm()` or `batch_norm()` behind convolutions, or take a tenth of the rate',
        },
      ],
    });
  }
  for (const { name, kind } of heads) {
    const own = loss.filter(({ head }) => head === name);
    if (kind !== 'mask' || own.length === 0) continue;
    if (!own.every((term) => 'reduction' in term && term.reduction === 'image')) continue;
    reporter.report('overlapAlone', {
      at: placeOfLoss(own[0]!),
      arguments: { head: name },
      notes: ['an image without the structure counts as a miss until all of its mask is near 0'],
      help: [
        {
          message: `add a cross entropy, or sum over the batch: \`${own[0]!.loss}(${name}, reduction = "batch")\``,
        },
      ],
    });
  }
  const { bytes } = memory(graph, batch, slots[optimizer.kind]).training;
  if (bytes > muchMemory) {
    reporter.report('muchMemory', {
      at: place('model'),
      arguments: { size: `${Math.round(bytes / 2 ** 30)} GB` },
      notes: [`that is for weights, optimizer and a batch of ${batch} alone, before any engine's own needs`],
      help: [{ message: 'use fewer channels, smaller images or a smaller batch' }],
    });
  }
  if (batch <= fewImages && graph.nodes.some(({ op }) => op === 'batch_norm')) {
    reporter.report('smallBatches', {
      at: place('train', 'batch'),
      arguments: { batch: batch === 1 ? 'a single image' : `${batch} images` },
      notes: [
        'what a network learns then depends on which images meet, and an evaluation sees other statistics',
      ],
      help: [{ message: 'use `batch = 8`, or `instance_norm()` in place of batch norm' }],
    });
  }
}
