import { ablationText, Bag, type Compilation, type SourceFile } from '../../src/compiler/index.ts';
import {
  canOpenBackend,
  checkDataset,
  type DatasetFacts,
  type Forecast,
  forecast,
  measuredRuns,
  memoryLimit,
  planRuns,
  runSchedule,
  type StudyEvent,
  spanOf,
  statusOf,
  type Trial,
  type TrialStatus,
  trialsOf,
} from '../../src/runtime/index.ts';
import { columns } from '../columns.ts';
import { smallestDifferences } from '../detectable-text.ts';
import { type ExitCode, exit } from '../exit.ts';
import { fileSources } from '../host.ts';
import { exitCodeOf, type Output } from '../output.ts';
import { version } from '../package.ts';
import { counted, duration, number, storage } from '../quantities.ts';
import { fail, onCommandLine, report } from '../report.ts';
import { compileSound } from '../selection.ts';
import { budgetOf, chooseStudies, memberOf, type Study } from '../study.ts';

export interface SweepOptions {
  readonly format: 'text' | 'json';
  readonly sweep?: string;
  readonly compare?: string;
  readonly seeds?: number;
  readonly jobs?: number;
  readonly runs: string;
  readonly set?: readonly string[];
  readonly backend?: string;
  readonly dryRun?: boolean;
}

/** What a study is to do, worked out before anything is trained. */
interface Plan {
  readonly file: string;
  readonly options: SweepOptions;
  readonly compilation: Compilation;
  readonly studies: readonly Study[];
  readonly trials: readonly Trial[];
  readonly facts: ReadonlyMap<string, DatasetFacts>;
  /** What all studies may take together: the time that the spec allows them, and memory for what runs at once. */
  readonly budget: { readonly ms: number | null; readonly bytes: number };
}

