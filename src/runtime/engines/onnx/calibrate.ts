import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  builtInRatesFor,
  emitOnnx,
  fitRates,
  graphOfPlan,
  type LayersPlan,
  lowerOnnx,
  type OnnxOptions,
  type Rates,
  type Sample,
  type Shape,
  type StepProgram,
  timeOfAll,
  trainingProgram,
  workOfNode,
} from '../../../compiler/index.ts';
import { plainTraining } from '../plain-training.ts';
import type { OnnxSession } from './library.ts';
import { type Engine, settingsOf } from './step-session.ts';

/** The networks whose steps are timed. */
export interface TimedNetworks {
  /** The one that most rates are of. */
  readonly main: LayersPlan;
  /** What that does not compute with. */
  readonly others: LayersPlan;
  /** One that rates are tried on and not made from. */
  readonly check: LayersPlan;
}

/** What a calibration finds. */
export interface Found extends Pick<Rates, 'kinds' | 'whole' | 'factor'> {
  /** Nodes that were timed. */
  readonly samples: number;
  /** The quartiles of what single nodes take, of what is progress of them. */
  readonly nodes: readonly [number, number];
  /** Steps as they were progress from the nodes of others, and as they were. */
  readonly checks: readonly { readonly network: string; readonly toldMs: number; readonly ms: number }[];
  /** By how much the same step differed from time to time: the third quartile of the first. More than a fifth is a busy machine. */
  readonly unsteady: number;
}

const batches = { main: 2, others: 4, check: 4 } as const;
/** Of each step; the first one finds memory. */
const repetitions = 4;
/** A step is never progress better than this: what else a machine does changes it by as much. */
const minFactor = 1.15;

/** Times steps node by node and finds the rates. `progress` hears of each of the stages that begins. */
export async function calibrate(
  engine: Engine,
  { main, others, check }: TimedNetworks,
  progress: (done: number, stages: number) => void,
): Promise<Found> {
  const usual = builtInRatesFor(engine.threads, engine.block);
  const { block } = engine;
  const forms: readonly [LayersPlan, number, OnnxOptions][] = [
    [main, batches.main, { block }],
    [main, batches.main, { block, allForms: true }],
    ...(block === null
      ? []
      : ([[main, batches.main, { block: null }]] as [LayersPlan, number, OnnxOptions][])),
    [others, batches.others, { block }],
  ];
  const stages = forms.length + 1;
  const samples: Sample[] = [];
  const steps: { network: string; ms: number; nodesMs: number; unsteady: number }[] = [];
  for (const [place, [network, batch, options]] of forms.entries()) {
    progress(place, stages);
    const program = programOf(network, batch);
    const timed = await timedNodes(engine, program, options);
    samples.push(...timed);
    if (options.allForms === true || options.block !== block) continue;
    const step = await timedStep(engine, program, options);
    steps.push({
      network: network === main ? 'CmrNet' : 'Others',
      ...step,
      nodesMs: timed.reduce((sum, { ms }) => sum + ms, 0),
    });
  }
  const { kinds } = fitRates(samples, usual.kinds);
  const whole = steps[0]!.ms / steps[0]!.nodesMs;
  const rates = { ...usual, kinds, whole };
  progress(stages - 1, stages);
  const program = programOf(check, batches.check);
  const checked = { network: 'Check', ...(await timedStep(engine, program, { block, rates })) };
  const works = lowerOnnx(program, { block, rates }).nodes.map(workOfNode);
  const checks = [
    ...steps.slice(1).map(({ network, ms, nodesMs }) => ({ network, toldMs: whole * nodesMs, ms })),
    { network: checked.network, toldMs: whole * timeOfAll(rates, works), ms: checked.ms },
  ];
  const off = Math.max(...checks.map(({ toldMs, ms }) => Math.max(toldMs / ms, ms / toldMs)));
  const unsteady = Math.max(...steps.map((step) => step.unsteady), checked.unsteady);
  const shares = samples
    .filter(({ ms }) => ms >= 0.1)
    .map((sample) => timeOfAll(rates, [sample]) / sample.ms)
    .sort((one, other) => one - other);
  return {
    kinds,
    whole,
    factor: Math.max(minFactor, off, unsteady),
    samples: samples.length,
    nodes: [quantile(shares, 0.25), quantile(shares, 0.75)],
    checks,
    unsteady,
  };
}

