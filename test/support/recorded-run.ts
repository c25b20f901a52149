import type { Preview, RunEvent } from '../../src/runtime/runs/journal/events.ts';
import type { RunBrief } from '../../src/runtime/runs/record/brief.ts';

/** Where the recorded run lies. */
export const recordedFolder = 'runs/Demo-20210225-120000';

/** A run as the interface knows it: two heads, five folds, the paper's values. */
export const recordedBrief: RunBrief = {
  experiment: 'Demo',
  source: 'specs/phantom.cmrnet',
  family: 'demo',
  recipe: 'demo',
  seed: 7,
  epochs: 8,
  learningRate: 0.003,
  batch: 2,
  folds: [1, 2],
  foldCount: 5,
  metrics: [
    'segmentation.dsc',
    'segmentation.jaccard',
    'diagnosis.accuracy',
    'diagnosis.sensitivity',
    'diagnosis.specificity',
    'diagnosis.auc',
  ],
  structures: {},
  heads: ['segmentation', 'diagnosis'],
  reported: { 'segmentation.dsc': 0.8214, 'segmentation.jaccard': 0.7038, 'diagnosis.auc': 0.9788 },
  overrides: [],
  byHand: 0,
  accepted: [],
  limit: null,
  created: new Date(2021, 1, 25, 12, 0, 0).getTime(),
};

/** Noon of the day on which the paper was accepted, in local time. */
export const noon = new Date(2021, 1, 25, 12, 0, 0).getTime();

/** The events of a fold that learns smoothly: losses fall as 1/(1 + t), scores rise as 1 − 1/(1 + t). */
export function recordedEvents(options: {
  readonly fold?: number;
  readonly epochs?: number;
  readonly done: number;
  readonly stepsPerEpoch?: number;
  readonly from?: number;
}): RunEvent[] {
  const { fold = 1, epochs = 8, done, stepsPerEpoch = 10, from = 0 } = options;
  const stepMs = 400;
  let time = noon;
  const events: RunEvent[] = [
    {
      type: 'started',
      time,
      fold,
      pid: 4242,
      epoch: from,
      epochs,
      folds: 5,
      stepsPerEpoch,
      backend: 'wasm',
      threads: 2,
      parameters: 335_066,
      images: { train: 51, heldOut: 13 },
      patients: { train: 20, heldOut: 5 },
    },
  ];
  for (let epoch = from + 1; epoch <= done; epoch += 1) {
    for (let step = 1; step <= stepsPerEpoch; step += 1) {
      time += stepMs;
      events.push(stepEvent(fold, epoch, step, stepsPerEpoch, time, stepMs));
    }
    const score = 1 - 1 / (1 + epoch);
    events.push({
      type: 'epoch',
      time,
      fold,
      epoch,
      loss: 1 / (1 + epoch),
      heads: { segmentation: 1 / (1 + epoch), diagnosis: 0.7 / (1 + epoch) },
      heldOut: {
        loss: 1.2 / (1 + epoch),
        'segmentation.loss': 1.1 / (1 + epoch),
        'segmentation.dsc': score,
        'segmentation.jaccard': score / (2 - score),
        'diagnosis.accuracy': 0.88,
        'diagnosis.sensitivity': 1,
        'diagnosis.specificity': epoch < 3 ? 0 : 0.5,
        'diagnosis.auc': epoch < 2 ? null : 0.9,
      },
      learningRate: 0.003,
      epochMs: stepMs * stepsPerEpoch,
      memoryBytes: 512e6,
      tensors: 900,
    });
    const name = `epoch-${String(epoch).padStart(3, '0')}`;
    events.push({ type: 'image', time, fold, epoch, file: `fold-${fold}/previews/${name}.json` });
    events.push({ type: 'checkpoint', time, fold, epoch, folder: `fold-${fold}/checkpoints/${name}` });
  }
  return events;
}

/** One step of such a fold. */
export function stepEvent(
  fold: number,
  epoch: number,
  step: number,
  stepsPerEpoch: number,
  time: number,
  stepMs = 400,
): RunEvent {
  const at = epoch - 1 + step / stepsPerEpoch;
  const loss = 1 / (1 + at);
  return {
    type: 'step',
    time,
    fold,
    epoch,
    step,
    loss,
    heads: { segmentation: loss, diagnosis: 0.7 * loss },
    stepMs,
  };
}

/** A ring-shaped muscle, predicted two pixels too far to the right. */
export function recordedPreview(): Preview {
  const [height, width] = [64, 56];
  const plane = (value: (row: number, column: number) => number): string =>
    Buffer.from(
      Uint8Array.from({ length: height * width }, (_, index) =>
        value(Math.floor(index / width), index % width),
      ),
    ).toString('base64');
  const ring = (row: number, column: number) => {
    const radius = Math.hypot(row - 32, column - 28);
    return radius >= 8 && radius < 13 ? 1 : 0;
  };
  return {
    image: 'p012-s2',
    height,
    width,
    grey: plane((row, column) => Math.min(255, 60 + 2 * row + column + 60 * ring(row, column))),
    truth: plane(ring),
    prediction: plane((row, column) => ring(row, column - 2)),
    dsc: 0.8123,
  };
}
