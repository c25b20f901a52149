import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { builtInRatesFor, type Rates } from '../../../compiler/index.ts';
import { writeAtomically } from '../../storage/atomic.ts';
import { validator } from '../../storage/validator.ts';
import { type EngineFiles, engineFiles } from '../installed/cache.ts';
import { machineFacts } from '../installed/machine-facts.ts';
import { calibrationSchema } from './calibration-schema.ts';

/** A calibration of the compiled engine, as it lies in the cache; valid against {@link calibrationSchema}. */
export interface Calibration extends Pick<Rates, 'threads' | 'block' | 'kinds' | 'whole' | 'factor'> {
  readonly version: 1;
  readonly engine: 'onnx';
  /** Of ONNX Runtime. */
  readonly library: string;
  readonly processor: string;
  readonly created: string;
  readonly seconds: number;
  readonly samples: number;
  /** The quartiles of what single nodes take, of what is told of them. */
  readonly nodes: readonly [number, number];
  readonly checks: readonly { readonly network: string; readonly toldMs: number; readonly ms: number }[];
  readonly unsteady: number;
  /** SHA-256 of all the rest. */
  readonly checksum: string;
}

const isCalibration = validator<Calibration>(calibrationSchema);

/** A calibration is of a version of the library, a processor, and a number of threads. */
export interface Machine {
  readonly library: string;
  readonly processor: string;
  readonly threads: number;
}

/** This machine; null where ONNX Runtime's package is not installed. */
export function machineHere(files: EngineFiles = engineFiles()): Machine | null {
  try {
    const { version } = createRequire(files.program)('onnxruntime-node/package.json') as { version: string };
    return { library: version, processor: machineFacts().processor, threads: os.availableParallelism() };
  } catch {
    return null;
  }
}

/** How the cost model counts work. Rates that were fitted to another count would predict something else. */
const countOfWork = 2;

export function calibrationFile({ root }: EngineFiles, { library, processor, threads }: Machine): string {
  const name = `onnx-${library}-${processor}-${threads}-work-${countOfWork}`
    .replace(/[^\w.]+/g, '-')
    .toLowerCase();
  return join(root, 'calibrations', `${name}.json`);
}

/** Why there are no measured rates: none were made, or the file is not what was written. */
export type CalibrationState = Calibration | 'none' | 'broken';

export function readCalibration(path: string): CalibrationState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return 'none';
  }
  try {
    const value: unknown = JSON.parse(text);
    if (!isCalibration(value)) return 'broken';
    const { checksum, ...rest } = value;
    return checksum === checksumOf(rest) ? value : 'broken';
  } catch {
    return 'broken';
  }
}

export function writeCalibration(path: string, rest: Omit<Calibration, 'checksum'>): Calibration {
  const calibration = { ...rest, checksum: checksumOf(rest) };
  writeAtomically(path, `${JSON.stringify(calibration, null, 2)}\n`);
  return calibration;
}

function checksumOf(rest: Omit<Calibration, 'checksum'>): string {
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

/** The rates of the compiled engine here: as they were measured, else those built in. */
export function ratesHere(files: EngineFiles = engineFiles()): Rates {
  const machine = machineHere(files);
  const found = machine === null ? 'none' : readCalibration(calibrationFile(files, machine));
  return typeof found === 'string' ? usualRates() : { ...found, measured: true };
}

function usualRates(): Rates {
  const { avx512 } = machineFacts();
  return builtInRatesFor(os.availableParallelism(), avx512 === true ? 16 : 8);
}
