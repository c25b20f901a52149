import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import type { Bag } from '../../../compiler/index.ts';
import { writeAtomically } from '../../storage/atomic.ts';
import { systemProblem } from '../../storage/problems.ts';

/** Names in the place of identities: equal for equal people, and telling nothing without the key. */
export interface Pseudonyms {
  readonly of: (identity: string) => string;
}

const shortestKey = 16;

/**
 * Opens the key of pseudonyms, or makes one that only its owner can read. Whoever has it can find out whether a person is
 * in the data, so it must not be handed on with the manifest.
 */
export function openPseudonyms(path: string, bag: Bag): Pseudonyms | null {
  try {
    if (!existsSync(path)) {
      writeAtomically(path, `${randomBytes(32).toString('hex')}\n`);
      chmodSync(path, 0o600);
    }
    const key = readFileSync(path, 'utf8').trim();
    if (key.length < shortestKey) {
      bag.report('shortKey', {
        at: { file: path, start: 0, end: 0 },
        arguments: { path, length: key.length, least: shortestKey },
      });
      return null;
    }
    return {
      of: (identity) =>
        `p-${createHmac('sha256', key).update(identity.normalize('NFC')).digest('hex').slice(0, 12)}`,
    };
  } catch (error) {
    bag.add(systemProblem(error, path));
    return null;
  }
}
