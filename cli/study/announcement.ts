import { ablationText } from '../../src/compiler/index.ts';
import {
  type Forecast,
  type StudyEvent,
  statusOf,
  type Trial,
  type TrialStatus,
} from '../../src/runtime/index.ts';
import type { Output } from '../output/output.ts';
import { columns } from '../text/columns.ts';
import { counted, number, storage } from '../text/quantities.ts';
import { firstStructures } from '../text/structures.ts';
import { dataKey, forecastsOf, jobsOf, jobsThatFit, type Plan, peakOf, spanTogether } from './plan.ts';
import { smallestDifferences } from './smallest-differences.ts';
import { timeInSequence, timeText } from './time.ts';

/** Says what is going to be trained, at what cost, and what it can show. */
export function announce(output: Output, plan: Plan): void {
  const { trials, studies } = plan;
  const predicted = forecastsOf(plan);
  const runs = new Set(trials.map(({ run }) => run));
  const shared = [...runs].reduce((sum, { members }) => sum + members.length - 1, 0);
  output.print(
    [
      `${studies.map(({ name }) => name).join(', ')}: ${counted(runs.size, 'run')} of ${counted(trials.length, 'trial')}`,
      ...(shared === 0 ? [] : [`${counted(shared, 'cell')} shared with another`]),
    ].join(' · '),
  );
  if (plan.options.dryRun === true) {
    const rows = [...runs].map((run) => {
      const own = trials.filter((trial) => trial.run === run);
      const ownForecasts = own.map((trial) => predicted.get(trial)!);
      const states = own.map((trial) => `${trial.fold} ${stateText(statusOf(trial))}`);
      return [
        run.members.join(' = '),
        String(run.plan.train.seed),
        run.folder,
        states.join(', '),
        timeText(timeInSequence(ownForecasts)),
        storage(Math.max(...ownForecasts.map(({ bytes }) => bytes))),
        `told from ${ownForecasts[0]!.basis}`,
      ];
    });
    for (const line of columns(
      [['cell', 'seed', 'run', 'folds', 'time left', 'memory', ''], ...rows],
      true,
    )) {
      output.print(`  ${line}`);
    }
  }
  for (const { name, ablation } of studies) output.print(`${name} differs in ${ablationText(ablation)}`);
  const times = [...predicted.values()];
  const fitting = jobsThatFit(plan, times);
  const jobs = `${counted(fitting, 'job')}${fitting < jobsOf(plan) ? ' at once, for memory has no room for more' : ''}`;
  output.print(
    `predicted: ${timeText(spanTogether(plan, times))} on ${plan.model.engine.name} with ${jobs}, up to ${storage(peakOf(plan, times))} of ${storage(plan.budget.bytes)}`,
  );
  for (const line of basisLines(plan, times)) output.print(line);
  for (const study of studies) {
    for (const { metric, difference, unit, rule } of smallestDifferences(
      study,
      plan.facts.get(dataKey(study.members[0]!.plan))!,
    )) {
      output.print(
        `smallest difference that ${study.name} can show: ${metric} ${number(difference)}${unit === '1' ? '' : ` ${unit}`} (${rule})`,
      );
    }
  }
}

/** How good a prediction is that no runs here have set right, and how it gets better. */
function basisLines({ model }: Plan, times: readonly Forecast[]): readonly string[] {
  const left = new Set(times.filter(({ ms }) => ms > 0).map(({ basis }) => basis));
  const { name, provider } = model.engine;
  return [
    ...(left.has('a guess')
      ? [
          `a guess: a step on ${provider ?? name} is taken to need ${model.stepRatio} times what a compiled one needs on a processor; runs here will tell`,
        ]
      : []),
    ...(left.has('built-in rates')
      ? ['built-in rates are those of another machine: `cmrc backend calibrate` times this one']
      : []),
  ];
}

/** `Rates[1] seed 3 fold 2` */
export function trialName({ run, fold }: Trial): string {
  return `${run.members.join(' = ')} seed ${run.plan.train.seed} fold ${fold}`;
}

/** What has just happened, as a line. */
export function eventLine(event: StudyEvent): string {
  switch (event.kind) {
    case 'begins':
      return `${trialName(event.trial)}: begins${event.status.epochs > 0 ? ` after epoch ${event.status.epochs}` : ''} in ${event.trial.run.folder}`;
    case 'waits':
      return `${trialName(event.trial)}: waits for process ${event.status.holder?.pid}, which trains it`;
    case 'ends': {
      const { failure, heldOut } = event.status;
      const structures = firstStructures(heldOut);
      return [
        `${trialName(event.trial)}: ${stateText(event.status)}`,
        ...(failure === null ? [] : [failure.message]),
        ...(structures === null ? [] : [structures]),
      ].join(' · ');
    }
    case 'evaluated':
      return `${event.run.members.join(' = ')}: ${event.done ? 'evaluated' : `not evaluated; ${event.run.folder}/training.log says why`}`;
  }
}

export function stateText({ state, epochs, failure }: TrialStatus): string {
  if (state === 'failed' || state === 'diverged') return `${state} (${failure?.code})`;
  return state === 'stopped' || state === 'training' ? `${state} after epoch ${epochs}` : state;
}

/** How far all trials are. */
export function statusLine(plan: Plan): string {
  const states = plan.trials.map((trial) => statusOf(trial).state);
  const over = states.filter(
    (state) => state === 'finished' || state === 'diverged' || state === 'failed',
  ).length;
  const left = spanTogether(plan, [...forecastsOf(plan).values()]);
  return `${over} of ${counted(states.length, 'trial')} done${left.ms === 0 ? '' : ` · about ${timeText(left)} left`}`;
}
