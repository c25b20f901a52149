/**
 * The runtime as the command line sees it. Importing this loads neither TensorFlow.js nor any data reader:
 * what needs them is imported when it is called, or runs in the worker process.
 */

import type { Bag, RunPlan } from '../compiler/index.ts';
import type { Imported, ImportOptions, Layout } from './data/import.ts';
import type { DatasetFacts } from './dataset-facts.ts';
import type { Evaluation } from './metrics/evaluate.ts';
import type { Comparison } from './report/comparison.ts';
import type { Report, StudyRequest } from './report/write.ts';
import type { Run } from './runs/store.ts';

export type { Layout } from './data/import.ts';
export type { DatasetFacts } from './dataset-facts.ts';
export type { Contract, Evaluation, Interval, MetricResult } from './metrics/evaluate.ts';
export type { Comparison, RowRequest } from './report/comparison.ts';
export { writeTable } from './report/tables.ts';
export type { Report, StudyRequest } from './report/write.ts';
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
export {
  createRun,
  listRuns,
  openRun,
  type Run,
  type RunRecord,
  updateRecord,
} from './runs/store.ts';
export { detectableArea, detectableMean, fewestDiscordant } from './statistics/detectable.ts';
export {
  type Forecast,
  forecast,
  type Measured,
  measuredRuns,
  memoryLimit,
  spanOf,
} from './studies/forecast.ts';
export { runSchedule, type StudyEvent } from './studies/schedule.ts';
export {
  isEvaluated,
  type Member,
  planRuns,
  type StudyRun,
  statusOf,
  type Trial,
  type TrialState,
  type TrialStatus,
  trialsOf,
} from './studies/trials.ts';
export type { BackendName } from './tf/backend.ts';

/** Writes the manifest of a folder that has one of the known layouts. */
export async function importDataset(
  layout: Layout,
  folder: string,
  out: string,
  bag: Bag,
  options: ImportOptions,
): Promise<Imported | null> {
  return (await import('./data/import.ts')).importDataset(layout, folder, out, bag, options);
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

/** Whether an engine that a run asks for can be opened here; reports why not. */
export async function canOpenBackend(name: string, bag: Bag): Promise<boolean> {
  // These come with the package.
  if (name === 'wasm' || name === 'cpu') return true;
  const { backend, diagnostics } = await (await import('./tf/backend.ts')).openBackend({ name, threads: 1 });
  if (backend === null) for (const item of diagnostics) bag.add(item);
  return backend !== null;
}

/** Compares what was trained of a study's rows in a folder. */
export async function compareStudy(study: StudyRequest, parent: string, bag: Bag): Promise<Comparison> {
  const { compareRows } = await import('./report/comparison.ts');
  return compareRows(study.name, study.rows, study.metrics, parent, bag).comparison;
}

/** Writes tables, figures and a page about studies. */
export async function reportStudies(
  title: string,
  studies: readonly StudyRequest[],
  parent: string,
  out: string,
  bag: Bag,
): Promise<Report | null> {
  return (await import('./report/write.ts')).writeReport(title, studies, parent, out, bag);
}
