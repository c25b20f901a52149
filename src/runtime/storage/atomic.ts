import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

let counter = 0;

/**
 * Writes a file so that a reader, or a start after a power cut, finds the old content or the new one and never a part:
 * the bytes go to a neighbour, are synced, and the neighbour is renamed. Creates the folders above.
 * @param options.durable false leaves out the syncing: after a power cut the file may then be anything
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { durable = true }: { readonly durable?: boolean } = {},
): void {
  createFolders(dirname(path));
  const neighbour = temporaryName(path);
  try {
    if (durable) writeSynced(neighbour, content);
    else writeFileSync(neighbour, content, { flag: 'wx' });
    renameSync(neighbour, path);
  } catch (error) {
    rmSync(neighbour, { force: true });
    throw error;
  }
  if (durable) syncFolder(dirname(path));
}

/** Asked while a folder is put in its place. */
export interface Replacement {
  /** Throws where this process must not write any more; what is there then stays. */
  readonly confirm?: () => void;
  /** Whether a folder that is replaced may be removed; where it may not, it stays beside the new one as `.replaced-`. */
  readonly mayRemove?: (folder: string) => boolean;
}

/** The same for a folder of files: it appears complete or not at all. A folder of that name is replaced. */
export function writeFolderAtomically(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { confirm = () => undefined, mayRemove = () => true }: Replacement = {},
): void {
  createFolders(dirname(folder));
  const neighbour = temporaryName(folder);
  try {
    mkdirSync(neighbour);
    for (const [name, content] of Object.entries(files)) writeSynced(join(neighbour, name), content);
    syncFolder(neighbour);
    // Writing may have taken long, or this process may have slept.
    confirm();
    if (existsSync(folder)) {
      // A folder cannot be renamed onto another that holds files.
      const retired = temporaryName(folder);
      renameSync(folder, retired);
      try {
        confirm();
      } catch (error) {
        renameSync(retired, folder);
        throw error;
      }
      renameSync(neighbour, folder);
      if (mayRemove(retired)) rmSync(retired, { recursive: true, force: true });
      else renameSync(retired, `${folder}.replaced-${randomBytes(4).toString('hex')}`);
    } else {
      renameSync(neighbour, folder);
    }
  } catch (error) {
    rmSync(neighbour, { recursive: true, force: true });
    throw error;
  }
  syncFolder(dirname(folder));
}

/**
 * A folder of files, some of them in folders of their own, that appears complete or not at all. False where there is one of
 * that name with something in it, which stays as it is. An empty one, which may be where somebody works, is filled, its
 * last file last.
 */
export function createFolderAtomically(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): boolean {
  const fill = (place: string): void => {
    for (const [name, content] of Object.entries(files)) writeAtomically(join(place, name), content);
  };
  if (existsSync(folder)) {
    if (readdirSync(folder).length > 0) return false;
    fill(folder);
    return true;
  }
  createFolders(dirname(folder));
  const neighbour = temporaryName(folder);
  try {
    mkdirSync(neighbour);
    fill(neighbour);
    syncFolder(neighbour);
    renameSync(neighbour, folder);
  } catch (error) {
    rmSync(neighbour, { recursive: true, force: true });
    if (occupied.has((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  syncFolder(dirname(folder));
  return true;
}

/** What systems say of a folder that is there and holds something. */
const occupied: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST']);

/**
 * Creates a folder and those above it that are missing, one by one: where a folder cannot be made although its parent
 * is there, such as below /proc, Node.js 20's own recursion never ends.
 */
export function createFolders(folder: string): void {
  if (existsSync(folder)) return;
  createFolders(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whether a name is one of ours for something not yet complete; left behind only by a killed process. */
export function isTemporary(name: string): boolean {
  return temporary.test(name);
}

/** The path of what a temporary one will become; any other path as it is. */
export function lastingPath(path: string): string {
  const name = temporary.exec(basename(path))?.[1];
  return name === undefined ? path : join(dirname(path), name);
}

const temporary = /^\.(.+)\.\d+-\d+\.partial$/;

function temporaryName(path: string): string {
  counter += 1;
  const name = basename(path);
  return join(dirname(path), `.${name}.${process.pid}-${counter}.partial`);
}

function writeSynced(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const file = openSync(path, 'wx');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Some file systems refuse to sync a folder; the rename is then as durable as they make it.
  }
}
