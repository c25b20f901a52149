import type { Bag, RunPlan } from '../../compiler/index.ts';
import { answersOf } from '../engines/answers.ts';
import { agreementsOf } from '../metrics/agreements.ts';
import type { Evaluation } from '../metrics/evaluate.ts';
import { evaluateWithIntervals } from '../metrics/intervals.ts';
import { judgeOf } from '../metrics/judge.ts';
import { diceOf, notable } from '../metrics/notable.ts';
import { predictionsOf } from '../metrics/prediction.ts';
import { packBytes, type StoredCase } from '../metrics/stored.ts';
import { cacheFolderOf } from '../runs/record/located.ts';
import type { Run } from '../runs/record/store.ts';
import { type Belonging, belongingOf } from '../runs/results/belonging.ts';
import { writeEvaluation } from '../runs/results/evaluation.ts';
import { readJudgedCheckpoint } from '../runs/results/judged.ts';
import {
  type FoldPredictions,
  readPredictions,
  type StoredPicture,
  writePredictions,
} from '../runs/results/predictions.ts';
import { systemProblem } from '../storage/problems.ts';
import { judgedHearts } from './held-out-hearts.ts';
import { pageDrawer } from './held-out-pages.ts';
import { type Prepared, prepare } from './prepare.ts';
import { openRunData, type RunData } from './run-data.ts';

/** How a run is evaluated. */
export interface EvaluateOptions {
  /** The backend asked for; null takes the one that the run was made with. */
  readonly backend: string | null;
  /** Whether predictions that are there already, made by the weights and of the data that count, are taken. */
  readonly reuse: boolean;
  /** Weights of another epoch than the one that counts: what they say goes beside the results, never in their place. */
  readonly epoch?: number | null;
  /** A folder for a page of each held-out patient; null or absent draws none. */
  readonly pages?: string | null;
  /** Takes data that have changed as they are; the run's record then says so. */
  readonly acceptData?: boolean;
}

/**
 * Predicts the held-out images of every fold with the fold's weights, the last or the best as the plan says, keeps what they say in `predictions.json`,
 * measures them, and writes `evaluation.json`. Null, with the reason in the bag, when a fold's weights are gone, or its data
 * are not those that it was trained on.
 */
export async function evaluate(asked: Run, bag: Bag, options: EvaluateOptions): Promise<Evaluation | null> {
  const { epoch = null, acceptData = false } = options;
  try {
    const data = openRunData(asked, bag, { accept: acceptData });
    if (data === null) return null;
    const { run, digest } = data;
    const weights: JudgedWeights[] = [];
    for (const fold of run.record.folds) {
      const checkpoint = readJudgedCheckpoint(run.folder, fold, run.record.plan.train, bag, epoch);
      if (checkpoint === null) return null;
      const of = belongingOf(run.folder, run.record, fold, checkpoint.epoch);
      weights.push({ fold, epoch: checkpoint.epoch, ...(of !== undefined && { of }) });
    }
    const known = weights.map((one) =>
      options.reuse && epoch === null ? usable(run, one, digest, bag) : null,
    );
    const folds = known.every((one) => one !== null) ? known : await predict(data, known, bag, options);
    if (folds === null) return null;
    const evaluation: Evaluation = {
      ...evaluateWithIntervals(
        run.record.plan,
        folds.flatMap(({ cases }) => cases),
      ),
      weights,
      ...measuresOf(run.record.plan, folds),
      data: {
        digest,
        accepted: (run.record.accepted ?? []).map(({ change }) => change),
        ...(run.record.plan.data.limit !== undefined && { limit: run.record.plan.data.limit }),
      },
    };
    writeEvaluation(run.folder, evaluation, epoch);
    return evaluation;
  } catch (error) {
    bag.add(systemProblem(error, asked.folder));
    return null;
  }
}

/** The weights that a fold is judged by. */
interface JudgedWeights {
  readonly fold: number;
  readonly epoch: number;
  readonly of?: Belonging;
}

