import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnostic } from '../../../compiler/index.ts';
import { processArguments } from '../../threads/entry.ts';
import { reasonOf } from '../installed/command.ts';
import { place, type Workshop } from '../installed/workshop.ts';
import type { Found, TimedNetworks } from '../onnx/calibrate.ts';
import { type Calibration, calibrationFile, machineHere, writeCalibration } from './calibration.ts';

/** What the process that times says. */
export interface Measurement extends Found {
  readonly library: string;
  readonly threads: number;
  readonly block: number | null;
  readonly seconds: number;
}

const silentMs = 180_000;

/** A calibration, and the file that it was written to. */
export interface Calibrated {
  readonly path: string;
  readonly calibration: Calibration;
}

/**
 * Times the compiled engine in a process of its own, which the user may stop, and keeps the rates in the cache. Null with
 * the reason in the bag. `progress` hears how many of the stages are done.
 */
export async function calibrateEngine(
  workshop: Workshop,
  networks: TimedNetworks,
  progress: (done: number, stages: number) => void,
): Promise<Calibrated | null> {
  const { files, run, signal, bag } = workshop;
  const refuse = (reason: string, help: string) => {
    bag.add(
      diagnostic('notCalibrated', {
        at: place(files.root),
        arguments: { reason },
        help: [{ message: help }],
      }),
    );
    return null;
  };
  const machine = machineHere(files);
  if (machine === null)
    return refuse('onnxruntime-node is not installed', '`npm install onnxruntime-node@1.30.0` brings it');
  const folder = mkdtempSync(join(tmpdir(), 'cmrnet-calibration-'));
  try {
    const path = join(folder, 'networks.json');
    writeFileSync(path, JSON.stringify(networks));
    const heard = (line: string) => {
      const stage = /^stage (\d+) (\d+)$/.exec(line);
      if (stage !== null) progress(Number(stage[1]), Number(stage[2]));
    };
    const words = processArguments(import.meta.url, 'calibration-worker', [path]);
    // What it leaves when it is stopped goes with the folder.
    const environment = { TMPDIR: folder, TEMP: folder, TMP: folder };
    const outcome = await run(process.execPath, words, { environment, silentMs, signal, heard });
    if (outcome.status !== 0)
      return refuse(reasonOf(outcome, 'node', silentMs), 'the same command begins anew');
    const answer = JSON.parse(outcome.output.trim().split('\n').at(-1)!) as
      | Measurement
      | { readonly problem: string };
    if ('problem' in answer) return refuse(answer.problem, '`cmrc doctor` says whether the engine works');
    const target = calibrationFile(files, machine);
    const created = new Date().toISOString();
    const calibration = writeCalibration(target, {
      ...{ version: 1, engine: 'onnx', ...answer, processor: machine.processor, created },
      library: machine.library,
    });
    return { path: target, calibration };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
