import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../src/compiler/driver/compile.ts';
import { Bag } from '../../src/compiler/index.ts';
import { JournalWriter } from '../../src/runtime/runs/journal/journal.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { createRun } from '../../src/runtime/runs/record/store.ts';
import { detectableMean, fewestDiscordant } from '../../src/runtime/statistics/detectable.ts';
import {
  ensureRun,
  type Member,
  planRuns,
  reseeded,
  statusOf,
  trialsOf,
} from '../../src/runtime/studies/trials.ts';
import { recordedEvents } from '../support/recorded-run.ts';
import { specHost } from '../support/spec-host.ts';

const test = suite('trials of a study');

const root = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
test.after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const temporaryFolder = () => {
  folders += 1;
  return join(root, String(folders));
};

const { experiments, sweeps } = compile('specs/ablations.cmrnet', specHost());

function members(...names: readonly string[]): readonly Member[] {
  return sweeps
    .filter(({ name }) => names.includes(name))
    .flatMap(({ cells }) => cells)
    .map((cell) => ({ name: cell, plan: experiments.find(({ name }) => name === cell)!.plan! }));
}

const making = {
  workingFolder: '.',
  backend: null,
  overrides: [],
  versions: { cmrnet: '0', node: 'v20' },
  sources: [],
};

test('the cell that two tables of the paper share is one run', () => {
  const runs = planRuns(members('SerialRates', 'ParallelRates'), 1, temporaryFolder());
  assert.is(runs.length, 7);
  assert.equal(
    runs.filter((run) => run.members.length > 1).map((run) => run.members),
    [['SerialRates[1]', 'ParallelRates[3]']],
  );
  assert.is(trialsOf(runs).length, 35);
});

test('seeds are runs of their own with an identity of their own, and the first is the plan itself', () => {
  const [cell] = members('SerialRates');
  const runs = planRuns([cell!], 3, temporaryFolder());
  assert.equal(
    runs.map(({ plan }) => plan.train.seed),
    [2021, 2022, 2023],
  );
  assert.is(new Set(runs.map(({ plan }) => plan.hash)).size, 3);
  assert.is(runs[0]!.plan.hash, cell!.plan.hash);
  assert.is(reseeded(cell!.plan, 1).hash, runs[1]!.plan.hash);
});

test('a run that lies in the folder is taken, whoever made it and whatever its name', () => {
  const parent = temporaryFolder();
  const [cell, other] = members('SerialRates');
  const made = createRun(
    { folder: join(parent, 'by-hand'), plan: cell!.plan, folds: [1], ...making, now: new Date() },
    new Bag(),
  );
  const runs = planRuns([cell!, other!], 1, parent);
  assert.is(runs[0]!.folder, made!.folder);
  assert.match(runs[1]!.folder, /trial-[0-9a-f]{12}$/);
  // Its other folds are added.
  assert.equal(ensureRun(runs[0]!, making, new Bag())!.record.folds, [1, 2, 3, 4, 5]);
});

test('two studies that make the same run at once share it, and a half-made folder is made whole', () => {
  const parent = temporaryFolder();
  const [run] = planRuns(members('SerialRates').slice(0, 1), 1, parent);
  const first = ensureRun(run!, making, new Bag());
  const second = ensureRun(run!, making, new Bag());
  assert.equal(second, first);
});

test('where a trial stands is read from what training said', () => {
  const parent = temporaryFolder();
  const [run] = planRuns(members('SerialRates').slice(0, 1), 1, parent);
  ensureRun(run!, making, new Bag());
  const trial = (fold: number) => ({ run: run!, fold });
  const journal = new JournalWriter(runFiles.events(run!.folder));
  const say = (fold: number, done: number, ...more: Parameters<JournalWriter['append']>[0][]) => {
    for (const event of [...recordedEvents({ fold, epochs: 40, done }), ...more]) journal.append(event);
  };
  say(1, 40, { type: 'finished', time: 0, fold: 1, epoch: 40 });
  say(2, 3, { type: 'failed', time: 0, fold: 2, code: 'CMR904', message: 'training diverged' });
  say(3, 2, { type: 'failed', time: 0, fold: 3, code: 'CMR919', message: 'lost' });
  say(4, 5, { type: 'stopped', time: 0, fold: 4, epoch: 5 });
  journal.close();
  assert.equal(
    [1, 2, 3, 4, 5].map((fold) => statusOf(trial(fold)).state),
    ['finished', 'diverged', 'failed', 'stopped', 'waiting'],
  );
  assert.is(statusOf(trial(2)).failure?.code, 'CMR904');
  assert.is(statusOf(trial(4)).epochs, 5);
});

test('the smallest differences follow from the exact test and from the normal distribution', () => {
  // 2 / 2⁶ = 0.03125 is significant, 2 / 2⁵ is not; over ten comparisons nine are needed.
  assert.equal([fewestDiscordant(1), fewestDiscordant(10)], [6, 9]);
  // (1.96 + 0.8416) · 0.075 / 10
  assert.ok(Math.abs(detectableMean(0.075, 100, 1) - 0.021012) < 1e-5);
});

test.run();
