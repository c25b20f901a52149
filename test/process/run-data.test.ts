import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { readData } from '../../src/runtime/data/dataset/dataset-facts.ts';
import { openRunData } from '../../src/runtime/process/run-data.ts';
import { placeAdded, type RecordedImage } from '../../src/runtime/runs/record/data-record.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { createRun, openRun, type Run } from '../../src/runtime/runs/record/store.ts';
import { writeCheckpoint } from '../../src/runtime/runs/results/checkpoint.ts';
import { KnownRuns } from '../../src/runtime/studies/known-runs.ts';
import { inFolder } from '../support/folder.ts';
import { smallPlan, writeManifest, writePatient, writeSmallData } from '../support/small-data.ts';

const count = 12;
const patients = Array.from({ length: count }, (_, patient) => patient);

interface Made {
  readonly folder: string;
  readonly manifest: string;
  readonly runs: string;
  readonly run: Run;
}

/** A run of small data that was prepared once, as training does, and has a checkpoint. */
async function madeRun(use: (made: Made) => void, change: (folder: string) => void = () => undefined) {
  await inFolder((folder) => {
    const manifest = writeSmallData(folder, count);
    change(folder);
    const runs = join(folder, 'runs');
    const run = newRun(identified(smallPlan(manifest), runs), runs);
    assert.ok(openRunData(run, new Bag()));
    writeCheckpoint(run.folder, 1, { epoch: 1, weights: new Map(), optimizer: new Map(), state: {} });
    use({ folder, manifest, runs, run });
  });
}

function identified(plan: RunPlan, runs: string): RunPlan {
  return readData(plan, join(runs, '.cache'), new Bag())!.plan;
}

function newRun(plan: RunPlan, runs: string): Run {
  return createRun(
    {
      folder: join(runs, 'first'),
      plan,
      workingFolder: process.cwd(),
      folds: [1],
      backend: null,
      overrides: [],
      versions: { cmrnet: '0.1.0', node: 'v20' },
      sources: [],
      now: new Date(),
    },
    new Bag(),
  )!;
}

/** What opening a run's data says: its codes, the first message, and who is held out. */
function open(folder: string, accept = false) {
  const bag = new Bag();
  const data = openRunData(openRun(folder, new Bag())!, bag, { accept });
  const heldOut = data?.dataset.cases.filter(({ fold }) => fold === 1).map(({ id }) => id);
  const found = bag.sorted();
  return {
    heldOut: heldOut ?? null,
    ids: data?.dataset.cases.map(({ id }) => id) ?? null,
    codes: found.map(({ code }) => code),
    message: found[0]?.message ?? '',
  };
}

function find(plan: RunPlan, runs: string, acceptData = false) {
  const bag = new Bag();
  const { run } = new KnownRuns(runs, { acceptData, bag }).find(plan, 'Small');
  const found = bag.sorted();
  return { run, codes: found.map(({ code }) => code), message: found[0]?.message ?? '' };
}

const test = suite('the data of a run');

test('patients who are added later are in no fold, and who was held out stays held out', () =>
  madeRun(({ folder, run }) => {
    const before = open(run.folder);
    assert.is(before.heldOut!.length, 3);
    assert.equal(before.codes, []);
    // One more at the head of the list, so that places change too: the seed would deal other folds.
    for (const added of [20, 21, 22]) {
      writePatient(folder, added);
      writeManifest(folder, [added, ...patients]);
      const after = open(run.folder);
      assert.equal(after.heldOut, before.heldOut);
      assert.equal(after.ids, before.ids);
      assert.equal(after.codes, ['CMR871']);
    }
  }));

test('patients who are added by name are held out by a fold that the record names; nobody who trained is', () =>
  madeRun(({ folder, run }) => {
    const before = open(run.folder);
    const trained = patients.filter((patient) => !before.heldOut!.includes(`s${patient}`));
    for (const added of [20, 21]) writePatient(folder, added);
    // The same pixels as one that trained, under the name of somebody new.
    copyFileSync(join(folder, `${trained[0]}.npz`), join(folder, '22.npz'));
    writeManifest(folder, [20, 21, 22, ...patients]);
    const after = open(run.folder, true);
    assert.equal(after.codes, []);
    assert.equal(after.heldOut, [...before.heldOut!, 's20', 's21']);
    assert.equal(after.ids, [...before.ids!, 's20', 's21', 's22']);
    const [change] = openRun(run.folder, new Bag())!.record.accepted!;
    assert.is(change!.change, '3 patients added, what was added is in fold 1 or only trains');
    assert.equal(open(run.folder), after);
    // Its other name alone is left, also of the patient.
    writeManifest(
      folder,
      [20, 21, 22, ...patients].filter((patient) => patient !== trained[0]),
    );
    assert.equal(open(run.folder, true).heldOut, after.heldOut);
  }));

test('of several folds the one with the fewest patients takes who is added, or the one that the manifest names', () => {
  const row = (patient: string, fold: number, column: number | null = null): RecordedImage => {
    const facts = { id: patient, patient, class: null, column, spacing: null, mask: null };
    return { ...facts, image: `pixels of ${patient}`, fold, validates: [] };
  };
  const { evaluate } = smallPlan('data.yaml');
  const settings = { ...evaluate, folds: { ...evaluate.folds, kind: 'kfold', count: 3 } as const };
  const recorded = [row('a', 1), row('b', 1), row('c', 2), row('d', 2), row('e', 3)];
  const added = [row('f', 0), row('g', 0), row('h', 0, 2), { ...row('c', 0), id: 'second', image: 'other' }];
  const folds = placeAdded(settings, recorded, added).map(({ id, fold }) => [id, fold]);
  assert.equal(folds, [
    ['f', 3],
    ['g', 1],
    ['h', 2],
    ['second', 2],
  ]);
});

