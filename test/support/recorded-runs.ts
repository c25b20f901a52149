import { join } from 'node:path';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { randomStream } from '../../src/compiler/interpret/random.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { packBytes, type StoredCase, storeImage } from '../../src/runtime/metrics/stored.ts';
import type { RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { addNote, changeTags } from '../../src/runtime/runs/record/annotations.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { createRun } from '../../src/runtime/runs/record/store.ts';
import { writePredictions } from '../../src/runtime/runs/results/predictions.ts';
import { writeAtomically } from '../../src/runtime/storage/atomic.ts';
import { reseeded } from '../../src/runtime/studies/trials.ts';
import { planOf, sound } from './compiled.ts';
import { noon, recordedEvents, recordedPreview } from './recorded-run.ts';

/** The spec of the recorded session. */
export const recordedSpec = `import { CmrNet } from "./paper.cmrnet"

dataset Hearts {
  source   = phantom(images = 24, seed = 7, diseased = 25%)
  image    = [256, 218, 1]
  fit      = [center(192, 192), resize(64, 64)]
  classes  = ["healthy", "diseased"]
  positive = "healthy"
}

/// Two folds of a small network.
experiment Demo {
  model = CmrNet(width = 4, serial_rates = [1, 2, 3], parallel_rates = [2, 3], size = [64, 64])
  data  = Hearts
  loss  = 0.9 * jaccard(segmentation) + 0.1 * bce(diagnosis)

  train {
    optimizer = rmsprop(lr = 0.003)
    epochs    = 8
    batch     = 2
    seed      = 7
  }

  evaluate {
    folds        = kfold(2, stratify = diagnosis)
    segmentation = [dsc, jaccard]
    diagnosis    = [accuracy, sensitivity, specificity, auc]
  }
}

variant Wide of Demo {
  model.width = 6
}

variant NoPyramid of Demo {
  model.parallel_rates = [1, 1]
}

sweep Rates of Demo {
  vary model.serial_rates in [[1, 1, 1], [2, 2, 2], [1, 2, 3]]
  report segmentation.dsc, diagnosis.auc
}
`;

/** What is recorded of a run: its experiment, its seed, how well it does, and how far its folds are. */
interface Recording {
  readonly folder: string;
  readonly experiment: string;
  readonly seed: number;
  /** How many pixels the predicted mask is off. */
  readonly off: number;
  readonly done: readonly [first: number, second: number];
  readonly state: 'finished' | 'running' | 'stopped' | 'failed';
}

const recordings: readonly Recording[] = [
  { folder: 'Demo-20210225-120000', experiment: 'Demo', seed: 0, off: 1.6, done: [8, 8], state: 'finished' },
  { folder: 'Demo-20210225-130000', experiment: 'Demo', seed: 1, off: 1.4, done: [8, 8], state: 'finished' },
  { folder: 'Wide-20210225-140000', experiment: 'Wide', seed: 0, off: 0.9, done: [8, 8], state: 'finished' },
  { folder: 'Wide-20210225-150000', experiment: 'Wide', seed: 1, off: 1.0, done: [8, 8], state: 'finished' },
  {
    folder: 'NoPyramid-20210225-160000',
    experiment: 'NoPyramid',
    seed: 0,
    off: 2.6,
    done: [8, 8],
    state: 'finished',
  },
  { folder: 'Wide-20210225-170000', experiment: 'Wide', seed: 2, off: 1.2, done: [8, 3], state: 'stopped' },
  {
    folder: 'NoPyramid-20210225-180000',
    experiment: 'NoPyramid',
    seed: 1,
    off: 2.2,
    done: [2, 0],
    state: 'failed',
  },
];

/** Writes the runs of a session below a folder: records, events, predictions, pictures, tags. Everything is synthetic. */
export function recordRuns(parent: string): void {
  const compilation = sound(recordedSpec);
  for (const [index, recording] of recordings.entries()) {
    const { experiment, seed, done } = recording;
    const folder = join(parent, recording.folder);
    const plan = reseeded(planOf(compilation, experiment), seed);
    const made = createRun(
      {
        folder,
        plan,
        workingFolder: process.cwd(),
        folds: [1, 2],
        backend: null,
        overrides: [],
        versions: { cmrnet: '0.1.0', node: 'v20.20.0' },
        sources: [],
        now: new Date(noon + index * 3_600_000),
      },
      new Bag(),
    );
    if (made === null) throw new Error(`${folder} was not made`);
    const events = done.flatMap((epochs, fold) =>
      epochs === 0 ? [] : foldEvents(recording, fold + 1, epochs),
    );
    writeAtomically(runFiles.events(folder), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (const [fold, epochs] of done.entries()) {
      if (epochs === 0) continue;
      const preview = { ...recordedPreview(), image: `p00${fold + 1}-mid` };
      writeAtomically(join(folder, runFiles.preview(fold + 1, epochs)), JSON.stringify(preview));
      if (epochs === 8) predict(folder, plan, fold + 1, recording);
    }
  }
  changeTags(join(parent, recordings[2]!.folder), ['best'], []);
  addNote(join(parent, recordings[2]!.folder), 'wider helps most at the apex', noon);
}

function foldEvents({ state, off }: Recording, fold: number, done: number): readonly RunEvent[] {
  const random = randomStream(`${off} ${fold}`);
  const better = 1 / (1 + off / 4);
  const events = recordedEvents({ fold, done }).map((event): RunEvent => {
    const noise = 1 + 0.05 * (random() - 0.5);
    if (event.type === 'step') return { ...event, loss: event.loss * noise };
    if (event.type !== 'epoch') return event;
    const heldOut = Object.entries(event.heldOut).map(([key, value]) => {
      const factor = key.startsWith('segmentation.') && !key.endsWith('loss') ? better * noise : 1;
      return [key, value === null ? null : value * factor] as const;
    });
    return { ...event, heldOut: Object.fromEntries(heldOut) };
  });
  const last = events.at(-1)!;
  const stamp = { time: last.time, fold };
  if (done === 8) return [...events, { type: 'finished', ...stamp, epoch: 8 }];
  if (state === 'stopped') return [...events, { type: 'stopped', ...stamp, epoch: done }];
  if (state === 'failed') {
    const message = 'training diverged: the loss or its gradient is NaN at step 4 of epoch 3';
    return [...events, { type: 'failed', ...stamp, code: 'CMR904', message }];
  }
  return events;
}

const side = 24;

/** Rings of muscle, predicted a little off; diagnoses that are mostly right. */
function predict(folder: string, plan: RunPlan, fold: number, { off, seed }: Recording): void {
  const random = randomStream(`cases ${off} ${seed} ${fold}`);
  const cases = Array.from({ length: 8 }, (_, index): StoredCase => {
    const patient = `p${String(2 * Math.floor(index / 2) + fold).padStart(3, '0')}`;
    const diseased = index % 4 === 3;
    const shift = off * (0.4 + random()) * (index === 5 ? 3 : 1);
    const grid = (by: number) => ({ height: side, width: side, channels: 1, values: ring(by) });
    const score = Math.min(0.98, Math.max(0.02, (diseased ? 0.25 : 0.8) + 0.5 * (random() - 0.5) * off));
    return storeImage(
      plan,
      {
        id: `${patient}-${index % 2 === 0 ? 'base' : 'mid'}`,
        patient,
        fold,
        spacing: [1.2, 1.2],
        mask: grid(0),
        class: diseased ? 'diseased' : 'healthy',
      },
      { segmentation: grid(shift) },
      { diagnosis: [score] },
    );
  });
  const grey = Uint8Array.from({ length: side * side }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    const inside = ring(0)[pixel] === 1 ? 80 : 0;
    return Math.min(255, 50 + 3 * row + 2 * column + inside);
  });
  writePredictions(folder, {
    version: 1,
    fold,
    epoch: 8,
    backend: 'wasm',
    cases,
    pictures: Object.fromEntries(
      [0, 5, 7].map((index) => [cases[index]!.id, { height: side, width: side, grey: packBytes(grey) }]),
    ),
  });
}

function ring(by: number): Float32Array {
  return Float32Array.from({ length: side * side }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    const radius = Math.hypot(row - 12, column - 11 - by);
    return radius >= 3.5 && radius < 6.5 ? 1 : 0;
  });
}
