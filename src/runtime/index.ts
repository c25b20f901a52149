/**
 * The runtime as the command line sees it. Importing this loads neither TensorFlow.js nor any data reader:
 * what needs them is imported when it is called, or runs in the worker process.
 */

import {
  type Bag,
  engineNames,
  type Graph,
  type LayersPlan,
  type RunPlan,
  type StartSummary,
} from '../compiler/index.ts';
import type { DatasetFacts } from './data/dataset/dataset-facts.ts';
import type { Imported, ImportOptions } from './data/import/import.ts';
import type { Layout } from './data/import/layouts/layout-facts.ts';
import type { FingerprintReport } from './data/look/fingerprint-schema.ts';
import type { Shown, ShowOptions } from './data/look/look.ts';
import type { Calibrated } from './engines/calibration/calibrate.ts';
import type { CalibrationState } from './engines/calibration/calibration.ts';
import type { LikelyEngine } from './engines/choice/likely.ts';
import type { Examination } from './engines/doctor/doctor.ts';
import type { LibraryWish } from './engines/install/library.ts';
import type { NativeEngine } from './engines/installed/cache.ts';
import type { EngineState } from './engines/installed/manage.ts';
import type { InstalledEngine } from './engines/installed/record.ts';
import type { TimedNetworks } from './engines/onnx/calibrate.ts';
import type { ProviderState } from './engines/onnx/providers.ts';
import type { Evaluation } from './metrics/evaluate.ts';
import type { PredictOptions } from './predict/predict.ts';
import type { PredictedHeart, PredictedInput, PredictionReport } from './predict/report.ts';
import type { SegmentationForm } from './predict/segmentation/forms.ts';
import type { EvaluateOptions } from './process/evaluate.ts';
import type { Comparison } from './report/comparison/comparison.ts';
import type { Report, StudyRequest } from './report/write.ts';
import { cacheBeside } from './runs/record/located.ts';
import type { Run } from './runs/record/store.ts';

export type { DatasetFacts } from './data/dataset/dataset-facts.ts';
export { type Layout, layoutFacts } from './data/import/layouts/layout-facts.ts';
export type { Shown } from './data/look/look.ts';
export { type Recipe, recipeFor } from './data/look/recipe.ts';
export type { Calibration, CalibrationState } from './engines/calibration/calibration.ts';
export type { Examination, ExaminedEngine } from './engines/doctor/doctor.ts';
export { busyLoad, busyText } from './engines/doctor/load.ts';
export { cacheFolder, type NativeEngine } from './engines/installed/cache.ts';
export type { EngineState } from './engines/installed/manage.ts';
export type { InstalledEngine } from './engines/installed/record.ts';
export type { ProviderState } from './engines/onnx/providers.ts';
export type { MeasureAgreement } from './heart/agreement.ts';
export type { HeartMeasures } from './heart/heart.ts';
export { imageUnit } from './heart/image-unit.ts';
export type { Contract, Evaluation, Interval, MetricResult } from './metrics/evaluate.ts';
export { type EmptyMasks, emptyText } from './metrics/masks/empty-masks.ts';
export { structuresNeverFound } from './metrics/never-found.ts';
export { unpackMask } from './metrics/stored.ts';
export { blank, untrained } from './metrics/untrained.ts';
export { extendRun } from './process/extend.ts';
export { launchTraining, pauseTraining, stopTraining } from './process/launch.ts';
export { changeLearningRate } from './process/steer.ts';
export { lastError, logLength } from './process/training-log.ts';
export { agreementRows } from './report/agreement-tables.ts';
export { agreementText } from './report/comparison/agreement.ts';
export { structurePaths, withStructures } from './report/comparison/columns.ts';
export type { Comparison, RowRequest } from './report/comparison/comparison.ts';
export type { CaseInsight, LabelInsight, RunsInsight } from './report/insight.ts';
export { insightInThread } from './report/insight-thread.ts';
export { structureLines, testsTable, writeTable } from './report/tables.ts';
export type { Report, StudyRequest } from './report/write.ts';
export { Catalogue, type CatalogueRun, type DamagedRun } from './runs/catalogue/catalogue.ts';
export { deletedRuns, deleteRun, emptyTrash, restoreRun } from './runs/catalogue/trash.ts';
export type {
  EpochEvent,
  FailedEvent,
  NoticeEvent,
  Preview,
  RunEvent,
  StepEvent,
} from './runs/journal/events.ts';
export { JournalReader, readEvents } from './runs/journal/journal.ts';
export {
  advance,
  damageText,
  epochsDone,
  type FoldProgress,
  fractionDone,
  type LogEvent,
  noProgress,
  noticeText,
  type RunProgress,
  stepsDone,
  timeLeft,
} from './runs/journal/progress.ts';
export { progressOf } from './runs/journal/progress-of.ts';
export type { WantedPicture } from './runs/pictures/pictures.ts';
export { type PictureReply, PicturesThread } from './runs/pictures/pictures-thread.ts';
export {
  type Annotations,
  addNote,
  changeTags,
  readAnnotations,
} from './runs/record/annotations.ts';
export { isTraining, lastingTrainer, trainer } from './runs/record/at-work.ts';
export { briefOf, familyOf, type RunBrief } from './runs/record/brief.ts';
export { readControl } from './runs/record/control.ts';
export { runFiles } from './runs/record/folder.ts';
export { overriddenBy } from './runs/record/overrides.ts';
export {
  createRun,
  freshFolder,
  listRuns,
  openRun,
  type Run,
  type RunRecord,
  updateRecord,
} from './runs/record/store.ts';
export { type PackedCase, type Planes, readCases, unpackCase } from './runs/results/cases.ts';
export { checkpointEpochs, checkpointPlaces } from './runs/results/checkpoint.ts';
export {
  type Distributions,
  evenlyChosen,
  type Histogram,
  readDistributions,
  type WeightDistribution,
} from './runs/results/distributions.ts';
export { readEvaluation } from './runs/results/evaluation.ts';
export { hasLastCheckpoint } from './runs/results/judged.ts';
export { readWeights } from './runs/results/judged-weights.ts';
export { withStartingRuns } from './runs/results/starting-weights.ts';
export { detectableArea, detectableMean, fewestDiscordant } from './statistics/detectable.ts';
export { createFolders, writeAtomically } from './storage/atomic.ts';
export { csvText } from './storage/csv.ts';
export { isDiskFull, nowhere, systemProblem } from './storage/problems.ts';
export { encodeTensors } from './storage/safetensors.ts';
export { readSealed } from './storage/seal.ts';
export { systemReason } from './storage/system-reason.ts';
export { EpochModel } from './studies/epoch-model.ts';
export { type Forecast, forecasts, type ToldTime } from './studies/forecast.ts';
export { measuredRuns } from './studies/measured.ts';
export { runSchedule, type StudyEvent } from './studies/schedule.ts';
export { memoryLimit, timeTogether } from './studies/span.ts';
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
export type { FingerprintReport, PredictedHeart, PredictedInput, SegmentationForm };

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
  return (await import('./data/look/look.ts')).fingerprintManifest(path, bag, progress);
}