test('the order of the manifest does not matter', () =>
  madeRun(({ folder, run }) => {
    const before = open(run.folder);
    writeManifest(folder, patients.toReversed());
    assert.equal(open(run.folder), before);
  }));

test('changed masks are refused in words, and accepted only by name, which the record keeps', () =>
  madeRun(({ folder, run }) => {
    const before = open(run.folder);
    writePatient(folder, 20);
    writeManifest(folder, [...patients, 20]);
    for (const patient of [3, 4]) writePatient(folder, patient, { inverted: true });
    const refused = open(run.folder);
    assert.equal(refused.codes, ['CMR870']);
    assert.is(refused.heldOut, null);
    assert.match(refused.message, '1 patient added, masks of 2 images differ');
    assert.is(openRun(run.folder, new Bag())!.record.accepted, undefined);

    const accepted = open(run.folder, true);
    assert.equal(accepted.codes, []);
    assert.equal(accepted.heldOut, [...before.heldOut!, 's20']);
    const changes = openRun(run.folder, new Bag())!.record.accepted!.map(({ change }) => change);
    assert.equal(changes, ['1 patient added, masks of 2 images differ, what was added is in fold 1']);
    assert.equal(open(run.folder).codes, [], 'what was accepted is not asked again');
  }));

test('a patient who is gone, and an image that changed, are named', () =>
  madeRun(({ folder, run }) => {
    writeManifest(folder, patients.slice(1));
    const { data } = { data: readFileSync(join(folder, '5.npz')) };
    writeFileSync(join(folder, '6.npz'), data);
    const { codes, message } = open(run.folder);
    assert.equal(codes, ['CMR870']);
    assert.match(message, '1 patient removed, pixels of 1 image differ');
    const accepted = open(run.folder, true);
    assert.not.ok(accepted.ids!.includes('s0'));
  }));

test('folds that the manifest gives and then changes are refused; the recorded ones stay', () =>
  madeRun(
    ({ folder, run }) => {
      const before = open(run.folder);
      assert.equal(before.heldOut, ['s0', 's1', 's2']);
      writeManifest(folder, patients, (patient) => (patient >= 9 ? 1 : null));
      const refused = open(run.folder);
      assert.equal(refused.codes, ['CMR870']);
      assert.match(refused.message, 'folds of 6 images differ');
      assert.equal(open(run.folder, true).heldOut, before.heldOut);
    },
    (folder) => writeManifest(folder, patients, (patient) => (patient < 3 ? 1 : null)),
  ));

test('a record of data that is lost is made again where the data are provably the same, and only there', () =>
  madeRun(({ folder, run }) => {
    const before = open(run.folder);
    const path = runFiles.data(run.folder);
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    assert.equal(open(run.folder), before);
    assert.is(readFileSync(path, 'utf8'), text);
    writeFileSync(path, text.replace('"fold":1', '"fold":0'));
    assert.equal(open(run.folder), before);
    writePatient(folder, 3, { inverted: true });
    rmSync(path);
    assert.equal(open(run.folder).codes, ['CMR873']);
    writeFileSync(path, text.replace('"fold":1', '"fold":0'));
    assert.equal(open(run.folder).codes, ['CMR873']);
  }));

test('of a run of an older version nothing can be proved, and that is said', () =>
  madeRun(({ run }) => {
    const { seal: _, ...record } = JSON.parse(readFileSync(runFiles.record(run.folder), 'utf8'));
    writeFileSync(runFiles.record(run.folder), JSON.stringify({ ...record, version: 3 }));
    rmSync(runFiles.data(run.folder));
    const { codes, ids } = open(run.folder);
    assert.equal(codes, ['CMR872']);
    assert.is(ids!.length, count);
  }));

test('a run is found by what its data hold, wherever they lie and whatever the path is relative to', () =>
  madeRun(({ folder, manifest, runs, run }) => {
    assert.is(find(smallPlan(manifest), runs).run?.folder, run.folder);
    assert.is(find(smallPlan(relative(process.cwd(), manifest)), runs).run?.folder, run.folder);
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const { run: found, codes } = find(smallPlan(writeSmallData(elsewhere, count)), runs);
    assert.is(found?.folder, run.folder);
    assert.equal(codes, []);
  }));

test('a run of other data is not taken for those that are there now, but by name', () =>
  madeRun(({ folder, manifest, runs, run }) => {
    writePatient(folder, 20);
    writeManifest(folder, [...patients, 20]);
    for (const patient of patients) writePatient(folder, patient, { inverted: true });
    const refused = find(smallPlan(manifest), runs);
    assert.is(refused.run, null);
    assert.equal(refused.codes, ['CMR874']);
    assert.match(refused.message, `1 patient added, masks of ${count} images differ`);
    assert.is(find(smallPlan(manifest), runs, true).run?.folder, run.folder);
    assert.is(find(smallPlan(manifest), runs).run?.record.accepted?.length, 1, 'and its record says so');
  }));

test('a damaged run is told where runs are looked up', () =>
  madeRun(({ manifest, runs, run }) => {
    const text = readFileSync(runFiles.record(run.folder), 'utf8');
    writeFileSync(runFiles.record(run.folder), text.replace('"epochs": 2', '"epochs": 3'));
    const { run: found, codes } = find(smallPlan(manifest), runs);
    assert.is(found, null);
    assert.equal(codes, ['CMR978']);
  }));

test('data that cannot be read leave the run of their path, of which nothing can be proved', () =>
  madeRun(({ manifest, runs, run }) => {
    rmSync(manifest);
    const { run: found, codes } = find(smallPlan(manifest), runs);
    assert.is(found?.folder, run.folder);
    assert.equal(codes, ['CMR872']);
  }));

test.run();
