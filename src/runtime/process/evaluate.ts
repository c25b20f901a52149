import { Bag } from '../../compiler/index.ts';
import { answersOf } from '../engines/answers.ts';
import type { Evaluation } from '../metrics/evaluate.ts';
import { evaluateWithIntervals } from '../metrics/intervals.ts';
import { judgeOf } from '../metrics/judge.ts';
import { diceOf, notable } from '../metrics/notable.ts';
import { predictionsOf } from '../metrics/prediction.ts';
import { packBytes, type StoredCase } from '../metrics/stored.ts';
import type { Run } from '../runs/record/store.ts';
import { checkpointEpochs, readJudgedCheckpoint } from '../runs/results/checkpoint.ts';
import { writeEvaluation } from '../runs/results/evaluation.ts';
import {
  type FoldPredictions,
  readPredictions,
  type StoredPicture,
  writePredictions,
} from '../runs/results/predictions.ts';
import { systemProblem } from '../storage/problems.ts';
import { type Prepared, prepare } from './prepare.ts';

/** How a run is evaluated. */
export interface EvaluateOptions {
  /** The backend asked for; null takes the one that the run was made with. */
  readonly backend: string | null;
  /** Whether predictions that are there already, made by a fold's last weights, count. */
  readonly reuse: boolean;
}

/**
 * Predicts the held-out images of every fold with the fold's weights, the last or the best as the plan says, keeps what they say in `predictions.json`,
 * measures them, and writes `evaluation.json`. Null, with the reason in the bag, when a fold has no weights or the data
 * is gone.
 */
export async function evaluate(run: Run, bag: Bag, options: EvaluateOptions): Promise<Evaluation | null> {
  try {
    const known = run.record.folds.map((fold) => (options.reuse ? usable(run, fold) : null));
    const folds = known.every((one) => one !== null)
      ? known
      : await predict(run, known, bag, options.backend);
    if (folds === null) return null;
    const evaluation = evaluateWithIntervals(
      run.record.plan,
      folds.flatMap(({ cases }) => cases),
    );
    writeEvaluation(run.folder, evaluation);
    return evaluation;
  } catch (error) {
    bag.add(systemProblem(error, run.folder));
    return null;
  }
}

/** A fold's predictions when the weights to evaluate made them; damaged ones are made again without a word. */
function usable({ folder, record }: Run, fold: number): FoldPredictions | null {
  const predictions = readPredictions(folder, fold, new Bag());
  const epoch =
    record.plan.train.keep === 'best'
      ? readJudgedCheckpoint(folder, fold, record.plan.train, new Bag())?.epoch
      : checkpointEpochs(folder, fold).at(-1);
  return predictions !== null && predictions.epoch === epoch ? predictions : null;
}

/** The predictions of all folds; those known are not made again. */
async function predict(
  run: Run,
  known: readonly (FoldPredictions | null)[],
  bag: Bag,
  backend: string | null,
): Promise<readonly FoldPredictions[] | null> {
  const prepared = await prepare(run, bag, backend);
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
      const checkpoint = readJudgedCheckpoint(run.folder, fold, prepared.plan.train, bag);
      if (checkpoint === null) return null;
      await trainer.restore(checkpoint);
      const predictions = await predictFold(prepared, fold, checkpoint.epoch, (batch) =>
        trainer.predict(batch),
      );
      writePredictions(run.folder, predictions);
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
    version: 1,
    fold,
    epoch,
    backend: prepared.backend.name,
    cases: stored,
    pictures,
  };
}
