import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { uptime } from 'node:os';
import { join, resolve } from 'node:path';
import { mock } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  acquire,
  confirmHeld,
  isLock,
  LeaseLost,
  type Lock,
  liveHolder,
  retire,
} from '../../src/runtime/storage/lock.ts';
import { factsOfPs, processTable } from '../../src/runtime/storage/process-facts.ts';
import { inFolder } from '../support/folder.ts';
import { holderOf } from '../support/held-lock.ts';

const test = suite('lock');

/** The number of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test('a second taker is told who holds it, until it is released', () =>
  inFolder((folder) => {
    const path = join(folder, 'fold-1', 'lock');
    const lock = acquire(path);
    assert.ok(isLock(lock));
    const second = acquire(path);
    assert.not.ok(isLock(second));
    assert.is((second as { pid: number }).pid, process.pid);
    (lock as Lock).release();
    assert.not.ok(existsSync(path));
    const third = acquire(path);
    assert.ok(isLock(third));
    (third as Lock).release();
    assert.equal(readdirSync(join(folder, 'fold-1')), [], 'nothing is left behind');
  }));

const write = (path: string, holder: object) => writeFileSync(path, JSON.stringify(holder));
const own = () => holderOf(process.pid);

/** Makes the heartbeat of a lock so many seconds old. */
function silentFor(path: string, seconds: number): void {
  const then = new Date(Date.now() - 1000 * seconds);
  utimesSync(path, then, then);
}

test('the lock of a dead process is taken over', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    write(path, { ...own(), pid: deadProcess() });
    assert.is(liveHolder(path), null);
    const lock = acquire(path);
    assert.ok(isLock(lock));
    assert.is(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
    (lock as Lock).release();
  }));

test('a later process of the same number is not the holder', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    write(path, own());
    assert.is(liveHolder(path)?.pid, process.pid);
    write(path, { ...own(), born: 'long ago' });
    assert.is(liveHolder(path), null);
  }));

test('a process that has ended and waits for its parent is dead', () =>
  inFolder(async (folder) => {
    if (process.platform !== 'linux') return;
    const path = join(folder, 'lock');
    // The shell becomes a program that never asks how its child ended.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const pid = Number(String((await once(parent.stdout, 'data'))[0]));
      write(path, holderOf(pid));
      assert.is(liveHolder(path)?.pid, pid);
      const state = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0];
      while (state() !== 'Z') await setTimeout(20);
      assert.is(liveHolder(path), null);
    } finally {
      parent.kill('SIGKILL');
    }
  }));

test('`ps` tells of a process what Linux tells: that it lives, its command, and the same birth each time', () => {
  const [one, again] = [factsOfPs(process.pid), factsOfPs(process.pid)];
  if (one === null) return;
  assert.equal(again?.born, one.born);
  assert.ok(one.command[0]!.includes('node'), one.command.join(' '));
  assert.is(factsOfPs(deadProcess()), null);
});

test('a holder that this machine cannot see counts for ten minutes after its last heartbeat', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    const unseen = [
      { ...own(), host: 'elsewhere', table: 'another start' },
      // A container of the same name.
      { ...own(), table: `${processTable} in a container` },
      // Of an earlier version.
      { pid: process.pid, host: 'elsewhere', born: null },
    ];
    for (const holder of unseen) {
      write(path, holder);
      assert.is(liveHolder(path)?.host, holder.host);
      silentFor(path, 9 * 60);
      // A machine that started since, of the same name, is this one before its restart.
      const survives = holder.host === 'elsewhere' || uptime() > 9 * 60;
      assert.is(liveHolder(path)?.host, survives ? holder.host : undefined);
      silentFor(path, 11 * 60);
      assert.is(liveHolder(path), null);
    }
  }));

test('a lock of this machine before its restart is dead as soon as a heartbeat is missed', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    write(path, { ...own(), table: 'an earlier start' });
    silentFor(path, uptime() + 90);
    assert.is(liveHolder(path), null);
  }));

