/**
 * The runtime as the command line sees it. Importing this loads neither TensorFlow.js nor any data reader:
 * what needs them is imported when it is called, or runs in the worker process.
 */

export type { Contract, Evaluation, MetricResult } from './metrics/evaluate.ts';
export { writeAtomically } from './runs/atomic.ts';
export { checkpointEpochs } from './runs/checkpoint.ts';
export type { EpochEvent, Preview, RunEvent, StepEvent } from './runs/events.ts';
export { runFiles } from './runs/folder.ts';
export { JournalReader, readEvents } from './runs/journal.ts';
export { isTraining, launchTraining, stopTraining } from './runs/launch.ts';
export { nowhere, systemProblem, systemReason } from './runs/problems.ts';
export {
  advance,
  epochsDone,
  type FoldProgress,
  fractionDone,
  type LogEvent,
  noProgress,
  noticeText,
  type RunProgress,
  stepsDone,
  timeLeft,
} from './runs/progress.ts';
export { createRun, listRuns, openRun, type Run, type RunRecord } from './runs/store.ts';
export type { BackendName } from './tf/backend.ts';