/** Draws images of a manifest with their masks. */
export async function showManifest(path: string, options: ShowOptions, bag: Bag): Promise<Shown | null> {
  return (await import('./data/look/look.ts')).showManifest(path, options, bag);
}

/** Draws training images of a plan as its first epochs see them. */
export async function showAugmented(plan: RunPlan, options: ShowOptions, bag: Bag): Promise<Shown | null> {
  return (await import('./data/look/augmented.ts')).showAugmented(plan, options, bag);
}

/** Opens every image that a plan would train on. */
export async function checkDataset(plan: RunPlan, bag: Bag): Promise<DatasetFacts | null> {
  return (await import('./data/dataset/dataset-facts.ts')).gatherFacts(plan, bag);
}

/**
 * Opens every image that a plan trains on, and gives the plan an identity by what they hold.
 * @param runs the folder of runs, beside which digests are kept
 */
export async function readData(
  plan: RunPlan,
  runs: string,
  bag: Bag,
  progress?: (done: number, total: number) => void,
): Promise<{ readonly facts: DatasetFacts; readonly plan: RunPlan } | null> {
  const { readData: read } = await import('./data/dataset/dataset-facts.ts');
  return read(plan, cacheBeside(runs), bag, progress);
}

/**
 * Holds the data of a run to its record: the run, or null with the reason in the bag when they have changed.
 * @param options.accept takes them as they are; the run's record then says so
 */
export async function checkRunData(
  run: Run,
  bag: Bag,
  options: { readonly accept: boolean },
): Promise<Run | null> {
  const { openRunData } = await import('./process/run-data.ts');
  return openRunData(run, bag, options)?.run ?? null;
}

/** Opens every image that a manifest lists, without a spec. The file can be read. */
export async function checkManifest(path: string, bag: Bag): Promise<DatasetFacts | null> {
  return (await import('./data/dataset/dataset-facts.ts')).gatherManifestFacts(path, bag);
}

