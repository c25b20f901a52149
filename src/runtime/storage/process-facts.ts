import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';

/** What the system says of a process that lives. */
export interface ProcessFacts {
  /** When it began, as the system counts it: tells a process from a later one of the same number. */
  readonly born: string;
  /** Its program and arguments. */
  readonly command: readonly string[];
  /** Where it works; null where the system does not say it. */
  readonly workingFolder: string | null;
}

/**
 * What the system says of a process of this machine. Null when there is none, when it has ended and only waits for its
 * parent to notice (a zombie), or when the system says nothing, as Windows.
 */
export function processFacts(pid: number): ProcessFacts | null {
  // 0 and negative numbers mean groups of processes, and 1 is the system's own.
  if (!Number.isSafeInteger(pid) || pid <= 1) return null;
  return process.platform === 'linux' ? factsOfProc(pid) : factsOfPs(pid);
}

/** Linux's own table. */
function factsOfProc(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the last parenthesis may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, born] = [fields[0]!, fields[19]];
    if (born === undefined || ended.has(state)) return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return { born, command, workingFolder: workingFolderOf(pid) };
  } catch {
    return null;
  }
}

/** States of processes that have ended: zombies and dead ones. */
const ended: ReadonlySet<string> = new Set(['Z', 'X', 'x']);

function workingFolderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** The `ps` of POSIX, for systems without /proc such as macOS. */
export function factsOfPs(pid: number): ProcessFacts | null {
  const columns = ['state=', 'lstart=', 'command='].flatMap((column) => ['-o', column]);
  const { stdout, status } = spawnSync('ps', ['-ww', ...columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  // `S    Mon Nov 30 15:15:45 2026 node worker.js runs/a`
  const found = /^\s*(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec((stdout ?? '').split('\n')[0]!);
  if (status !== 0 || found === null || ended.has(found[1]![0]!)) return null;
  return { born: found[2]!, command: found[3]!.trim().split(' '), workingFolder: null };
}

/**
 * The table of processes in which this process has its number: this start of this machine, and on Linux its namespace of
 * processes, as a container has one of its own. Machines and containers may share a name; none share this. Null where
 * the system does not say it.
 */
export const processTable: string | null = (() => {
  try {
    const start = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${start} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    if (process.platform !== 'darwin') return null;
    const { stdout, status } = spawnSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  }
})();

/** Who a process is, beyond its number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** {@link processTable} of the process. */
  readonly table: string | null;
  readonly born: string | null;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, host: hostname(), table: processTable, born: processFacts(pid)?.born ?? null };
}

/**
 * Whether a process is proved to be the one that runs a file on a folder, so that a signal to it reaches nobody else: its
 * number is one of this table, it began when it says, and its command names the file and, as the first argument, the
 * folder.
 * @param program the end of the file's path, without its extension, such as `process/worker`
 */
export function isProvedToRun(
  { pid, table, born }: ProcessIdentity,
  program: string,
  folder: string,
): boolean {
  if (table === null || born === null || table !== processTable) return false;
  const facts = processFacts(pid);
  if (facts === null || facts.born !== born) return false;
  const place = facts.command.findIndex((word) => word.replace(/\.[jt]s$/, '').endsWith(program));
  const argument = facts.command[place + 1];
  if (place === -1 || argument === undefined) return false;
  return realPath(resolve(facts.workingFolder ?? process.cwd(), argument)) === realPath(folder);
}

/** Whether a number is that of a living process, where the system says nothing else of it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