function programOf(network: LayersPlan, batch: number): StepProgram {
  const loss = network.heads.map(({ name: head }) => ({ weight: 1, head, loss: 'bce' as const }));
  const optimizer = { kind: 'rmsprop', lr: 1e-5, rho: 0.9, epsilon: 1e-7 } as const;
  return trainingProgram(graphOfPlan(network), { ...plainTraining, loss, optimizer, batch });
}

/** A node takes at least so many milliseconds: what the library spends on one that only gives a tensor other sizes. */
const minMs = 0.001;

/** Milliseconds of every node in a step, by the library's own profile: the lower median of some, without what the profile itself takes. */
async function timedNodes(
  engine: Engine,
  program: StepProgram,
  options: OnnxOptions,
): Promise<readonly Sample[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cmrnet-calibration-'));
  try {
    const { model, inputs } = emitOnnx(program, options);
    const session = await engine.library.InferenceSession.create(model, {
      ...settingsOf(engine.threads, 'disabled'),
      enableProfiling: true,
      profileFilePrefix: join(folder, 'step'),
    });
    const feeds = feedsOf(engine, inputs);
    for (let run = 0; run < repetitions; run++) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = readdirSync(folder);
    const times = nodeTimes(readFileSync(join(folder, file!), 'utf8'));
    const timed = lowerOnnx(program, options).nodes.flatMap((node) => {
      const known = times.get(node.name);
      return known === undefined ? [] : [{ ...workOfNode(node), ms: quantile(known.sort(ascending), 0.3) }];
    });
    const views = timed.flatMap(({ kind, ms }) => (kind === 'view' ? [ms] : [])).sort(ascending);
    const profiling = views.length === 0 ? 0 : quantile(views, 0.5) - minMs;
    return timed.map((sample) => ({ ...sample, ms: Math.max(minMs, sample.ms - profiling) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What of the library's profile is read. */
interface ProfileEvent {
  readonly cat: string;
  /** `t12:conv2d:forward:stem/conv_kernel_time`: the node's name, see `OnnxModel.nodes`. */
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
}

function nodeTimes(profile: string): ReadonlyMap<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { cat, name, dur } of JSON.parse(profile) as readonly ProfileEvent[]) {
    const node = /^(t\d+)(:.*)?_kernel_time$/s.exec(name)?.[1];
    if (cat !== 'Node' || node === undefined) continue;
    const known = times.get(node);
    if (known === undefined) times.set(node, [dur / 1000]);
    else known.push(dur / 1000);
  }
  return times;
}

/** Milliseconds of a step of which only the loss is taken out: training takes weights out once in many steps. */
async function timedStep(
  engine: Engine,
  program: StepProgram,
  options: OnnxOptions,
): Promise<{ readonly ms: number; readonly unsteady: number }> {
  const { model, inputs, outputs } = emitOnnx(program, options);
  const { name: loss } = outputs.find(({ role }) => role.kind === 'loss')!;
  const session: OnnxSession = await engine.library.InferenceSession.create(
    model,
    settingsOf(engine.threads, 'disabled'),
  );
  const feeds = feedsOf(engine, inputs);
  const times: number[] = [];
  for (let run = 0; run <= repetitions; run++) {
    const begin = performance.now();
    await session.run(feeds, { [loss]: null });
    if (run > 0) times.push(performance.now() - begin);
  }
  await session.release();
  times.sort(ascending);
  return { ms: quantile(times, 0.5), unsteady: quantile(times, 0.75) / quantile(times, 0.25) };
}

/** Values in the middle of what a step meets, variances above zero. */
function feedsOf({ library }: Engine, inputs: readonly { readonly name: string; readonly sizes: Shape }[]) {
  return Object.fromEntries(
    inputs.map(({ name, sizes }) => {
      const length = sizes.reduce((product, size) => product * size, 1);
      const values = Float32Array.from({ length }, (_, place) => 0.02 + 0.01 * Math.sin(12.9898 * place));
      return [name, new library.Tensor('float32', values, sizes)];
    }),
  );
}

function ascending(one: number, other: number): number {
  return one - other;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))]!;
}
