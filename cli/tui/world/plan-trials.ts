import { setImmediate } from 'node:timers/promises';
import {
  EpochModel,
  type Forecast,
  forecasts,
  likelyEngine,
  measuredRuns,
  memoryLimit,
  planRuns,
  statusOf,
  type Trial,
  trialsOf,
} from '../../../src/runtime/index.ts';
import type { PlannedTrial, PlanState } from '../state/plan.ts';
import type { SpecExperiment } from '../state/specs.ts';
import { command, reasonOf } from './commands.ts';

/** The part of what `cmrc sweep --dry-run --format json` prints that is shown. */
interface PrintedStudy {
  readonly studies: readonly string[];
  readonly predicted: { readonly ms: number };
  readonly budget: { readonly bytes: number };
  readonly trials: readonly {
    readonly members: readonly string[];
    readonly run: string;
    readonly seed: number;
    readonly fold: number;
    readonly state: string;
    readonly epochs: { readonly done: number; readonly all: number };
    readonly predicted: Forecast;
  }[];
}

/** The trials of a spec: those of its sweeps and comparisons, or without any those of its experiments. */
export async function planTrials(
  spec: string,
  parent: string,
  experiments: readonly SpecExperiment[],
): Promise<Partial<PlanState>> {
  const ended = await command(['sweep', spec, '--dry-run', '--format', 'json', '--runs', parent]);
  const printed = parsed(ended.output);
  if (printed !== null) {
    return {
      spec,
      working: false,
      problem: null,
      studies: printed.studies,
      milliseconds: printed.predicted.ms,
      limit: printed.budget.bytes,
      trials: printed.trials.map(({ members, run, predicted, epochs, ...rest }) => ({
        ...rest,
        members: members.join(' = '),
        folder: run,
        epochs: epochs.done,
        allEpochs: epochs.all,
        milliseconds: predicted.ms,
        bytes: predicted.bytes,
        basis: predicted.basis,
      })),
    };
  }
  if (!/CMR924/.test(ended.output + ended.errors)) {
    return { spec, working: false, problem: reasonOf(ended) };
  }
  const trials = await experimentTrials(parent, experiments);
  const milliseconds = trials.reduce((sum, trial) => sum + (trial.milliseconds ?? 0), 0);
  return { spec, working: false, problem: null, studies: [], milliseconds, limit: memoryLimit(null), trials };
}

function parsed(text: string): PrintedStudy | null {
  try {
    const value = JSON.parse(text) as Partial<PrintedStudy>;
    return Array.isArray(value.trials) ? (value as PrintedStudy) : null;
  } catch {
    return null;
  }
}

/** Without looking at any image: the number of them is what the spec says. */
async function experimentTrials(
  parent: string,
  experiments: readonly SpecExperiment[],
): Promise<readonly PlannedTrial[]> {
  const model = new EpochModel(await likelyEngine(null));
  const trials = trialsOf(planRuns(experiments, 1, parent));
  const planned: PlannedTrial[] = [];
  for (const [trial, predicted] of forecasts(trials, imagesOf, model, measuredRuns(parent))) {
    const { run, fold } = trial;
    const { plan } = run;
    const { state, epochs } = statusOf(trial);
    planned.push({
      members: run.members.join(' = '),
      seed: plan.train.seed,
      fold,
      state,
      epochs,
      allEpochs: plan.train.epochs,
      milliseconds: predicted.ms,
      bytes: predicted.bytes,
      basis: imagesOf(trial) === 0 ? 'a guess: the spec names no number of images' : predicted.basis,
      folder: run.folder,
    });
    // The first trial of each structure takes half a second: the interface goes on in between.
    await setImmediate();
  }
  return planned;
}

function imagesOf({ run: { plan } }: Trial): number {
  const { source, expect } = plan.data;
  return source.kind === 'phantom' ? source.images : (expect.images ?? 0);
}
