import type { TrainSettings } from '../../compiler/index.ts';

/** Where in training a step is; epoch and step start at 1. */
export interface Moment {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** How often the validation loss has stood still so far; what a plateau counts. */
  readonly plateaus: number;
}

/** The learning rate of one step: the optimizer's, times what the schedule and the warm-up leave of it. */
export function learningRateAt(train: TrainSettings, moment: Moment): number {
  return train.optimizer.lr * warmed(train, moment) * scheduled(train, moment);
}

function scheduled({ schedule, epochs }: TrainSettings, moment: Moment): number {
  const done = moment.epoch - 1 + (moment.step - 1) / moment.stepsPerEpoch;
  const progress = done / epochs;
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor((moment.epoch - 1) / schedule.every);
    case 'exponential':
      return schedule.factor ** done;
    case 'cosine':
      return schedule.final + ((1 - schedule.final) * (1 + Math.cos(Math.PI * progress))) / 2;
    case 'polynomial':
      return (1 - (schedule.by === 'epoch' ? moment.epoch - 1 : done) / epochs) ** schedule.power;
    case 'one_cycle': {
      const { rise, first, last } = schedule;
      return progress < rise
        ? between(first, 1, progress / rise)
        : between(1, last, (progress - rise) / (1 - rise));
    }
    case 'plateau':
      return schedule.factor ** moment.plateaus;
    default:
      return schedule satisfies never;
  }
}

/** From one share to another by half a cosine. */
function between(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;
}

/** In a line from almost 0 at the first step to 1 when the warm-up is over. */
function warmed({ warmup }: TrainSettings, { epoch, step, stepsPerEpoch }: Moment): number {
  const taken = (epoch - 1) * stepsPerEpoch + step;
  return warmup === 0 ? 1 : Math.min(1, taken / (warmup * stepsPerEpoch));
}
