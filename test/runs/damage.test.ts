import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { evaluatePredictions } from '../../src/runtime/metrics/evaluate.ts';
import { openRunData } from '../../src/runtime/process/run-data.ts';
import { stream } from '../../src/runtime/random/random.ts';
import { Catalogue } from '../../src/runtime/runs/catalogue/catalogue.ts';
import { JournalWriter, readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { LineCounter } from '../../src/runtime/runs/journal/line-counts.ts';
import { progressOf } from '../../src/runtime/runs/journal/progress-of.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { openRun } from '../../src/runtime/runs/record/store.ts';
import { belongingOf } from '../../src/runtime/runs/results/belonging.ts';
import {
  type Checkpoint,
  readCheckpoint,
  readLastCheckpoint,
  writeCheckpoint,
} from '../../src/runtime/runs/results/checkpoint.ts';
import { readEvaluation, writeEvaluation } from '../../src/runtime/runs/results/evaluation.ts';
import { readJudgedCheckpoint } from '../../src/runtime/runs/results/judged.ts';
import { readPredictions, writePredictions } from '../../src/runtime/runs/results/predictions.ts';
import { acquire, type Lock } from '../../src/runtime/storage/lock.ts';
import { writeSealed } from '../../src/runtime/storage/seal.ts';
import { damage } from '../support/damage.ts';
import { inFolder } from '../support/folder.ts';
import { recordRuns } from '../support/recorded-runs.ts';

/** A finished run with every kind of file, as this version writes them. */
function finishedRun(parent: string): string {
  recordRuns(parent);
  const folder = join(parent, 'Demo-20210225-120000');
  const events = readEvents(runFiles.events(folder));
  rmSync(runFiles.events(folder));
  const lock = acquire(runFiles.foldLock(folder, 1)) as Lock;
  const journal = new JournalWriter(runFiles.events(folder), lock);
  for (const event of events) journal.append(event);
  journal.close();
  new LineCounter(folder, 1).keep(lock.token, journal.written);
  lock.release();
  const run = openRun(folder, new Bag())!;
  const data = openRunData(run, new Bag())!.digest!;
  for (const fold of [1, 2]) {
    for (const epoch of [7, 8]) {
      const weights = new Map([
        ['w', { shape: [8], values: Float32Array.from({ length: 8 }, (_, i) => epoch + fold / i) }],
      ]);
      writeCheckpoint(folder, fold, { epoch, weights, optimizer: weights, state: { steps: 10 * epoch } });
    }
    const { version: _, ...predictions } = readPredictions(folder, fold, new Bag())!;
    const of = belongingOf(folder, run.record, fold, 8)!;
    writePredictions(folder, { version: 2, data, of, ...predictions });
  }
  const cases = [1, 2].flatMap((fold) => readPredictions(folder, fold, new Bag())!.cases);
  const evaluation = evaluatePredictions(run.record.plan, cases);
  const accepted: readonly string[] = [];
  const weights = [1, 2].map((fold) => ({ fold, epoch: 8, of: belongingOf(folder, run.record, fold, 8)! }));
  writeEvaluation(folder, { ...evaluation, weights, data: { digest: data, accepted } });
  return folder;
}

/** All that is read of a run: as text, for comparing; null for what is not there or not believed. */
function readAll(folder: string): Readonly<Record<string, string | null>> {
  const bag = new Bag();
  const text = (value: unknown) => (value === null ? null : JSON.stringify(value));
  const run = openRun(folder, bag);
  const all: Record<string, string | null> = {
    record: text(run?.record ?? null),
    evaluation: text(readEvaluation(folder, bag)),
    data: run === null ? null : text(openRunData(run, bag)),
  };
  for (const fold of [1, 2]) {
    const checkpoint = readJudgedCheckpoint(folder, fold, { keep: 'last' }, bag);
    all[`weights ${fold}`] =
      checkpoint &&
      text([checkpoint.epoch, checkpoint.state, [...checkpoint.weights], [...checkpoint.optimizer]]);
    all[`predictions ${fold}`] = text(readPredictions(folder, fold, bag));
  }
  return all;
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const test = suite('damaged runs');

/** More of them with `npm run fuzz:runs`. */
const rounds = Number(process.env['DAMAGES'] ?? 75);

test(`${rounds} random damages to every kind of file never change what is read of a run`, () =>
  inFolder((parent) => {
    const original = finishedRun(parent);
    const whole = readAll(original);
    assert.ok(Object.values(whole).every((value) => value !== null));
    const events = new Set(readEvents(runFiles.events(original)).map((event) => JSON.stringify(event)));
    const files = filesOf(original);
    const seed = 1 + (Date.now() % 100_000);
    const random = stream(seed, 'damage');
    const seen = new Set<string>();
    let believed = 0;
    for (let round = 0; round < rounds; round += 1) {
      const name = files[round % files.length]!;
      const folder = join(parent, 'copies', 'copy');
      rmSync(folder, { recursive: true, force: true });
      cpSync(original, folder, { recursive: true });
      const what = damage(join(folder, name), random);
      const about = `seed ${seed}, round ${round}: ${name}, ${what}`;
      const now = readAll(folder);
      for (const [part, value] of Object.entries(now)) {
        const same = value === null || value.replaceAll(folder, original) === whole[part];
        assert.ok(same, `${about}: ${part} is ${value?.slice(0, 200)}`);
      }
      const journal = readEvents(runFiles.events(folder)).filter(({ type }) => type !== 'damaged');
      assert.ok(
        journal.every((event) => events.has(JSON.stringify(event))),
        `${about}: an event that was never written`,
      );
      const catalogue = new Catalogue(join(parent, 'copies'));
      const listed = catalogue.readAll();
      assert.is(listed.length + catalogue.damaged().length, 1, `${about}: the list leaves it out`);
      if (journal.length < events.size) {
        assert.ok(progressOf(folder).damages.length > 0, `${about}: events are lost without a word`);
        assert.ok(listed[0]!.progress.damages.length > 0, `${about}: the list does not say it`);
      }
      seen.add(name);
      if (Object.values(now).some((value) => value === null)) believed += 1;
    }
    assert.is(seen.size, files.length);
    assert.ok(believed > rounds / 4, 'most damages are seen');
  }));

test('results and weights that were copied in from another run of the same data are told, and never taken', () =>
  inFolder((parent) => {
    const ours = finishedRun(join(parent, 'ours'));
    const theirs = finishedRun(join(parent, 'theirs'));
    const { record } = openRun(theirs, new Bag())!;
    writeSealed(runFiles.record(theirs), { ...record, created: record.created + 1 }, 1);
    const judged = (folder: string) => {
      const bag = new Bag();
      const all = {
        predictions: readPredictions(folder, 1, bag)?.epoch ?? null,
        evaluation: readEvaluation(folder, bag)?.folds.length ?? null,
        checkpoint: readJudgedCheckpoint(folder, 1, { keep: 'last' }, bag)?.epoch ?? null,
      };
      return {
        ...all,
        codes: bag.sorted().map(({ code }) => code),
        messages: String(bag.sorted().map(({ message }) => message)),
      };
    };
    assert.equal(judged(ours).codes, []);
    const foreign = judged(theirs);
    assert.equal(foreign, { ...foreign, predictions: null, evaluation: null, checkpoint: null });
    assert.equal(foreign.codes.sort(), ['CMR977', 'CMR979', 'CMR980']);
    assert.match(foreign.messages, 'it is of another run, `Demo of 2021-02-25T');

    // Of the same run, but of weights that were trained again since.
    const path = join(ours, runFiles.checkpoint(1, 8));
    const { weights, optimizer, state } = readCheckpoint(path) as Checkpoint;
    const other = new Map(
      [...weights].map(([name, { shape, values }]) => [
        name,
        { shape, values: values.map((value) => value + 1) },
      ]),
    );
    writeCheckpoint(ours, 1, { epoch: 8, weights: other, optimizer, state });
    const again = judged(ours);
    assert.equal(again.codes.sort(), ['CMR979', 'CMR980']);
    assert.match(again.messages, 'it was made by other weights than those of epoch 8 in fold 1');

    // Without the weights, the run alone says whose they are; a moved or copied run stays the same.
    rmSync(join(theirs, 'fold-1/checkpoints'), { recursive: true });
    assert.is(judged(theirs).predictions, null);
    const copy = join(parent, 'copy');
    cpSync(finishedRun(join(parent, 'third')), copy, { recursive: true });
    assert.equal(judged(copy).codes, []);
  }));

test('weights of an older epoch are judged only when that epoch is asked for', () =>
  inFolder((parent) => {
    const folder = finishedRun(parent);
    const read = (asked: number | null = null) => {
      const bag = new Bag();
      const epoch = readJudgedCheckpoint(folder, 1, { keep: 'last' }, bag, asked)?.epoch ?? null;
      return { epoch, codes: bag.sorted().map(({ code }) => code) };
    };
    assert.equal(read(), { epoch: 8, codes: [] });
    rmSync(join(folder, runFiles.checkpoint(1, 8)), { recursive: true });
    assert.equal(read(), { epoch: null, codes: ['CMR977'] });
    assert.equal(read(7), { epoch: 7, codes: [] });
    // The older weights under the newer name: the epoch is sealed.
    cpSync(join(folder, runFiles.checkpoint(1, 7)), join(folder, runFiles.checkpoint(1, 8)), {
      recursive: true,
    });
    assert.equal(read(), { epoch: null, codes: ['CMR977'] });
  }));

test("another fold's weights are never judged in a fold's place", () =>
  inFolder((parent) => {
    const folder = finishedRun(parent);
    const [own, other] = [1, 2].map((fold) => join(folder, runFiles.checkpoint(fold, 8)));
    rmSync(own!, { recursive: true });
    cpSync(other!, own!, { recursive: true });
    const bag = new Bag();
    assert.is(readJudgedCheckpoint(folder, 1, { keep: 'last' }, bag), null);
    assert.match(bag.sorted()[0]!.message, 'they cannot be read: it is of fold 2');
    const going = new Bag();
    assert.is(readLastCheckpoint(folder, 1, going)?.epoch, 7, 'training goes on from the one before');
    assert.equal(
      going.sorted().map(({ code }) => code),
      ['CMR914'],
    );
  }));

test('weights that the system does not let anyone read are told as such', () =>
  inFolder((parent) => {
    const folder = finishedRun(parent);
    const weights = join(folder, runFiles.checkpoint(1, 8), 'weights.safetensors');
    rmSync(weights);
    // A folder in its place refuses to be read, even to those who may read everything.
    mkdirSync(weights);
    const bag = new Bag();
    assert.is(readJudgedCheckpoint(folder, 1, { keep: 'last' }, bag), null);
    const [found] = bag.sorted();
    assert.is(found!.code, 'CMR977');
    assert.match(found!.message, 'it is a folder');
  }));

test('of a best epoch that is lost nothing takes the place', () =>
  inFolder((parent) => {
    const folder = finishedRun(parent);
    const weights = new Map([['w', { shape: [1], values: Float32Array.of(1) }]]);
    const selection = { epoch: 7, loss: 0.1, since: 1, plateaus: 0 };
    writeCheckpoint(folder, 1, { epoch: 8, weights, optimizer: weights, state: { selection } });
    const bag = new Bag();
    assert.is(readJudgedCheckpoint(folder, 1, { keep: 'best' }, bag)?.epoch, 7);
    rmSync(join(folder, runFiles.checkpoint(1, 7)), { recursive: true });
    assert.is(readJudgedCheckpoint(folder, 1, { keep: 'best' }, bag), null);
    assert.equal(
      bag.sorted().map(({ code }) => code),
      ['CMR977'],
    );
  }));

test.run();
