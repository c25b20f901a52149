import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInRatesFor } from '../../src/compiler/index.ts';
import { calibrateEngine } from '../../src/runtime/engines/calibration/calibrate.ts';
import {
  calibrationFile,
  machineHere,
  ratesHere,
  readCalibration,
} from '../../src/runtime/engines/calibration/calibration.ts';
import { inFolder } from '../support/folder.ts';
import { Machine } from './machine.ts';

const test = suite('the calibration of the compiled engine');
const { kinds, threads } = builtInRatesFor(1, 8);
const measured = {
  ...{ library: '1.30.0', threads, block: 8, seconds: 20, kinds, whole: 1.1, factor: 1.2, samples: 9000 },
  ...{ nodes: [0.8, 1.2], checks: [{ network: 'Check', toldMs: 90, ms: 100 }], unsteady: 1.05 },
};
const networks = {} as never;

/** A machine with the packages of this one. */
function here({ workshop, files }: Machine) {
  return { ...workshop, files: { ...files, program: fileURLToPath(import.meta.url) } };
}

test('is kept, told while it is made, and no longer used when its file is changed', async () => {
  await inFolder(async (folder) => {
    const machine = new Machine(folder);
    const stages: string[] = [];
    machine.programs.set(process.execPath, (_, { heard }) => {
      heard?.('stage 1 5');
      return { status: 0, output: `stage 1 5\n${JSON.stringify(measured)}\n` };
    });
    const workshop = here(machine);
    const answer = await calibrateEngine(workshop, networks, (done, all) => stages.push(`${done}/${all}`));
    assert.equal(stages, ['1/5']);
    assert.equal(readCalibration(answer!.path), answer!.calibration);
    assert.is(ratesHere(workshop.files).measured, true);
    writeFileSync(answer!.path, readFileSync(answer!.path, 'utf8').replace('"whole": 1.1', '"whole": 0.1'));
    assert.is(readCalibration(answer!.path), 'broken');
    assert.is(ratesHere(workshop.files).measured, false);
  });
});

test('that fails leaves none', async () => {
  await inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.programs.set(process.execPath, () => ({ status: 0, output: '{"problem":"no memory"}' }));
    const workshop = here(machine);
    assert.is(await calibrateEngine(workshop, networks, () => {}), null);
    assert.equal(machine.codes(), ['CMR952']);
    assert.is(readCalibration(calibrationFile(workshop.files, machineHere(workshop.files)!)), 'none');
    assert.is(readCalibration(join(folder, 'nothing.json')), 'none');
  });
});

test.run();
