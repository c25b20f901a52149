/**
 * The runtime as the command line sees it. Importing this loads neither TensorFlow.js nor any data reader:
 * what needs them is imported when it is called, or runs in the worker process.
 */

import type { Bag, RunPlan } from '../compiler/index.ts';
import type { FingerprintReport } from './data/fingerprint-schema.ts';
import type { Imported, ImportOptions, Layout } from './data/import/import.ts';
import type { Shown, ShowOptions } from './data/look.ts';
import type { DatasetFacts } from './dataset-facts.ts';
import type { Evaluation } from './metrics/evaluate.ts';
import type { PredictOptions } from './predict/predict.ts';
import type { PredictedInput, PredictionReport } from './predict/report.ts';
import type { Run } from './runs/store.ts';

export type { Layout } from './data/import/import.ts';
export type { DatasetFacts } from './dataset-facts.ts';
export type { Contract, Evaluation, Interval, MetricResult } from './metrics/evaluate.ts';
export { createFolders, writeAtomically } from './runs/atomic.ts';
export { checkpointEpochs } from './runs/checkpoint.ts';
export { readEvaluation } from './runs/evaluation.ts';
export type { Preview, RunEvent } from './runs/events.ts';
export { runFiles } from './runs/folder.ts';
export { JournalReader, readEvents } from './runs/journal.ts';
export { isTraining, launchTraining, stopTraining, trainer } from './runs/launch.ts';
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
export type { FingerprintReport, PredictedInput };

/** Writes the manifest of a folder that has one of the known layouts. */
export async function importDataset(
  layout: Layout,
  folder: string,
  out: string,
  bag: Bag,
  options: ImportOptions,
): Promise<Imported | null> {
  return (await import('./data/import/import.ts')).importDataset(layout, folder, out, bag, options);
}

/** Predicts files and DICOM series with a run's networks, and writes what they say. */
export async function predictRun(
  run: Run,
  paths: readonly string[],
  out: string,
  bag: Bag,
  options: PredictOptions,
): Promise<PredictionReport | null> {
  return (await import('./predict/predict.ts')).predict(run, paths, out, bag, options);
}

/** Reads every image of a manifest and says what there is. */
export async function fingerprintManifest(
  path: string,
  bag: Bag,
  progress: (done: number, total: number) => void,
): Promise<FingerprintReport | null> {
  return (await import('./data/look.ts')).fingerprintManifest(path, bag, progress);
}

/** Draws images of a manifest with their masks. */
export async function showManifest(path: string, options: ShowOptions, bag: Bag): Promise<Shown | null> {
  return (await import('./data/look.ts')).showManifest(path, options, bag);
}

/** Opens every image that a plan would train on. */
export async function checkDataset(plan: RunPlan, bag: Bag): Promise<DatasetFacts | null> {
  return (await import('./dataset-facts.ts')).gatherFacts(plan, bag);
}

/** Opens every image that a manifest lists, without a spec. The file can be read. */
export async function checkManifest(path: string, bag: Bag): Promise<DatasetFacts | null> {
  return (await import('./dataset-facts.ts')).gatherManifestFacts(path, bag);
}

/** Computes a run's metrics with this process's own engine, and writes `evaluation.json`. */
export async function evaluateRun(run: Run, bag: Bag, backend: string | null): Promise<Evaluation | null> {
  return (await import('./runs/evaluate.ts')).evaluate(run, bag, { backend, reuse: false });
}
