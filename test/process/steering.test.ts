import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { extendRun } from '../../src/runtime/process/extend.ts';
import { pauseTraining, stopTraining } from '../../src/runtime/process/launch.ts';
import { changeLearningRate } from '../../src/runtime/process/steer.ts';
import { Catalogue } from '../../src/runtime/runs/catalogue/catalogue.ts';
import { deleteRun, restoreRun } from '../../src/runtime/runs/catalogue/trash.ts';
import { JournalReader } from '../../src/runtime/runs/journal/journal.ts';
import {
  type Control,
  controlOf,
  noControl,
  readControl,
  writeControl,
} from '../../src/runtime/runs/record/control.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { openRun } from '../../src/runtime/runs/record/store.ts';
import { acquire, isLock } from '../../src/runtime/storage/lock.ts';
import { KnownRuns } from '../../src/runtime/studies/known-runs.ts';
import { type Steered, Steering } from '../../src/runtime/train/steering.ts';
import { paperPlan } from '../metrics/plans.ts';
import { inFolder } from '../support/folder.ts';
import { holderOf, idleWorker } from '../support/held-lock.ts';
import { recordedEvents } from '../support/recorded-run.ts';
import { recordRuns } from '../support/recorded-runs.ts';

const control = suite('control of a run');

control('a wish is seen once it is written, and a damaged one asks for nothing', () =>
  inFolder((folder) => {
    const current = controlOf(folder);
    assert.equal(current(), noControl);
    writeControl(folder, { paused: true });
    assert.ok(current().paused);
    writeControl(folder, { learningRate: 0.5 });
    assert.equal(current(), { version: 2, paused: true, learningRate: 0.5 });
    const text = readFileSync(runFiles.control(folder), 'utf8');
    writeFileSync(runFiles.control(folder), text.replace('0.5', '0.7'));
    assert.equal(readControl(folder), noControl);
    writeFileSync(runFiles.control(folder), '{"paused": true, "learningRate": -1');
    assert.equal(readControl(folder), noControl);
    writeFileSync(runFiles.control(folder), '{"learningRate": "fast"}');
    assert.equal(readControl(folder), noControl);
  }),
);

control('training waits while it is paused, and a stop ends the pause', async () => {
  let wish: Control = { ...noControl, paused: true };
  const steering = new Steering(paperPlan, () => wish);
  const told: string[] = [];
  const emit = (event: Steered) => told.push(event.type);
  const at = { epoch: 1, step: 1 };
  setTimeout(() => {
    wish = noControl;
  }, 50);
  await steering.obey(at, emit, () => false);
  assert.equal(told, ['paused', 'continued']);
  const waited = steering.waitedMs;
  assert.ok(waited >= 50, 'the wait is no time of training');
  wish = { ...noControl, paused: true };
  await steering.obey(at, emit, () => true);
  assert.equal(told, ['paused', 'continued'], 'whoever is to stop does not wait');
  assert.is(steering.waitedMs, waited);
});

control('another learning rate counts from its step on, is told once, and can be taken back', async () => {
  let wish: Control = noControl;
  const steering = new Steering(paperPlan, () => wish);
  const told: Steered[] = [];
  const obey = (step: number) =>
    steering.obey(
      { epoch: 2, step },
      (event) => told.push(event),
      () => false,
    );
  const { lr } = paperPlan.train.optimizer;
  await obey(1);
  assert.is(steering.settings, paperPlan.train, 'nothing is changed where nothing was asked for');
  wish = { ...noControl, learningRate: lr / 4 };
  await obey(2);
  await obey(3);
  assert.is(steering.settings.optimizer.lr, lr / 4);
  wish = noControl;
  await obey(4);
  assert.is(steering.settings.optimizer.lr, lr);
  assert.equal(
    told.map((event) => (event.type === 'changed' ? [event.step, event.learningRate] : event.type)),
    [
      [2, { from: lr, to: lr / 4 }],
      [4, { from: lr / 4, to: lr }],
    ],
  );
});

