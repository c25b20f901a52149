import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../src/runtime/index.ts';

/**
 * Keeps what a report of a mistake of ours needs, in a file of the user's cache folder that nobody else reads, by a name
 * that nobody could have made a link of. It says which files the command named, so it is the user's to pass on.
 * @returns its path; null where nothing can be written
 */
export function keepCrashReport(text: string): string | null {
  try {
    const folder = join(cacheFolder(), 'crashes');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `cmrc-${randomBytes(8).toString('hex')}.txt`);
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return file;
  } catch {
    return null;
  }
}
