import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Bag } from '../../../compiler/index.ts';
import { writeAtomically } from '../../storage/atomic.ts';

/** Says whose images a folder holds: the name of their manifest. */
const marker = '.cmrnet-images';

/**
 * The folder beside a manifest that decoded images are written to, made when missing: named after the manifest, or
 * otherwise where that name belongs to somebody else. Files that an import did not write are never replaced.
 */
export function decodedFolder(out: string, source: string, bag: Bag): string {
  const stem = basename(out).replace(/\.[^.]*$/, '') || 'images';
  for (let attempt = 0; ; attempt += 1) {
    const name = [stem, `${stem}-images`][attempt] ?? `${stem}-images-${attempt}`;
    const folder = join(dirname(out), name);
    if (liesWithin(folder, source) || !isOurs(folder, basename(out))) continue;
    if (attempt > 0) {
      bag.report('decodedFolder', {
        at: { file: out, start: 0, end: 0 },
        arguments: { folder, taken: join(dirname(out), stem) },
      });
    }
    writeAtomically(join(folder, marker), `${basename(out)}\n`);
    return name;
  }
}

function isOurs(folder: string, manifest: string): boolean {
  if (!existsSync(folder)) return true;
  try {
    const entries = readdirSync(folder);
    return entries.includes(marker)
      ? readFileSync(join(folder, marker), 'utf8').trim() === manifest
      : entries.length === 0;
  } catch {
    return false;
  }
}

/** Whether a path, that need not exist, is a folder or lies in it, links followed. */
export function liesWithin(path: string, folder: string): boolean {
  const way = relative(realPlace(folder), realPlace(path));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way);
}

function realPlace(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  const parent = dirname(whole);
  return parent === whole ? whole : join(realPlace(parent), basename(whole));
}
