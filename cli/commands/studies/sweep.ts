import { Bag, type SourceFile } from '../../../src/compiler/index.ts';
import { runSchedule, statusOf } from '../../../src/runtime/index.ts';
import { fileSources } from '../../environment/host.ts';
import { version } from '../../environment/package.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import { exitCodeOf } from '../../output/exit-of-findings.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { announce, eventLine, stateText, statusLine, trialName } from '../../study/announcement.ts';
import { overBudget } from '../../study/budget.ts';
import { forecastsOf, jobsOf, type Plan, planStudies, type SweepOptions } from '../../study/plan.ts';
import { studyValue } from '../../study/value.ts';
import { counted } from '../../text/quantities.ts';

/** `cmrc sweep`: trains every cell, fold and seed of the studies of a spec that is not trained yet. */
export async function sweep(output: Output, file: string, options: SweepOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const texts = { get: (path: string) => sources.get(path) ?? fileSources.get(path) };
  const plan = await planStudies(file, options, bag, sources);
  if (plan === null || bag.hasErrors) return fail(output, bag.sorted(), texts);
  report(output, bag.sorted(), texts);
  announce(output, plan);
  const refused = overBudget(plan);
  if (refused.hasErrors) {
    if (options.dryRun !== true) return fail(output, refused.sorted(), texts);
    report(output, refused.sorted(), texts);
  }
  if (options.dryRun === true) {
    output.value(studyValue(plan, 'planned'));
    return exitCodeOf(refused.sorted());
  }
  return train(output, plan);
}

/** Trains what is not trained, and says what came of it. */
async function train(output: Output, plan: Plan): Promise<ExitCode> {
  const { trials, options, compilation } = plan;
  let interrupts = 0;
  const interrupted = (): void => {
    interrupts += 1;
    if (interrupts === 1) {
      output.say('stopping after the current steps; finished epochs are kept (Ctrl-C again leaves at once)');
    } else process.exit(exit.fine);
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  const predicted = forecastsOf(plan);
  let lastStatus = Date.now();
  try {
    const problems = await runSchedule(trials, {
      making: {
        workingFolder: process.cwd(),
        backend: options.backend ?? null,
        overrides: options.set ?? [],
        versions: { cmrnet: version(), node: process.version },
        sources: [...compilation.sources.values()].filter(({ path }) => !path.startsWith('<')),
      },
      jobs: jobsOf(plan),
      memory: plan.budget.bytes,
      bytesOf: (trial) => predicted.get(trial)!.bytes,
      stopRequested: () => interrupts > 0,
      tell: (event) => {
        output.print(eventLine(event));
        if (event.kind === 'ends') output.print(statusLine(plan));
        lastStatus = Date.now();
      },
      tick: () => {
        if (Date.now() - lastStatus < statusEveryMs) return;
        lastStatus = Date.now();
        output.print(statusLine(plan));
      },
    });
    return conclude(output, plan, interrupts > 0, problems);
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}

const statusEveryMs = 15_000;

function conclude(
  output: Output,
  plan: Plan,
  interrupted: boolean,
  problems: ReturnType<Bag['sorted']>,
): ExitCode {
  const statuses = plan.trials.map((trial) => ({ trial, status: statusOf(trial) }));
  const finished = statuses.filter(({ status }) => status.state === 'finished').length;
  const failures = statuses.filter(({ status }) => status.failure !== null);
  const complete = finished === statuses.length;
  report(output, problems);
  output.value(studyValue(plan, interrupted ? 'interrupted' : complete ? 'finished' : 'incomplete'));
  for (const { trial, status } of failures) {
    output.print(`${trialName(trial)}: ${stateText(status)} · ${status.failure!.message}`);
  }
  const kept = statuses.reduce((sum, { status }) => sum + status.epochs, 0);
  output.print(
    `${finished} of ${counted(statuses.length, 'trial')} finished, ${counted(kept, 'epoch')} kept in ${plan.options.runs}`,
  );
  const again = `cmrc sweep ${plan.file}${plan.options.sweep === undefined ? '' : ` --sweep ${plan.options.sweep}`}`;
  if (!complete) output.print(`go on with the same command: ${again}`);
  else output.print(`compare: cmrc compare ${plan.file} · report: cmrc report ${plan.file}`);
  if (problems.some(({ severity }) => severity === 'error')) return exit.environment;
  return failures.length > 0 ? exit.wrong : exit.fine;
}