test('while a lock is held its time is a heartbeat, and only while it is held', () =>
  inFolder((folder) => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const path = join(folder, 'lock');
      const lock = acquire(path) as Lock;
      const age = () => Date.now() - statSync(path).mtimeMs;
      for (let beat = 0; beat < 3; beat += 1) {
        silentFor(path, 60);
        mock.timers.tick(5000);
        assert.ok(age() < 30_000, 'every five seconds');
      }
      write(path, { ...own(), token: 'of another' });
      silentFor(path, 60);
      mock.timers.tick(5000);
      assert.ok(age() > 30_000, 'the lock of another is not kept alive');
      lock.release();
    } finally {
      mock.timers.reset();
    }
  }));

test('a live lock that was moved aside by mistake is put back', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    write(path, own());
    retire(path, `${path}.draft`);
    assert.is(liveHolder(path)?.token, own().token);
    write(path, { ...own(), pid: deadProcess() });
    retire(path, `${path}.draft`);
    assert.equal(readdirSync(folder), [], 'a dead one is gone, and nothing is left beside it');
  }));

test('the lock in a copied folder holds nothing; one in a folder that was moved, or that is reached another way, does', () =>
  inFolder((folder) => {
    const [run, copy] = [join(folder, 'run'), join(folder, 'copy')];
    const lock = acquire(join(run, 'lock')) as Lock;
    cpSync(run, copy, { recursive: true });
    assert.is(liveHolder(join(copy, 'lock')), null);
    const second = acquire(join(copy, 'lock'));
    assert.ok(isLock(second), 'the copy trains on its own');
    assert.ok(lock.isHeld());
    second.release();
    symlinkSync(run, join(folder, 'link'));
    assert.is(liveHolder(join(folder, 'link', 'lock'))?.token, lock.token);
    renameSync(run, join(folder, 'moved'));
    assert.is(liveHolder(join(folder, 'moved', 'lock'))?.token, lock.token);
    renameSync(join(folder, 'moved'), run);
    cpSync(run, copy, { recursive: true });
    lock.release();
    assert.is(liveHolder(join(copy, 'lock')), null, 'though its process lives on, in another run');
  }));

test('of many that find a dead lock at once, one gets it', async () =>
  inFolder(async (folder) => {
    const path = join(folder, 'lock');
    const script = `import { acquire, isLock } from ${JSON.stringify(resolve('src/runtime/storage/lock.ts'))};
      process.stdin.once('data', () => {
        console.log(isLock(acquire(${JSON.stringify(path)})) ? 'mine' : 'taken');
        process.stdin.once('data', () => process.exit());
      });
      console.log('ready');`;
    const racers = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, [...process.execArgv, '--input-type=module', '-e', script]);
        await once(child.stdout, 'data');
        return child;
      }),
    );
    try {
      write(path, { ...own(), pid: deadProcess() });
      const said = racers.map(async (child) => String((await once(child.stdout, 'data'))[0]).trim());
      for (const child of racers) child.stdin.write('go\n');
      assert.equal((await Promise.all(said)).sort(), ['mine', 'taken', 'taken', 'taken']);
    } finally {
      for (const child of racers) child.kill('SIGKILL');
    }
  }));

test('whoever lost a lock knows it', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    const lock = acquire(path) as Lock;
    assert.ok(lock.isHeld());
    confirmHeld(lock);
    write(path, { ...own(), token: 'of another' });
    assert.not.ok(lock.isHeld());
    assert.throws(
      () => confirmHeld(lock),
      (error: Error) => error instanceof LeaseLost,
    );
    rmSync(path);
    assert.not.ok(lock.isHeld(), 'so does one whose lock was removed');
  }));

test('a damaged lock file holds nothing', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    writeFileSync(path, '{"pi');
    const lock = acquire(path);
    assert.ok(isLock(lock));
    (lock as Lock).release();
  }));

test('releasing leaves a lock alone that another process took over', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    const lock = acquire(path) as Lock;
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', born: null }));
    lock.release();
    assert.ok(existsSync(path));
  }));

test.run();
