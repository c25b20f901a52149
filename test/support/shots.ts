import type { Message } from '../../cli/tui/session/messages.ts';
import { graphOfPlan } from '../../src/compiler/index.ts';
import { planOf, sound } from './compiled.ts';
import { noon, recordedBrief, recordedEvents, recordedFolder, stepEvent } from './recorded-run.ts';
import { recordedSpec } from './recorded-runs.ts';
import { training, worldOf } from './recorded-session.ts';

const keys = (...pressed: readonly string[]): readonly Message[] =>
  pressed.map((key) => ({ kind: 'key', key }));
const failed: Message = {
  kind: 'events',
  folder: recordedFolder,
  events: [
    {
      type: 'failed',
      time: noon + 5000,
      fold: 1,
      code: 'CMR917',
      message: 'no space left to write `fold-1`',
    },
  ],
  loading: false,
};
export const diverged: Message = {
  kind: 'events',
  folder: recordedFolder,
  events: [{ ...stepEvent(1, 6, 4, 10, noon + 22_000), loss: Number.NaN } as ReturnType<typeof stepEvent>],
  loading: false,
};
const plan: Message = {
  kind: 'plan',
  plan: {
    spec: 'specs/phantom.cmrnet',
    working: false,
    studies: ['Rates'],
    milliseconds: 162_000,
    limit: 7.2e9,
    trials: [1, 2, 3].map((fold) => ({
      members: `Rates[${fold}]`,
      seed: 7,
      fold,
      state: fold === 1 ? 'finished' : fold === 2 ? 'stopped' : 'waiting',
      epochs: fold === 1 ? 8 : fold === 2 ? 3 : 0,
      allEpochs: 8,
      milliseconds: fold === 1 ? 0 : 81_000,
      bytes: 287e6,
      basis: 'the same network',
      folder: `runs/trial-${fold}`,
    })),
  },
};

/** What the world says of the network of the newest run: weights that spread, and gradients that become smaller. */
function networkOfRun(parent: string): Message {
  const folder = `${parent}/NoPyramid-20210225-180000`;
  const graph = graphOfPlan(planOf(sound(recordedSpec), 'NoPyramid').network);
  const bell = (at: number, width: number) =>
    Array.from({ length: 24 }, (_, part) => Math.round(1000 * Math.exp(-(((part - at) / width) ** 2))));
  const distributions = [1, 3, 5, 8].map((epoch) => ({
    version: 1 as const,
    epoch,
    draw: 0,
    weights: [...graph.weights.values()].map(({ name, trainable }) => ({
      weight: name,
      values: { low: -0.1 * epoch, high: 0.12 * epoch, counts: bell(11, 5) },
      gradients: trainable ? { low: -7 - epoch / 2, high: -2 - epoch / 4, counts: bell(14, 6) } : null,
      still: 0,
    })),
  }));
  const run = { folder, experiment: 'NoPyramid', graph, fold: 1, distributions };
  return { kind: 'network', folder, run };
}

/** What the world says of an override with a mistake. */
const wrongOverride: Message = {
  kind: 'answer',
  text: 'train.epochz = 3',
  answer: {
    text: 'error[CMR602]: `Demo` has no parameter or setting `train.epochz`',
    bad: true,
    lines: [
      'error[CMR602]: `Demo` has no parameter or setting `train.epochz`',
      ' --> <command line>:1:7',
      '  |',
      '1 | train.epochz = 3',
      '  |       ^^^^^^',
      '  |',
      '  = note: `train` has `optimizer`, `epochs`, `batch`, `seed`, `recalibrate`, `schedule`, `warmup` and `clip`',
      '  = help: did you mean `epochs`?',
    ],
  },
};

/** Everything that a view can show, as the messages that lead there. Recorded runs are written to the folder. */
export function shotsOf(folder: string): Readonly<Record<string, readonly Message[]>> {
  const world = worldOf(folder);
  return {
    runs: world,
    'runs-grouped': [...world, ...keys('v')],
    'runs-filtered': [...world, ...keys('/', 'Wide', 'return', ' ', ' ')],
    'runs-empty': [{ kind: 'catalogue', runs: [], loading: false }],
    palette: [...world, ...keys(':', 's', 'o', 'r', 't')],
    prompt: [...world, ...keys('n', 'worse at the base')],
    'prompt-wrong': [...world, ...keys('5', 'C', 'train.epochz = 3'), wrongOverride],
    run: [...training, ...keys('2')],
    'run-metric': [...training, ...keys('2', 'down', 'down', 'down')],
    'run-several': [...training, ...keys('2', ' ', 'down', ' ', 'down', 'y', 'm')],
    'run-zoomed': [...training, ...keys('2', '+', '+', '[')],
    'run-rate': [...training, ...keys('2', 'up', 'up', 'up', 'up')],
    'run-log': [...training, ...keys('2', 'l')],
    'run-asking': [...training, ...keys('2', 'x')],
    'run-diverged': [...training, diverged, ...keys('2')],
    'run-failed': [
      {
        kind: 'opened',
        folder: recordedFolder,
        brief: recordedBrief,
      },
      { kind: 'events', folder: recordedFolder, events: recordedEvents({ done: 1 }), loading: false },
      failed,
      { kind: 'alive', folder: recordedFolder, alive: false },
      ...keys('2'),
    ],
    'run-lost': [...training, { kind: 'alive', folder: recordedFolder, alive: false }, ...keys('2')],
    'compare-curves': [...world, ...keys('3')],
    'compare-table': [...world, ...keys('3', 'right')],
    'compare-tests': [...world, ...keys('3', 'right', 'right')],
    'compare-spec': [...world, ...keys('3', 'right', 'right', 'right')],
    'compare-folds': [...world, ...keys('3', 'right', 'right', 'right', 'right')],
    'compare-confusion': [...world, ...keys('3', 'left', 'left', 'left')],
    'compare-roc': [...world, ...keys('3', 'left', 'left')],
    'compare-worst': [...world, ...keys('3', 'left')],
    images: [...world, ...keys('4')],
    'images-large': [...world, ...keys('4', ' ')],
    specs: [...world, ...keys('5')],
    plan: [...world, ...keys('6'), plan],
    network: [...world, ...keys('5', '7', 'down', 'down', 'down', 'down')],
    'network-run': [...world, ...keys('1', '7'), networkOfRun(folder), ...keys('down', 'down', 'down')],
    help: [...world, ...keys('?')],
  };
}