/** Builds a native engine in the user's cache folder. */
export async function installEngine(
  name: NativeEngine,
  wish: LibraryWish,
  bag: Bag,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<InstalledEngine | null> {
  const [{ installEngine: install }, { workshopHere }] = await Promise.all([
    import('./engines/install/install.ts'),
    import('./engines/installed/workshop.ts'),
  ]);
  return install(workshopHere(bag, tell, signal), name, wish);
}

/** Every engine in the order in which training tries them, and where the built ones lie. */
export async function listEngines(): Promise<{
  readonly cache: string;
  readonly engines: readonly EngineState[];
  /** Of ONNX Runtime, beside the processor. */
  readonly providers: readonly ProviderState[];
}> {
  const [{ engineFiles }, { engineStates }, { order }] = await engineRooms();
  const files = engineFiles();
  const engines = engineStates(files, order());
  const hasOnnx = engines.some(({ name, state }) => name === 'onnx' && state === 'package');
  const [{ findProviders }, { runCommand }] = await Promise.all([
    import('./engines/trial/providers.ts'),
    import('./engines/installed/command.ts'),
  ]);
  return { cache: files.root, engines, providers: hasOnnx ? await findProviders(runCommand) : [] };
}

/** The engine that training would choose, and how fast the compiled engine is here. @param asked What `--backend` names; null for none */
export async function likelyEngine(asked: string | null): Promise<LikelyEngine> {
  return (await import('./engines/choice/likely.ts')).likelyEngine(asked);
}

/** Sets the engines that training tries first; none goes back to cmrnet's own order. Says whether it did. */
export async function chooseEngines(names: readonly string[], bag: Bag): Promise<boolean> {
  const [{ engineFiles }, { chooseEngines: choose }] = await engineRooms();
  return choose(engineFiles(), names, engineNames, bag);
}

/** Takes a built engine out of the cache. The bytes it took, or null when it is not there. */
export async function removeEngine(name: NativeEngine, bag: Bag): Promise<number | null> {
  const [{ engineFiles }, { removeEngine: remove }] = await engineRooms();
  return remove(engineFiles(), name, bag);
}

/** Times the compiled engine and keeps what was found in the cache. `told` hears how many of the stages are done. */
export async function calibrateBackend(
  networks: TimedNetworks,
  bag: Bag,
  told: (done: number, stages: number) => void,
  signal: AbortSignal,
): Promise<Calibrated | null> {
  const [{ calibrateEngine }, { workshopHere }] = await Promise.all([
    import('./engines/calibration/calibrate.ts'),
    import('./engines/installed/workshop.ts'),
  ]);
  return calibrateEngine(
    workshopHere(bag, () => {}, signal),
    networks,
    told,
  );
}

/** The calibration of this machine. */
export async function calibrationHere(): Promise<CalibrationState> {
  const [{ calibrationFile, machineHere, readCalibration }, { engineFiles }] = await Promise.all([
    import('./engines/calibration/calibration.ts'),
    import('./engines/installed/cache.ts'),
  ]);
  const machine = machineHere();
  return machine === null ? 'none' : readCalibration(calibrationFile(engineFiles(), machine));
}

/** Looks at this machine, and times every engine on a network. */
export async function examineMachine(
  network: LayersPlan,
  bag: Bag,
  tell: (line: string) => void,
): Promise<Examination> {
  const [{ examine }, { workshopHere }] = await Promise.all([
    import('./engines/doctor/doctor.ts'),
    import('./engines/installed/workshop.ts'),
  ]);
  return examine(workshopHere(bag, tell, new AbortController().signal), network);
}

function engineRooms() {
  return Promise.all([
    import('./engines/installed/cache.ts'),
    import('./engines/installed/manage.ts'),
    import('./engines/choice/backend-names.ts'),
  ] as const);
}

/** Computes a run's metrics with this process's own engine, and writes `evaluation.json`. */
export async function evaluateRun(
  run: Run,
  bag: Bag,
  options: Omit<EvaluateOptions, 'reuse'>,
): Promise<Evaluation | null> {
  return (await import('./process/evaluate.ts')).evaluate(run, bag, { ...options, reuse: false });
}

/** What a network shows of one batch before its first step. @param plan null for one that no experiment trains */
export async function firstStep(
  graph: Graph,
  plan: RunPlan | null,
  backend: string | null,
  bag: Bag,
): Promise<StartSummary | null> {
  return (await import('./process/first-step.ts')).firstStep(graph, plan, backend, bag);
}

/** The execution providers in ONNX Runtime's library here; none where its package is not installed. */
export async function executionProviders(): Promise<readonly string[]> {
  const { loadLibrary } = await import('./engines/onnx/library.ts');
  try {
    return (await loadLibrary()).listSupportedBackends().map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Whether an engine that a run asks for, by name or by a provider, can be opened here; reports why not. */
export async function canOpenBackend(name: string | undefined, bag: Bag): Promise<boolean> {
  const [{ origins }, { engineAsked, isBackendName }] = await Promise.all([
    import('./engines/installed/origins.ts'),
    import('./engines/choice/backend-names.ts'),
  ]);
  const asked = engineAsked(name);
  if (asked === undefined || (isBackendName(asked) && origins[asked].package === null)) return true;
  const { openBackend } = await import('./engines/choice/backend.ts');
  const { backend, diagnostics } = await openBackend({ name: asked, threads: 1 });
  if (backend === null) for (const item of diagnostics) bag.add(item);
  return backend !== null;
}

/** Compares what was trained of a study's rows in a folder. */
export async function compareStudy(
  study: StudyRequest,
  parent: string,
  bag: Bag,
  acceptData: boolean,
): Promise<Comparison> {
  const { compareRows } = await import('./report/comparison/comparison.ts');
  return compareRows(study.name, study.rows, study.metrics, parent, bag, acceptData).comparison;
}

/** Writes tables, figures and a page about studies. */
export async function reportStudies(
  title: string,
  studies: readonly StudyRequest[],
  parent: string,
  out: string,
  bag: Bag,
  acceptData: boolean,
): Promise<Report | null> {
  return (await import('./report/write.ts')).writeReport(title, studies, parent, out, bag, acceptData);
}
