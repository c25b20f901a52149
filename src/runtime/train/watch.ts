import { type Diagnostic, diagnostic, type RunPlan } from '../../compiler/index.ts';
import type { Tensors } from '../storage/safetensors.ts';
import { deadChannels } from './dead-channels.ts';
import type { SeenMask } from './seen-masks.ts';

/** What watching remembers from epoch to epoch; plain data that belongs in a checkpoint. */
export interface Watched {
  /** For how many epochs in a row something has been so, by what. */
  readonly epochs: Readonly<Record<string, number>>;
  /** What has been said, so that it is said once. */
  readonly said: readonly string[];
  /** Of the last epoch. */
  readonly loss: number | null;
  /** The losses of held-out and of training images when the former last fell, and of the last epoch. */
  readonly heldOut: HeldOutLoss | null;
}

interface HeldOutLoss {
  readonly lowest: number;
  readonly training: number;
  readonly last: number;
}

export const nothingWatched: Watched = { epochs: {}, said: [], loss: null, heldOut: null };

/** What an epoch shows. */
export interface Sight {
  /** Mean over the epoch's steps. */
  readonly loss: number;
  /** The mean loss of held-out images. */
  readonly heldOut: number;
  /** Share of the optimizer's learning rate that is left. */
  readonly rateLeft: number;
  /** Of held-out images, by head. */
  readonly masks: ReadonlyMap<string, SeenMask>;
  /** By head, whether some of its logits on held-out images are beyond ±`extremeLogit`. */
  readonly extreme: ReadonlySet<string>;
  readonly weights: Tensors;
}

/** What there is to say after an epoch. */
export interface Verdict {
  readonly watched: Watched;
  readonly findings: readonly Diagnostic[];
  /** Whether the masks of a head have been empty or full for too long to hope on. */
  readonly collapsed: boolean;
}

/** How many epochs in a row something has to be so before it is said. */
const patience = 2;

/** How many epochs in a row the loss of held-out images has to rise before it is said: it goes up and down by chance. */
const risingPatience = 5;

/** Masks that cover more of the images, and more times what is right, are as good as full. */
const [mostCovered, mostTimes] = [0.5, 5];

/** A loss that changes by less of itself from one epoch to the next stands still. */
const leastChange = 1e-3;

const at = { file: 'training', start: 0, end: 0 };