control.run();

const kept = suite('runs that people change');

kept('a learning rate changed at work is in the record, and takes the run out of studies', () =>
  inFolder((parent) => {
    recordRuns(parent);
    const folder = join(parent, 'Wide-20210225-170000');
    const { plan } = openRun(folder, new Bag())!.record;
    const find = () => new KnownRuns(parent, { acceptData: false, bag: new Bag() }).find(plan, 'Wide').run;
    assert.is(find()?.folder, folder);
    const lock = acquire(runFiles.lock(folder));
    assert.ok(changeLearningRate(folder, 0.001, new Bag()));
    if (isLock(lock)) lock.release();
    const { byHand } = openRun(folder, new Bag())!.record;
    assert.equal(
      byHand?.map(({ learningRate }) => learningRate),
      [{ from: 0.003, to: 0.001 }],
    );
    assert.is(find(), null);
  }),
);

kept('nobody steers a run that is not at work, or whose folds are finished', () =>
  inFolder((parent) => {
    recordRuns(parent);
    for (const [name, locked] of [
      ['Demo-20210225-120000', true],
      ['Demo-20210225-120000', false],
      ['Wide-20210225-170000', false],
    ] as const) {
      const folder = join(parent, name);
      const lock = locked ? acquire(runFiles.lock(folder)) : null;
      const before = readFileSync(runFiles.record(folder), 'utf8');
      const bag = new Bag();
      assert.is(changeLearningRate(folder, 0.001, bag), null);
      assert.equal(
        bag.sorted().map(({ code }) => code),
        ['CMR934'],
      );
      assert.is(readFileSync(runFiles.record(folder), 'utf8'), before);
      assert.not.ok(existsSync(runFiles.control(folder)));
      if (lock !== null && isLock(lock)) lock.release();
    }
  }),
);

kept('a deleted run is gone from the list, and comes back as it was', () =>
  inFolder((parent) => {
    recordRuns(parent);
    const folder = join(parent, 'Demo-20210225-120000');
    const list = () => {
      const catalogue = new Catalogue(parent);
      while (catalogue.poll(1000).more);
      return catalogue.runs().length;
    };
    assert.is(list(), 7);
    assert.ok(deleteRun(folder, new Bag()));
    assert.is(list(), 6);
    assert.ok(restoreRun(folder, new Bag()));
    assert.is(list(), 7);
    assert.ok(existsSync(runFiles.predictions(folder, 1)));
    const bag = new Bag();
    assert.not.ok(restoreRun(folder, bag));
    assert.is(bag.sorted()[0]?.code, 'CMR932');
  }),
);

kept('a list hears of new runs, new events, half events and runs that go', () =>
  inFolder((parent) => {
    recordRuns(parent);
    const catalogue = new Catalogue(parent);
    let now = 0;
    // Whoever lists folders does so every two seconds.
    const look = () => {
      now += 10_000;
      return catalogue.poll(1000, now);
    };
    look();
    const folder = join(parent, 'Wide-20210225-170000');
    const epochs = () =>
      catalogue
        .runs()
        .find((run) => run.folder === folder)
        ?.progress.folds.get(2)?.epochs.length;
    assert.is(epochs(), 3);
    const [epoch] = recordedEvents({ fold: 2, done: 4 })
      .filter(({ type }) => type === 'epoch')
      .slice(-1);
    writeFileSync(runFiles.events(folder), JSON.stringify(epoch), { flag: 'a' });
    look();
    assert.is(epochs(), 3, 'a half-written line is not there yet');
    writeFileSync(runFiles.events(folder), '\n', { flag: 'a' });
    assert.ok(look().changed);
    assert.is(epochs(), 4);
    deleteRun(folder, new Bag());
    assert.ok(look().changed);
    assert.is(epochs(), undefined);
  }),
);

