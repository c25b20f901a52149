import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { reportFile, reportFolder, type Search } from './found.ts';

const maxFiles = 200_000;

/**
 * All files below a folder in the order of their names; hidden ones are none. Links are followed after everything else, to
 * files and to folders that were not read yet; others are named.
 */
export function listTree(search: Search): readonly string[] {
  const files: string[] = [];
  const visited = new Set<string>();
  const folders = [search.folder];
  const links: string[] = [];
  for (let path = folders.pop() ?? links.shift(); path !== undefined; path = folders.pop() ?? links.shift()) {
    if (!enter(search, path, visited)) continue;
    for (const entry of entriesOf(search, path)) {
      const below = join(path, entry.name);
      const kind = kindOf(entry, below);
      if (kind === 'file') files.push(below);
      else if (kind === 'folder') (entry.isSymbolicLink() ? links : folders).push(below);
      else reportFile(search.bag, below, kind);
    }
    if (files.length > maxFiles) {
      reportFolder(search, `it holds more than ${maxFiles} files`);
      return [];
    }
  }
  return files.sort();
}

/** Files of one folder of the search in the order of their names, links to files among them; hidden ones are none. */
export function listFolder(search: Search, name: string): readonly string[] | null {
  try {
    const folder = join(search.folder, name);
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && kindOf(entry, join(folder, entry.name)) === 'file')
      .map((entry) => entry.name)
      .sort();
  } catch {
    reportFolder(search, `it has no folder ${name}/`);
    return null;
  }
}

/** Whether a folder was not read before, under whatever name: a link may lead in a circle. */
function enter(search: Search, path: string, visited: Set<string>): boolean {
  let real = path;
  try {
    real = realpathSync(path);
  } catch {
    // Listing it says what is wrong.
  }
  if (visited.has(real)) {
    reportFile(search.bag, path, 'it is a link to a folder that is read already');
    return false;
  }
  visited.add(real);
  return true;
}

function entriesOf(search: Search, folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  } catch {
    reportFolder(search, folder === search.folder ? 'it cannot be listed' : `\`${folder}\` cannot be listed`);
    return [];
  }
}

/** What an entry is, or where a link leads; in words why it is neither file nor folder. */
function kindOf(entry: Dirent, path: string): string {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'it is neither file nor folder';
  let target: Stats;
  try {
    target = statSync(path);
  } catch {
    return 'it is a link to nothing';
  }
  return target.isDirectory()
    ? 'folder'
    : target.isFile()
      ? 'file'
      : 'it is a link to neither file nor folder';
}
