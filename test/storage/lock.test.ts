import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acquire, isLock, type Lock, liveHolder } from '../../src/runtime/storage/lock.ts';
import { inFolder } from '../support/folder.ts';

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

test('the lock of a dead process is taken over', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify({ pid: deadProcess(), host: hostname(), born: '1' }));
    assert.is(liveHolder(path), null);
    const lock = acquire(path);
    assert.ok(isLock(lock));
    assert.is(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
    (lock as Lock).release();
  }));

test('a later process of the same number is not the holder', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), born: 'long ago' }));
    assert.is(liveHolder(path), null);
  }));

test('a holder on another machine counts while its heartbeat is fresh', () =>
  inFolder((folder) => {
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', born: null }));
    assert.is(liveHolder(path)?.host, 'elsewhere');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, longAgo, longAgo);
    assert.is(liveHolder(path), null);
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
