import { basename, dirname } from 'node:path';
import {
  Catalogue,
  type CatalogueRun,
  checkpointEpochs,
  damageText,
  epochsDone,
  readControl,
} from '../../src/runtime/index.ts';
import { heldOutMeans } from './held-out.ts';
import { stateOfRun } from './state.ts';

/** A run as `--format json` prints it: what `cmrc runs` lists, and what each command that steers a run leaves. */
export function runValue(run: CatalogueRun) {
  const { folder, brief, progress, annotations } = run;
  const { paused, learningRate } = readControl(folder);
  const folds = brief.folds.map((fold) => {
    const progressOfFold = progress.folds.get(fold);
    return {
      fold,
      state: progressOfFold?.state ?? 'waiting',
      epoch: progressOfFold === undefined ? 0 : epochsDone(progressOfFold),
      epochs: progressOfFold?.started.epochs ?? brief.epochs,
    };
  });
  const current = progress.folds.get(progress.current);
  const problems = [
    ...brief.folds.flatMap((fold) => {
      const end = progress.folds.get(fold)?.end ?? null;
      return end === null || checkpointEpochs(folder, fold).includes(end)
        ? []
        : [`the checkpoint of epoch ${end} of fold ${fold} is gone`];
    }),
    ...progress.damages.map((damage) => `CMR880: ${damageText(damage)} in events.jsonl`),
  ];
  return {
    folder,
    experiment: brief.experiment,
    spec: brief.source,
    created: brief.created,
    state: stateOfRun(run),
    byHand: brief.byHand > 0,
    acceptedData: brief.accepted,
    limit: brief.limit,
    problems,
    asked: { paused, epochs: brief.epochs, learningRate: learningRate ?? brief.learningRate },
    tags: annotations.tags,
    notes: annotations.notes,
    folds,
    loss: current?.epochs.at(-1)?.loss ?? null,
    heldOut: heldOutMeans(run),
  };
}

/** The same of one run directory that is known to be one, as it is now. */
export function valueOfRun(folder: string) {
  const run = new Catalogue(dirname(folder)).readOne(basename(folder));
  return { version: 1, run: run === null ? null : runValue(run) };
}
