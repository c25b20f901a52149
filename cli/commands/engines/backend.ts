import { Bag } from '../../../src/compiler/index.ts';
import {
  calibrationHere,
  chooseEngines,
  type EngineState,
  installEngine,
  listEngines,
  type NativeEngine,
  removeEngine,
} from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { columns } from '../../text/columns.ts';
import { storage } from '../../text/quantities.ts';
import { calibrationText } from './calibrate.ts';

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