kept('a thin reading knows everything but the steps that are over', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    const events = [
      ...recordedEvents({ done: 2 }),
      ...recordedEvents({ done: 3, from: 2 })
        .filter(({ type }) => type === 'step')
        .slice(0, 4),
    ];
    writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const { events: thin } = new JournalReader(path, { thin: true }).read({
      events: Infinity,
      milliseconds: Infinity,
    });
    assert.equal(
      thin.slice(0, -1),
      events.filter(({ type }) => type !== 'step'),
    );
    assert.equal(thin.at(-1), events.at(-1), 'the last step says where an epoch is');
  }),
);

kept.run();

const rest = suite('runs that are asked for what they cannot do');

const codesIn = (bag: Bag) => bag.sorted().map(({ code }) => code);

rest('nothing is paused or stopped where nothing trains, nor by a signal where another machine trains', () =>
  inFolder((parent) => {
    recordRuns(parent);
    const folder = join(parent, 'Wide-20210225-170000');
    const idle = new Bag();
    assert.not.ok(pauseTraining(folder, true, idle));
    assert.not.ok(stopTraining(folder, idle));
    assert.equal(codesIn(idle), ['CMR934']);
    // This very process has the number that the lock names.
    writeFileSync(runFiles.lock(folder), JSON.stringify({ pid: process.pid, host: 'node7', born: null }));
    const far = new Bag();
    assert.not.ok(stopTraining(folder, far));
    assert.equal(codesIn(far), ['CMR935']);
    assert.ok(pauseTraining(folder, true, far), 'a wish in the run directory is read everywhere');
  }),
);

rest('a signal goes to the worker of this very run, and to nobody else whom a lock may name', () =>
  inFolder(async (parent) => {
    recordRuns(parent);
    const folder = join(parent, 'Wide-20210225-170000');
    const worker = await idleWorker(parent, folder);
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
    const stop = (holder: object): string[] => {
      writeFileSync(runFiles.lock(folder), JSON.stringify(holder));
      const bag = new Bag();
      stopTraining(folder, bag);
      return codesIn(bag);
    };
    try {
      const honest = holderOf(worker.pid!);
      assert.equal(stop({ ...honest, pid: -1 }), ['CMR934'], 'every process of the user');
      assert.equal(stop({ ...honest, pid: 1 }), ['CMR934']);
      assert.equal(stop(holderOf(bystander.pid!)), ['CMR971'], 'another program');
      assert.equal(stop({ ...honest, born: null }), ['CMR935'], 'its birth is unknown');
      assert.equal(stop({ ...honest, born: '1' }), ['CMR934'], 'a later process of the number');
      assert.equal(stop({ ...honest, table: 'another pid namespace' }), ['CMR935']);
      const other = await idleWorker(parent, join(parent, 'another-run'));
      assert.equal(stop(holderOf(other.pid!)), ['CMR971'], 'the worker of another run');
      assert.not.ok([worker, bystander, other].some(ended));
      other.kill('SIGKILL');

      assert.equal(stop(honest), []);
      await once(worker, 'exit');
      assert.is(worker.signalCode, 'SIGTERM');
    } finally {
      worker.kill('SIGKILL');
      bystander.kill('SIGKILL');
    }
  }),
);

rest(
  'more epochs take the place of those that were asked for before; fewer than there are change nothing',
  () =>
    inFolder(async (parent) => {
      recordRuns(parent);
      const folder = join(parent, 'Wide-20210225-170000');
      const bag = new Bag();
      const before = openRun(folder, bag)!.record;
      await extendRun(folder, 12, bag);
      const after = (await extendRun(folder, 20, bag))!.record;
      assert.equal(after.overrides, ['train.epochs=20']);
      assert.is(after.plan.train.epochs, 20);
      assert.is.not(after.plan.hash, before.plan.hash);
      mkdirSync(join(folder, 'fold-1', 'checkpoints', 'epoch-005'), { recursive: true });
      assert.is(await extendRun(folder, 4, bag), null);
      assert.equal(codesIn(bag), ['CMR983']);
      assert.is(openRun(folder, new Bag())!.record.plan.train.epochs, 20);
    }),
);

rest.run();