/** What an epoch shows that people should hear at once. Depends on what was seen alone, so that going on says the same. */
export function watch(
  plan: Pick<RunPlan, 'heads' | 'network' | 'data' | 'train'>,
  before: Watched,
  sight: Sight,
): Verdict {
  const epochs: Record<string, number> = {};
  const said = new Set(before.said);
  const findings: Diagnostic[] = [];
  const say = (what: string, finding: () => Diagnostic) => {
    if (said.has(what)) return;
    said.add(what);
    findings.push(finding());
  };
  /** Whether it has been so for long enough. */
  const lasts = (what: string, now: boolean, long = patience): boolean => {
    if (now) epochs[what] = (before.epochs[what] ?? 0) + 1;
    return (epochs[what] ?? 0) >= long;
  };
  let collapsed = false;

  for (const { name: head, encoding } of plan.heads) {
    const mask = sight.masks.get(head);
    if (mask === undefined || mask.pixels === 0) continue;
    const first = encoding === 'categorical' ? 1 : 0;
    const structures = mask.predicted.map((_, channel) => channel).slice(first);
    const actual = structures.filter((channel) => mask.actual[channel]! > 0);
    const missing = actual.filter((channel) => mask.predicted[channel] === 0);
    const share = (counts: readonly number[]) =>
      structures.reduce((sum, channel) => sum + counts[channel]!, 0) / (mask.pixels * structures.length);
    const empty = actual.length > 0 && share(mask.predicted) === 0;
    if (lasts(`empty ${head}`, empty)) {
      collapsed = true;
      say(`empty ${head}`, () =>
        diagnostic('predictsNothing', {
          at,
          arguments: { head, epochs: patience, advice: adviceOn(plan, head) },
        }),
      );
    }
    const tooMuch =
      share(mask.predicted) > mostCovered && share(mask.predicted) > mostTimes * share(mask.actual);
    if (lasts(`too much ${head}`, tooMuch)) {
      collapsed = true;
      say(`too much ${head}`, () =>
        diagnostic('predictsTooMuch', {
          at,
          arguments: {
            head,
            epochs: patience,
            predicted: percent(share(mask.predicted)),
            actual: percent(share(mask.actual)),
            advice: adviceOn(plan, head),
          },
        }),
      );
    }
    for (const channel of empty ? [] : missing) {
      const structure = plan.data.structures[channel - first]?.name ?? String(channel);
      const what = `missing ${structure} of ${head}`;
      if (!lasts(what, true)) continue;
      say(what, () =>
        diagnostic('neverPredicted', {
          at,
          arguments: {
            structure,
            head,
            epochs: patience,
            advice:
              'a loss of overlap with `reduction = "batch"` beside a cross entropy finds small structures sooner',
          },
        }),
      );
    }
  }
  for (const head of sight.extreme) {
    say(`logits ${head}`, () =>
      diagnostic('largeLogits', {
        at,
        arguments: {
          head,
          advice: 'take a smaller learning rate, `clip`, or norms between the convolutions',
        },
      }),
    );
  }

  const change = before.loss === null ? Number.POSITIVE_INFINITY : Math.abs(sight.loss - before.loss);
  // A rate that has run out explains why nothing changes any more.
  if (lasts('still', change < leastChange * Math.abs(sight.loss) && sight.rateLeft > 0.1)) {
    say('still', () =>
      diagnostic('lossStandsStill', {
        at,
        arguments: {
          loss: sight.loss.toPrecision(4),
          epochs: patience,
          advice: 'if masks are poor, try another learning rate; if they are good, stop here',
        },
      }),
    );
  }

  const isRising = before.heldOut !== null && sight.heldOut > before.heldOut.last;
  const heldOut: HeldOutLoss =
    isRising && before.heldOut !== null
      ? { ...before.heldOut, last: sight.heldOut }
      : { lowest: sight.heldOut, training: sight.loss, last: sight.heldOut };
  if (lasts('rising', isRising, risingPatience)) {
    const falls = sight.loss < heldOut.training;
    say('rising', () =>
      diagnostic('heldOutLossRises', {
        at,
        arguments: {
          epochs: risingPatience,
          from: heldOut.lowest.toPrecision(3),
          to: sight.heldOut.toPrecision(3),
          training: falls ? 'falls' : 'rises as well',
          advice: falls
            ? 'it learns by heart: more patients, `augment`, a smaller network, or `keep = best` with `validation`'
            : 'take a smaller learning rate, or `clip`',
        },
      }),
    );
  }

  const worst = deadChannels(plan.network, sight.weights);
  if (worst !== null && 2 * worst.dead >= worst.all) {
    say('dead', () =>
      diagnostic('deadChannels', {
        at,
        arguments: { ...worst, advice: 'take a smaller learning rate, or `leaky_relu` in place of `relu`' },
      }),
    );
  }
  return { watched: { epochs, said: [...said], loss: sight.loss, heldOut }, findings, collapsed };
}

/** What helps against masks that say the same everywhere. */
function adviceOn({ train, network }: Pick<RunPlan, 'train' | 'network'>, head: string): string {
  const normalised = network.layers.some(({ op }) => op.endsWith('_norm'));
  return [
    ...(train.head_bias === 'prior' ? [] : ['start with `head_bias = prior`']),
    ...(normalised ? [] : ['put norms between the convolutions']),
    `give \`${head}\` a cross entropy beside a loss of overlap`,
    'take a smaller learning rate',
    ...((train.restart ?? 0) > 0 ? [] : ['or let `restart = 1` draw other weights']),
  ].join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}

/** The memory in a checkpoint's state; the one before any epoch where it holds none. */
export function watchedIn(state: Readonly<Record<string, unknown>> | undefined): Watched {
  // Checkpoints of older versions lack what was not watched then.
  return { ...nothingWatched, ...(state?.['watched'] as Partial<Watched> | undefined) };
}
