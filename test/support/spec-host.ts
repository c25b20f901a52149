import { existsSync, readFileSync } from 'node:fs';
import { type Host, joinPath } from '../../src/compiler/source/host.ts';

/** A host over texts in memory, and the repository's own files where none is given. */
export function specHost(texts: Readonly<Record<string, string>> = {}): Host {
  return {
    read: (path) => texts[path] ?? (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
    resolve: joinPath,
  };
}
