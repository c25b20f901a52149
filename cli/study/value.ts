import { statusOf } from '../../src/runtime/index.ts';
import { dataKey, forecastsOf, jobsOf, type Plan, peakOf, spanTogether } from './plan.ts';
import { smallestDifferences } from './smallest-differences.ts';

/** The trials as `--format json` prints them. */
export function studyValue(plan: Plan, state: 'planned' | 'finished' | 'incomplete' | 'interrupted') {
  const predicted = forecastsOf(plan);
  const all = [...predicted.values()];
  return {
    version: 1,
    spec: plan.file,
    studies: plan.studies.map(({ name }) => name),
    dryRun: plan.options.dryRun === true,
    jobs: jobsOf(plan),
    engine: plan.model.engine.name,
    predicted: {
      ...spanTogether(plan, all),
      bytes: peakOf(plan, all),
    },
    budget: plan.budget,
    ablations: plan.studies.map(({ name, ablation }) => ({ study: name, ...ablation })),
    smallestDifferences: plan.studies.flatMap((study) =>
      smallestDifferences(study, plan.facts.get(dataKey(study.members[0]!.plan))!).map((one) => ({
        study: study.name,
        ...one,
      })),
    ),
    trials: plan.trials.map((trial) => {
      const { state: at, epochs, heldOut, failure } = statusOf(trial);
      return {
        members: trial.run.members,
        run: trial.run.folder,
        hash: trial.run.plan.hash,
        seed: trial.run.plan.train.seed,
        fold: trial.fold,
        state: at,
        epochs: { done: epochs, all: trial.run.plan.train.epochs },
        heldOut,
        predicted: predicted.get(trial)!,
        failure,
      };
    }),
    state,
  };
}
