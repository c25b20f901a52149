import type { LossTerm, TrainSettings } from '../../plan/run-plan.ts';
import type { Span } from '../../source/span.ts';
import type { Reporter } from '../program/program.ts';
import type { ResolvedDataset } from './dataset.ts';

/** Reports settings of `train` that make no sense together. */
export function checkTraining(
  train: TrainSettings,
  dataset: ResolvedDataset | undefined,
  loss: readonly LossTerm[] | undefined,
  place: (...path: readonly string[]) => Span,
  reporter: Reporter,
): void {
  const { epochs, warmup, validation, schedule, patience, keep, average, recalibrate } = train;
  const judged = [
    ...(patience === null ? [] : ['patience']),
    ...(keep === 'best' ? ['keep'] : []),
    ...(schedule.kind === 'plateau' ? ['schedule'] : []),
  ];
  if (validation === 0) {
    for (const setting of judged) {
      reporter.report('needsValidation', {
        at: place('train', setting),
        arguments: { setting: setting === 'keep' ? 'keep = best' : setting },
        notes: ['held-out images must not decide when to stop: the score would come out too good'],
        help: [{ message: 'set `validation = 15%` in `train`' }],
      });
    }
  } else if (judged.length === 0) {
    reporter.report('idleValidation', {
      at: place('train', 'validation'),
      arguments: { share: `${Math.round(100 * validation)} %` },
      help: [{ message: 'set `patience` or `keep = best`, or leave `validation` out' }],
    });
  }
  if (warmup >= epochs) {
    reporter.report('longWarmup', { at: place('train', 'warmup'), arguments: { warmup, epochs } });
  }
  const idle = (setting: string, needed: number) => {
    if (needed < epochs) return;
    reporter.report('idleSchedule', {
      at: place('train', setting),
      arguments: { setting, needed: needed + 1, epochs },
    });
  };
  if (patience !== null) idle('patience', patience);
  if (schedule.kind === 'step') idle('schedule', schedule.every);
  if (schedule.kind === 'plateau') idle('schedule', schedule.patience);
  const { optimizer } = train;
  if (optimizer.kind === 'sgd' && optimizer.nesterov && optimizer.momentum === 0) {
    reporter.report('idleNesterov', {
      at: place('train', 'optimizer'),
      arguments: {},
      notes: ['there is no movement to look ahead along'],
      help: [{ message: 'set a momentum such as 0.9, or leave `nesterov` out' }],
    });
  }
  if (average !== null && recalibrate === 0) {
    reporter.report('averageStatistics', {
      at: place('train', 'average'),
      arguments: {},
      notes: ['the moving statistics follow the weights of the last steps, not their average'],
      help: [{ message: 'set `recalibrate` in `train`' }],
    });
  }
  const heads = new Set(loss?.map(({ head }) => head));
  if (train.weighting === 'uncertainty' && heads.size === 1) {
    reporter.report('idleWeighting', {
      at: place('train', 'weighting'),
      arguments: { head: [...heads].join() },
      notes: ['one loss is only scaled, which the learning rate does as well'],
    });
  }
  if (train.sampling === 'balanced' && dataset && dataset.plan.classes.length < 2) {
    reporter.report('balanceClasses', {
      at: place('train', 'sampling'),
      arguments: { dataset: dataset.plan.name },
    });
  }
}