/** A fold's predictions when the weights to evaluate made them, of these data; damaged ones and another run's are told, and made again. */
function usable(
  { folder }: Run,
  { fold, epoch }: JudgedWeights,
  digest: string | null,
  bag: Bag,
): FoldPredictions | null {
  const predictions = readPredictions(folder, fold, bag);
  // Those of older versions do not measure hearts.
  const measured =
    predictions?.hearts !== undefined || predictions?.cases.every(({ shapes }) => isEmpty(shapes));
  const fits = predictions?.epoch === epoch && (predictions.data ?? null) === digest && measured === true;
  return predictions !== null && fits ? predictions : null;
}

function isEmpty(shapes: object): boolean {
  return Object.keys(shapes).length === 0;
}

/** How the measures of hearts and the numbers of value heads agree with the truth's; nothing for a run without either. */
function measuresOf(
  plan: RunPlan,
  folds: readonly FoldPredictions[],
): Pick<Evaluation, 'measures' | 'unmeasured'> {
  const hearts = folds.flatMap((fold) => fold.hearts ?? []);
  const cases = folds.flatMap((fold) => fold.cases);
  const measures = agreementsOf(plan, [cases], hearts);
  if (hearts.length === 0 && measures.length === 0) return {};
  return {
    measures,
    unmeasured: hearts.flatMap(({ patient, reason }) => (reason === null ? [] : [{ patient, reason }])),
  };
}

/** The predictions of all folds; those known are not made again. */
async function predict(
  data: RunData,
  known: readonly (FoldPredictions | null)[],
  bag: Bag,
  { backend, epoch = null, pages = null }: EvaluateOptions,
): Promise<readonly FoldPredictions[] | null> {
  const { run } = data;
  const prepared = await prepare(run, bag, backend, data);
  if (prepared === null) return null;
  const { trainer } = prepared;
  const folds: FoldPredictions[] = [];
  try {
    for (const [index, fold] of run.record.folds.entries()) {
      const there = known[index];
      if (there != null) {
        folds.push(there);
        continue;
      }
      const checkpoint = readJudgedCheckpoint(run.folder, fold, prepared.plan.train, bag, epoch);
      if (checkpoint === null) return null;
      await trainer.restore(checkpoint);
      const predicted = await predictFold(prepared, fold, checkpoint.epoch, (batch) =>
        trainer.predict(batch),
      );
      const { plan } = prepared;
      const show = pages === null ? null : pageDrawer(run, data, pages, checkpoint.epoch);
      const hearts = judgedHearts(plan, data.dataset, fold, predicted.cases, cacheFolderOf(run.folder), show);
      const of = belongingOf(run.folder, run.record, fold, checkpoint.epoch);
      const predictions = {
        ...predicted,
        ...(of !== undefined && { of }),
        ...(hearts.length > 0 && { hearts }),
      };
      if (epoch === null) writePredictions(run.folder, predictions);
      folds.push(predictions);
    }
    return folds;
  } finally {
    await trainer.dispose();
  }
}

async function predictFold(
  prepared: Prepared,
  fold: number,
  epoch: number,
  answer: Prepared['trainer']['predict'],
): Promise<FoldPredictions> {
  const data = prepared.fold(fold);
  const judge = judgeOf(prepared.plan, data);
  const stored: StoredCase[] = [];
  const pictures: Record<string, StoredPicture> = {};
  try {
    for await (const batch of data.heldOut()) {
      // Stored batch by batch: a prediction is large, what is kept of it small.
      const { heads } = await answer(batch);
      const answers = await answersOf(prepared.plan, { predict: answer }, batch, heads);
      stored.push(...judge.store(predictionsOf(batch, answers)));
    }
    const head = prepared.plan.heads.find(({ kind }) => kind === 'mask')?.name;
    const chosen = head === undefined ? [] : notable(stored.map((one) => diceOf(one, head)));
    const ids = chosen.map((index) => stored[index]!.id);
    for (const [place, { height, width, values }] of (await data.pictures(ids)).entries())
      pictures[ids[place]!] = { height, width, grey: packBytes(values) };
  } finally {
    await data.dispose();
  }
  return {
    version: 2,
    ...(prepared.data === null ? {} : { data: prepared.data }),
    fold,
    epoch,
    backend: prepared.backend.name,
    cases: stored,
    pictures,
  };
}
