import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { confirmHeld, type Lock } from '../../storage/lock.ts';
import { runFiles } from '../record/folder.ts';

/** What the holder of a fold's lock may do to its checkpoints. */
export interface Tenure {
  /** The lock's token, which its checkpoints carry. */
  readonly lease: string;
  /** Throws LeaseLost where the lock is another's by now. */
  confirm(): void;
  /** Whether a checkpoint is its own, or was there when it took the lock and is still the same. */
  mayRemove(folder: string, name?: string): boolean;
}

/**
 * The tenure that begins with a lock. Whoever was suspended and lost the lock wakes with an old view of what is there: it
 * removes nothing that came since.
 */
export function tenureOf(run: string, fold: number, lock: Lock): Tenure {
  const parent = runFiles.checkpoints(run, fold);
  const names = existsSync(parent) ? readdirSync(parent) : [];
  const inherited = new Map(names.map((name) => [name, leaseOf(join(parent, name))]));
  return {
    lease: lock.token,
    confirm: () => confirmHeld(lock),
    mayRemove: (folder, name = basename(folder)) => {
      const lease = leaseOf(folder);
      return lease === lock.token || (inherited.has(name) && inherited.get(name) === lease);
    },
  };
}

/** The token in a checkpoint; null where there is none, as in what is damaged or half-written. */
function leaseOf(folder: string): string | null {
  try {
    const seal = JSON.parse(readFileSync(join(folder, 'checkpoint.json'), 'utf8')) as {
      readonly lease?: unknown;
    };
    return typeof seal.lease === 'string' ? seal.lease : null;
  } catch {
    return null;
  }
}
