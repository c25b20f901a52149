import { readFileSync, statSync } from 'node:fs';
import { type Bag, type Host, joinPath, SourceFile, type Sources } from '../../src/compiler/index.ts';
import { nowhere, systemReason } from '../../src/runtime/index.ts';

/** Reads specs from the file system. Paths stay as the user wrote them, so that diagnostics read alike. */
export function fileHost(): Host {
  const texts = new Map<string, string | undefined>();
  return {
    read: (path) => {
      if (!texts.has(path)) texts.set(path, readText(path));
      return texts.get(path);
    },
    resolve: joinPath,
  };
}

/** No text that people write is larger. */
const maxBytes = 2 ** 26;

/** Undefined where there is none that ends: a pipe may wait forever, and a device may never stop. */
function readText(path: string): string | undefined {
  try {
    return reasonAgainst(path) === null ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    if (systemReason(error) === null) throw error;
    return undefined;
  }
}

/** Why a path names no text, before any of it is read; the system's own reasons are thrown. */
function reasonAgainst(path: string): string | null {
  const facts = statSync(path);
  if (!facts.isFile()) return 'it is no regular file';
  return facts.size > maxBytes ? `it has ${facts.size} bytes, more than ${maxBytes}` : null;
}

/** Reports why a file that the command line names cannot be read: it is missing, a folder, or refused. */
export function isReadable(path: string, bag: Bag): boolean {
  const at = nowhere(path);
  try {
    if (statSync(path).isDirectory()) {
      bag.report('folderAsFile', {
        at,
        arguments: { path },
        help: [{ message: `name a file, such as \`${path.replace(/\/$/, '')}/*.cmrnet\`` }],
      });
      return false;
    }
    const reason = reasonAgainst(path);
    if (reason !== null) {
      bag.report('unreadableFile', { at, arguments: { path, reason } });
      return false;
    }
    readFileSync(path);
    return true;
  } catch (error) {
    const reason = systemReason(error);
    if (reason === null) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') bag.report('noFile', { at, arguments: { path } });
    else bag.report('unreadableFile', { at, arguments: { path, reason } });
    return false;
  }
}

const openTexts = new Map<string, SourceFile | undefined>();

/** Texts that diagnostics point into and that the compiler has not read, such as manifests. Each is read once. */
export const fileSources: Sources = {
  get: (path) => {
    if (!openTexts.has(path)) openTexts.set(path, openText(path));
    return openTexts.get(path);
  },
};

function openText(path: string): SourceFile | undefined {
  const text = /\.(ya?ml|csv|json|cmrnet)$/.test(path) ? readText(path) : undefined;
  return text === undefined ? undefined : new SourceFile(path, text);
}
