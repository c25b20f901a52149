import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JournalWriter, readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { advance, noProgress } from '../../src/runtime/runs/journal/progress.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { type Checkpoint, writeCheckpoint } from '../../src/runtime/runs/results/checkpoint.ts';
import { type Tenure, tenureOf } from '../../src/runtime/runs/results/tenure.ts';
import { acquire, LeaseLost, type Lock } from '../../src/runtime/storage/lock.ts';
import { inFolder } from '../support/folder.ts';
import { recordedEvents } from '../support/recorded-run.ts';

const test = suite('a fold that was taken over');

const checkpoint = (epoch: number): Checkpoint => ({
  epoch,
  weights: new Map([['w', { shape: [1], values: Float32Array.of(epoch) }]]),
  optimizer: new Map(),
  state: {},
});

const isLost = (error: Error): boolean => error instanceof LeaseLost;

/** Two processes on one fold: the first trained three epochs and was suspended, the second took over its lock. */
async function takenOver(
  use: (parts: {
    readonly run: string;
    readonly first: Lock;
    readonly second: Lock;
    readonly tenures: { readonly first: Tenure; readonly second: Tenure };
    readonly checkpoints: () => readonly string[];
  }) => void,
): Promise<void> {
  await inFolder((run) => {
    const lock = runFiles.foldLock(run, 1);
    const first = acquire(lock) as Lock;
    const tenure = tenureOf(run, 1, first);
    for (const epoch of [1, 2, 3]) writeCheckpoint(run, 1, checkpoint(epoch), tenure);
    // As after ten minutes without a heartbeat, on another machine.
    writeFileSync(lock, JSON.stringify({ ...JSON.parse(readFileSync(lock, 'utf8')), pid: 2 ** 22 + 1 }));
    const second = acquire(lock) as Lock;
    try {
      use({
        run,
        first,
        second,
        tenures: { first: tenure, second: tenureOf(run, 1, second) },
        checkpoints: () => readdirSync(runFiles.checkpoints(run, 1)).sort(),
      });
    } finally {
      first.release();
      second.release();
    }
  });
}

test('whoever lost it writes no checkpoint and removes none', () =>
  takenOver(({ run, tenures, checkpoints }) => {
    writeCheckpoint(run, 1, checkpoint(4), tenures.second);
    assert.equal(
      checkpoints(),
      ['epoch-003', 'epoch-004'],
      'what was inherited is kept no longer than usual',
    );
    for (const epoch of [4, 5]) {
      assert.throws(() => writeCheckpoint(run, 1, checkpoint(epoch), tenures.first), isLost);
      assert.equal(checkpoints(), ['epoch-003', 'epoch-004']);
    }
    assert.not.ok(tenures.first.mayRemove(join(run, runFiles.checkpoint(1, 4))));
    assert.ok(tenures.first.mayRemove(join(run, runFiles.checkpoint(1, 3))));
  }));

test('a checkpoint that comes in the very moment of a replacement is put back', () =>
  takenOver(({ run, tenures, checkpoints }) => {
    writeCheckpoint(run, 1, checkpoint(4), tenures.second);
    const text = () => readFileSync(join(run, runFiles.checkpoint(1, 4), 'checkpoint.json'), 'utf8');
    const before = text();
    // Asked once before anything is moved, and once after: the lock goes in between.
    let asked = 0;
    const confirm = () => {
      asked += 1;
      if (asked > 1) tenures.first.confirm();
    };
    assert.throws(() => writeCheckpoint(run, 1, checkpoint(4), { ...tenures.first, confirm }), isLost);
    assert.is(asked, 2);
    assert.is(text(), before);
    assert.equal(checkpoints(), ['epoch-003', 'epoch-004'], 'and nothing is left half-written');
  }));

test('what the first wrote after all is set aside by the holder, not removed', () =>
  takenOver(({ run, tenures, checkpoints }) => {
    const blind = { ...tenures.first, confirm: () => undefined };
    writeCheckpoint(run, 1, checkpoint(4), blind);
    writeCheckpoint(run, 1, checkpoint(4), tenures.second);
    const [, , aside] = checkpoints();
    assert.match(aside!, /^epoch-004\.replaced-/);
    assert.ok(existsSync(join(runFiles.checkpoints(run, 1), aside!, 'checkpoint.json')));
  }));

test('it says nothing more in the journal, and what it said too late does not count', () =>
  takenOver(({ run, first, second }) => {
    const path = runFiles.events(run);
    const [started, ...rest] = recordedEvents({ done: 2 });
    const journal = new JournalWriter(path, second);
    journal.append(started!);
    assert.throws(() => new JournalWriter(path, first).append(rest[0]!), isLost);
    // Written between its look at the lock and its line.
    const late = {
      type: 'failed',
      time: 0,
      fold: 1,
      code: 'CMR904',
      message: '',
      lease: first.token,
    } as const;
    new JournalWriter(path).append(late);
    for (const event of rest) journal.append(event);
    journal.close();
    const { folds, failure } = advance(noProgress, readEvents(path));
    assert.is(failure, null);
    assert.is(folds.get(1)?.state, 'running');
    assert.is(folds.get(1)?.epochs.length, 2);
  }));

test.run();
