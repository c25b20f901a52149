import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { createFolders } from './atomic.ts';

/** Who holds a lock file. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts it; tells a process from a later one of the same number. */
  readonly born: string | null;
}

/** A lock that this process holds. */
export interface Lock {
  release(): void;
}

/** A holder on another machine, or of unknown birth, counts as gone when its heartbeat is this old. */
const staleAfterMs = 10 * 60 * 1000;
const heartbeatMs = 5000;

/**
 * Takes a lock file, or says who holds it. A lock whose process is gone is taken over.
 * While it is held its modification time is the heartbeat.
 */
export function acquire(path: string): Lock | Holder {
  createFolders(dirname(path));
  const own: Holder = { pid: process.pid, host: hostname(), born: birth(process.pid) };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    for (;;) {
      // A link appears at once and whole, and fails where a lock is: no one ever reads a half-written lock.
      if (tryLink(draft, path)) break;
      const holder = liveHolder(path);
      if (holder !== null) return holder;
      retire(path, draft);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const beat = setInterval(() => touch(path), heartbeatMs);
  beat.unref();
  return {
    release: () => {
      clearInterval(beat);
      if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}

/** Whether {@link acquire} gave the lock. */
export function isLock(result: Lock | Holder): result is Lock {
  return 'release' in result;
}

/** The process that holds a lock file, or null when there is none or it is gone. */
export function liveHolder(path: string): Holder | null {
  const holder = readHolder(path);
  if (holder === null) return null;
  if (holder.host !== hostname()) return isFresh(path) ? holder : null;
  if (!isAlive(holder.pid)) return null;
  if (holder.born === null) return isFresh(path) ? holder : null;
  return birth(holder.pid) === holder.born ? holder : null;
}

/** Moves a dead lock aside. Two processes may try at once: the one that moved a live lock by mistake puts it back. */
function retire(path: string, draft: string): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (liveHolder(aside) !== null) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    return Number.isInteger(holder.pid) ? holder : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isFresh(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs < staleAfterMs;
  } catch {
    return false;
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The run directory was removed under us; the next write will say so.
  }
}

/** Field 22 of Linux's process table; the name before it may hold spaces and parentheses. Null on other systems. */
function birth(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
