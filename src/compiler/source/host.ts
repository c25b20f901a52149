/** What the compiler needs of the outside world: reading text by path, and nothing else. */
export interface Host {
  /** The text of a file, or undefined when there is none. */
  read(path: string): string | undefined;
  /** The path that an import names, as seen from the importing file; always with `/` between its parts. */
  resolve(fromFile: string, specifier: string): string;
}

/** A host over texts in memory, for tests and editors. Paths are joined with `/`. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  return {
    read: (path) => files[path],
    resolve: (fromFile, specifier) => joinPath(fromFile, specifier),
  };
}

/** Joins a relative specifier to the folder of a file and removes `.` and `..`. */
export function joinPath(fromFile: string, specifier: string): string {
  if (specifier.startsWith('/')) return specifier;
  const parts = fromFile.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '.' || part === '') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