/** `cmrc sweep`: trains every cell, fold and seed of the studies of a spec that is not trained yet. */
export async function sweep(output: Output, file: string, options: SweepOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const texts = { get: (path: string) => sources.get(path) ?? fileSources.get(path) };
  const plan = await planned(file, options, bag, sources);
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

async function planned(
  file: string,
  options: SweepOptions,
  bag: Bag,
  sources: Map<string, SourceFile>,
): Promise<Plan | null> {
  const compilation = compileSound(file, options.set ?? [], bag, sources);
  if (compilation === null) return null;
  const studies = chooseStudies(compilation, file, options, bag);
  if (studies === null) return null;
  if (options.backend !== undefined && !(await canOpenBackend(options.backend, bag))) return null;
  const members = studies.flatMap((study) => study.members.map(memberOf));
  const facts = new Map<string, DatasetFacts>();
  // Everything wrong with the images is told before the first of them is trained on, once for each dataset.
  for (const { plan } of members) {
    const key = dataKey(plan);
    if (facts.has(key)) continue;
    const found = await checkDataset(plan, bag);
    if (found === null) return null;
    facts.set(key, found);
  }
  const trials = trialsOf(planRuns(members, options.seeds ?? 1, options.runs));
  return {
    file,
    options,
    compilation,
    studies,
    trials,
    facts,
    budget: totalBudget(studies),
  };
}

function totalBudget(studies: readonly Study[]): Plan['budget'] {
  const budgets = studies.map(budgetOf);
  const times = budgets.map(({ ms }) => ms?.most ?? Number.POSITIVE_INFINITY);
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const memory = Math.min(...budgets.map(({ bytes }) => bytes?.most ?? Number.POSITIVE_INFINITY));
  return {
    ms: Number.isFinite(total) ? total : null,
    bytes: memoryLimit(Number.isFinite(memory) ? memory : null),
  };
}

function dataKey({ data, network, heads }: Trial['run']['plan']): string {
  return JSON.stringify([data, network.input.shape, heads.map(({ kind }) => kind)]);
}

function jobsOf({ options }: Plan): number {
  return options.jobs ?? 1;
}

/** What each trial is going to take, by what the runs in the folder tell. */
function forecasts({ trials, facts, options }: Plan): ReadonlyMap<Trial, Forecast> {
  const measured = measuredRuns(options.runs);
  return new Map(
    trials.map((trial) => {
      const { plan } = trial.run;
      const { images } = facts.get(dataKey(plan))!;
      return [trial, forecast(trial, images * (1 - plan.evaluate.folds.fraction), measured)];
    }),
  );
}

function announce(output: Output, plan: Plan): void {
  const { trials, studies } = plan;
  const predicted = forecasts(plan);
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
      const told = own.map((trial) => predicted.get(trial)!);
      const states = own.map((trial) => `${trial.fold} ${stateText(statusOf(trial))}`);
      return [
        run.members.join(' = '),
        String(run.plan.train.seed),
        run.folder,
        states.join(', '),
        duration(told.reduce((sum, { ms }) => sum + ms, 0)),
        storage(Math.max(...told.map(({ bytes }) => bytes))),
        `told from ${told[0]!.basis}`,
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
  output.print(
    `predicted: ${duration(
      spanOf(
        times.map(({ ms }) => ms),
        jobsOf(plan),
      ),
    )} with ${counted(jobsOf(plan), 'job')}, up to ${storage(peakOf(plan, times))} of ${storage(plan.budget.bytes)}`,
  );
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

/** The most memory that as many trials as run at once take together. */
function peakOf(plan: Plan, predicted: readonly Forecast[]): number {
  const largest = predicted.map(({ bytes }) => bytes).sort((left, right) => right - left);
  return largest.slice(0, jobsOf(plan)).reduce((sum, bytes) => sum + bytes, 0);
}

function overBudget(plan: Plan): Bag {
  const bag = new Bag();
  const predicted = forecasts(plan);
  for (const study of plan.studies) overBudgetOf(study, plan, predicted, bag);
  // What the spec forbids is not held against the machine as well.
  if (bag.hasErrors) return bag;
  const seen = new Set<string>();
  for (const [{ run }, { ms, bytes }] of predicted) {
    const name = run.members[0]!;
    if (bytes <= plan.budget.bytes || ms === 0 || seen.has(name)) continue;
    seen.add(name);
    bag.report('tooMuchMemory', {
      at: onCommandLine,
      arguments: { experiment: name, needed: storage(bytes), limit: storage(plan.budget.bytes) },
      help: [{ message: 'use a smaller `train.batch`, a smaller network, or a machine with more memory' }],
    });
  }
  return bag;
}

/** Reports a study that takes longer, or one trial of it that takes more memory, than the spec allows. */
function overBudgetOf(study: Study, plan: Plan, predicted: ReadonlyMap<Trial, Forecast>, bag: Bag): void {
  const { ms, bytes } = budgetOf(study);
  const names = new Set(study.members.map(({ name }) => name));
  const own = [...predicted].filter(([{ run }]) => run.members.some((name) => names.has(name)));
  const left = own.map(([, told]) => told).filter((told) => told.ms > 0);
  const notes = [`\`${study.name}\` has ${counted(left.length, 'trial')} left, told from ${basesOf(left)}`];
  const span = spanOf(
    left.map((told) => told.ms),
    jobsOf(plan),
  );
  if (ms !== null && span > ms.most) {
    bag.report('overBudget', {
      at: ms.at,
      arguments: { needed: duration(span), what: 'time', budget: duration(ms.most) },
      notes,
      help: [
        {
          message:
            'vary less, train fewer epochs, or raise the budget; `--dry-run` shows what takes how long',
        },
      ],
    });
  }
  const most = Math.max(0, ...left.map((told) => told.bytes));
  if (bytes !== null && most > bytes.most) {
    bag.report('overBudget', {
      at: bytes.at,
      arguments: { needed: storage(most), what: 'memory', budget: storage(bytes.most) },
      notes,
      help: [{ message: 'use a smaller `train.batch`, a smaller network, or raise the budget' }],
    });
  }
}

function basesOf(told: readonly Forecast[]): string {
  return [...new Set(told.map(({ basis }) => basis))].join(' and ');
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
  const predicted = forecasts(plan);
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

function trialName({ run, fold }: Trial): string {
  return `${run.members.join(' = ')} seed ${run.plan.train.seed} fold ${fold}`;
}

function eventLine(event: StudyEvent): string {
  switch (event.kind) {
    case 'begins':
      return `${trialName(event.trial)}: begins${event.status.epochs > 0 ? ` after epoch ${event.status.epochs}` : ''} in ${event.trial.run.folder}`;
    case 'waits':
      return `${trialName(event.trial)}: waits for process ${event.status.holder?.pid}, which trains it`;
    case 'ends':
      return `${trialName(event.trial)}: ${stateText(event.status)}${event.status.failure === null ? '' : ` · ${event.status.failure.message}`}`;
    case 'evaluated':
      return `${event.run.members.join(' = ')}: ${event.done ? 'evaluated' : `not evaluated; ${event.run.folder}/training.log says why`}`;
  }
}

function stateText({ state, epochs, failure }: TrialStatus): string {
  if (state === 'failed' || state === 'diverged') return `${state} (${failure?.code})`;
  return state === 'stopped' || state === 'training' ? `${state} after epoch ${epochs}` : state;
}

function statusLine(plan: Plan): string {
  const states = plan.trials.map((trial) => statusOf(trial).state);
  const over = states.filter(
    (state) => state === 'finished' || state === 'diverged' || state === 'failed',
  ).length;
  const left = [...forecasts(plan).values()].map(({ ms }) => ms);
  return `${over} of ${counted(states.length, 'trial')} done · about ${duration(spanOf(left, jobsOf(plan)))} left`;
}

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

function studyValue(plan: Plan, state: 'planned' | 'finished' | 'incomplete' | 'interrupted') {
  const predicted = forecasts(plan);
  const all = [...predicted.values()];
  return {
    version: 1,
    spec: plan.file,
    studies: plan.studies.map(({ name }) => name),
    dryRun: plan.options.dryRun === true,
    jobs: jobsOf(plan),
    predicted: {
      ms: spanOf(
        all.map(({ ms }) => ms),
        jobsOf(plan),
      ),
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
      const { state: at, epochs, failure } = statusOf(trial);
      return {
        members: trial.run.members,
        run: trial.run.folder,
        hash: trial.run.plan.hash,
        seed: trial.run.plan.train.seed,
        fold: trial.fold,
        state: at,
        epochs: { done: epochs, all: trial.run.plan.train.epochs },
        predicted: predicted.get(trial)!,
        failure,
      };
    }),
    state,
  };
}
