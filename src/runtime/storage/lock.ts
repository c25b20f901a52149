import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, uptime } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createFolders } from './atomic.ts';
import { isAlive, type ProcessIdentity, processFacts, processTable, thisProcess } from './process-facts.ts';

/** Who holds a lock file. */
export interface Holder extends ProcessIdentity {
  /** Of this one taking of the lock; null in locks of earlier versions. */
  readonly token: string | null;
  /** Where its lock file lies, so that a copy of it locks nothing; null in locks of earlier versions. */
  readonly path: string | null;
}

/**
 * A lock that this process holds: a lease, as another machine takes it over where this one was silent for too long.
 * Whatever is written under it carries its token.
 */
export interface Lock {
  readonly token: string;
  /** Whether the lock is still this process's; asked before each write, as it may have been suspended since the last. */
  isHeld(): boolean;
  release(): void;
}

/** A holder that this machine cannot see counts as gone when its heartbeat is this old. */
const staleAfterMs = 10 * 60 * 1000;
const heartbeatMs = 5000;
/** How old a heartbeat is that was missed whatever the load. */
const missedMs = 12 * heartbeatMs;

/**
 * Takes a lock file, or says who holds it. A lock whose process is gone is taken over.
 * While it is held its modification time is the heartbeat.
 */
export function acquire(path: string): Lock | Holder {
  createFolders(dirname(path));
  const token = randomBytes(8).toString('hex');
  const own: Holder = { ...thisProcess(), token, path: realPath(path) };
  const draft = `${path}.${token}`;
  try {
    writeFileSync(draft, JSON.stringify(own));
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
  const isHeld = (): boolean => readHolder(path)?.token === token;
  const beat = setInterval(() => {
    if (isHeld()) touch(path);
  }, heartbeatMs);
  beat.unref();
  return {
    token,
    isHeld,
    release: () => {
      clearInterval(beat);
      if (isHeld()) rmSync(path, { force: true });
    },
  };
}

/** A lock was held, and is another's now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Throws {@link LeaseLost} where a lock is no longer this process's. */
export function confirmHeld(lock: Lock): void {
  if (!lock.isHeld()) throw new LeaseLost('another process holds the lock');
}

/** Whether {@link acquire} gave the lock. */
export function isLock(result: Lock | Holder): result is Lock {
  return 'release' in result;
}

/** The process that holds a lock file, or null when there is none or it is gone. */
export function liveHolder(path: string): Holder | null {
  const holder = readHolder(path);
  if (holder === null) return null;
  if (!isHere(holder)) return isFresh(path, holder) ? holder : null;
  return processFacts(holder.pid)?.born === holder.born && !isCopy(path, holder) ? holder : null;
}

/**
 * Whether a lock file came with a copy of its folder: the folder that it was made in is still there, and what lies there is
 * not this file. A folder that was moved is not a copy, nor the same one by another path, as under a second mount.
 */
function isCopy(path: string, { path: made }: Holder): boolean {
  if (made === null || dirname(realPath(path)) === dirname(made) || !existsSync(dirname(made))) return false;
  const [here, there] = [path, made].map((one) => statSync(one, { throwIfNoEntry: false, bigint: true }));
  return here?.ino !== there?.ino || here?.dev !== there?.dev;
}

/** A file's path without links in its folders; the file need not be there. */
function realPath(path: string): string {
  return join(realpathSync(dirname(path)), basename(path));
}

/** Whether this process sees the holder's process, if it lives. */
export function isHere({ table, born }: Holder): boolean {
  return table !== null && table === processTable && born !== null;
}

/** Moves a dead lock aside. Two processes may try at once: the one that moved a live lock by mistake puts it back. */
export function retire(path: string, draft: string): void {
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
    const {
      pid,
      host,
      table,
      born,
      token,
      path: made,
    } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    if (!Number.isSafeInteger(pid) || pid! < 1) return null;
    const text = (value: unknown) => (typeof value === 'string' ? value : null);
    return {
      pid: pid!,
      host: String(host),
      table: text(table),
      born: text(born),
      token: text(token),
      path: text(made),
    };
  } catch {
    return null;
  }
}

/**
 * Whether a holder that this process does not see may be at work, by its heartbeat. One of this machine's name that has
 * not been heard of since the machine started was ended by that start.
 */
function isFresh(path: string, { host, pid, table }: Holder): boolean {
  const heard = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (heard === undefined) return false;
  // A system that tells only whether a number is in use, such as Windows.
  if (host === hostname() && table === null && processTable === null && !isAlive(pid)) return false;
  const silent = Date.now() - heard;
  if (host === hostname() && silent > missedMs && silent > uptime() * 1000) return false;
  return silent < staleAfterMs;
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The run directory was removed under us; the next write will say so.
  }
}
