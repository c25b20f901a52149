import { join } from 'node:path';
import { Bag, emitPlan, type SourceFile, workKindNames, workKinds } from '../../../src/compiler/index.ts';
import {
  type Calibration,
  type CalibrationState,
  calibrateBackend,
  calibrationHere,
  chooseEngines,
  type EngineState,
  installEngine,
  listEngines,
  type NativeEngine,
  removeEngine,
} from '../../../src/runtime/index.ts';
import { packageRoot } from '../../environment/package.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { chooseNetwork, compileSound } from '../../study/selection.ts';
import { columns } from '../../text/columns.ts';
import { duration, storage } from '../../text/quantities.ts';

export interface FormatOptions {
  readonly format: 'text' | 'json';
}

export interface InstallOptions extends FormatOptions {
  readonly gpu?: boolean;
  readonly library?: string;
  readonly python?: string;
}

/** `cmrc backend list`: the engines in the order in which training tries them. */
export async function listBackends(output: Output, _options: FormatOptions): Promise<ExitCode> {
  const { cache, engines, providers } = await listEngines();
  const calibration = await calibrationHere();
  const calibrated = typeof calibration === 'string' ? null : calibration.created;
  output.value({ version: 1, cache, engines, providers, calibrated });
  const rows = engines.map((engine) => [engine.name, stateText(engine), detail(engine)]);
  for (const line of columns([['engine', 'state', ''], ...rows], true)) output.print(line);
  if (providers.length > 0) {
    output.print('\nonnx computes on the processor; in its place, by CMRNET_ONNX_PROVIDER=NAME:');
    const lines = providers.map(({ name, missing }) => [name, missing ?? 'starts here']);
    for (const line of columns(lines)) output.print(`  ${line}`);
  }
  output.print(`\ntried in this order; built ones are in ${cache}`);
  if (engines.some(({ name, state }) => name === 'onnx' && state !== 'absent'))
    output.print(calibrationText(calibration));
  return exit.fine;
}

/** `cmrc backend install`: builds a native engine in the cache, step by step. */
export async function installBackend(output: Output, options: InstallOptions): Promise<ExitCode> {
  const { gpu = false, library, python } = options;
  const name: NativeEngine = gpu ? 'tfjs-node-gpu' : 'tfjs-node';
  const bag = new Bag();
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const tell = (line: string) => output.say(line);
  try {
    const engine = await installEngine(name, { path: library, python }, bag, tell, stop.signal);
    if (engine === null) return fail(output, bag.sorted());
    report(output, bag.sorted());
    output.value({ version: 1, folder: engine.folder, engine: engine.record });
    output.print(
      `${name} is ready (TensorFlow ${engine.record.tensorflow}): \`cmrc train\` picks it; \`cmrc doctor\` measures it`,
    );
    return exit.fine;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** `cmrc backend calibrate`: times the compiled engine, so that steps are told and chosen by what this machine does. */
export async function calibrate(output: Output, _options: FormatOptions): Promise<ExitCode> {
  const bag = new Bag();
  const plans = ['paper CmrNet', 'calibration Others', 'calibration Check'].map((words) => {
    const [file, network] = words.split(' ') as [string, string];
    const spec = join(packageRoot, 'specs', `${file}.cmrnet`);
    // What is to be said of these specs is said to those who check them.
    const own = new Bag();
    const compilation = compileSound(spec, [], own, new Map<string, SourceFile>());
    const chosen = compilation === null ? null : chooseNetwork(compilation, spec, { network }, own);
    for (const item of own.sorted()) if (item.severity === 'error') bag.add(item);
    return chosen === null ? null : emitPlan(chosen.graph);
  });
  const [main, others, check] = plans;
  if (!main || !others || !check) return fail(output, bag.sorted());
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const begin = performance.now();
  output.say('timing training steps of the compiled engine, node by node: about a minute');
  const told = (done: number, stages: number) => {
    const left =
      done === 0 ? '' : `, ${duration(((performance.now() - begin) / done) * (stages - done))} left`;
    output.say(`${done} of ${stages} kinds of steps${left}`);
  };
  try {
    const found = await calibrateBackend({ main, others, check }, bag, told, stop.signal);
    if (found === null) return fail(output, bag.sorted());
    output.value(found.calibration);
    for (const line of calibrationLines(found.calibration)) output.print(line);
    output.print(`kept in ${found.path}`);
    return exit.fine;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function calibrationLines(calibration: Calibration): readonly string[] {
  const { kinds, samples, nodes, checks, factor, unsteady, seconds } = calibration;
  const rows = workKindNames.map((kind) => {
    const { call, multiplyAdds, numbers } = kinds[kind];
    return [
      workKinds[kind],
      (1000 * call).toFixed(0),
      multiplyAdds === 0 ? '' : (1000 / multiplyAdds).toFixed(1),
      numbers === 0 ? '' : (4000 / numbers).toFixed(1),
    ];
  });
  const [low, high] = nodes.map((share) => share.toFixed(2));
  return [
    ...columns([['kind of work', 'µs a node', 'GMAC/s', 'GB/s'], ...rows], true),
    '',
    `${samples} nodes timed in ${duration(1000 * seconds)}; half of them take ${low} to ${high} of what they are told to`,
    ...checks.map(
      ({ network, toldMs, ms }) =>
        `a step of ${network}: ${duration(toldMs)} told, ${duration(ms)} timed (${(toldMs / ms).toFixed(2)})`,
    ),
    `steps are told to within a factor of ${factor.toFixed(2)}`,
    ...(unsteady > 1.2
      ? [
          `the same step differed by ${(100 * (unsteady - 1)).toFixed(0)} % from time to time: calibrate again when nothing else runs`,
        ]
      : []),
  ];
}

/** Whether the machine is calibrated, in a sentence. */
export function calibrationText(state: CalibrationState): string {
  if (state === 'broken')
    return 'the calibration of this machine is damaged and not used: `cmrc backend calibrate` makes it anew';
  if (state === 'none')
    return 'steps of onnx are told by built-in rates: `cmrc backend calibrate` times this machine';
  return `onnx was calibrated on ${state.created.slice(0, 10)}: steps are told to within a factor of ${state.factor.toFixed(2)}`;
}

/** `cmrc backend use`: which engines training tries first. */
export async function useBackends(
  output: Output,
  names: readonly string[],
  options: FormatOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const wanted = names.length === 1 && names[0] === 'default' ? [] : names;
  if (!(await chooseEngines(wanted, bag))) return fail(output, bag.sorted());
  return listBackends(output, options);
}

/** `cmrc backend remove`: takes a built engine out of the cache. */
export async function removeBackend(
  output: Output,
  name: NativeEngine,
  _options: FormatOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const bytes = await removeEngine(name, bag);
  if (bytes === null) return fail(output, bag.sorted());
  output.value({ version: 1, removed: name, bytes });
  output.print(`removed ${name}: ${storage(bytes)}`);
  return exit.fine;
}

function stateText({ state }: EngineState): string {
  return {
    embedded: 'built in',
    installed: 'installed',
    package: 'npm package',
    broken: 'broken',
    absent: '–',
  }[state];
}

function detail({ state, reason, record, bytes, install }: EngineState): string {
  if (state === 'broken') return reason ?? '';
  if (state === 'absent') return `\`${install}\``;
  if (record === null) return '';
  const { library, tensorflow } = record;
  return `TensorFlow ${tensorflow} from ${library.origin}, ${storage(bytes)} in the cache`;
}
