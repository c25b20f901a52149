import { relative } from 'node:path';
import type { Search } from './found.ts';

const mostNamed = 5;

/**
 * Tells how many files of a folder a layout does not use, with the first names.
 * @param files all that lie below the folder
 * @param used those that become images or masks, that say something of them, or of which something else was said
 */
export function tellUnused(
  { bag, folder, layout }: Search,
  files: readonly string[],
  used: Iterable<string>,
): void {
  const known = new Set(used);
  const unused = files.filter((path) => !known.has(path));
  if (unused.length === 0) return;
  const more = unused.length > mostNamed ? ` and ${unused.length - mostNamed} more` : '';
  const names = unused.slice(0, mostNamed).map((path) => relative(folder, path));
  bag.report('importUnused', {
    at: { file: folder, start: 0, end: 0 },
    arguments: { folder, layout, count: unused.length },
    notes: [`${names.join(', ')}${more}`],
  });
}

/** The files that images and their masks are read from. */
export function filesUsed(
  images: readonly { readonly image: object; readonly mask: object | null }[],
): readonly string[] {
  return images.flatMap(({ image, mask }) => [image, mask].flatMap(pathsIn));
}

/** Every path of a found image or mask, whatever kind it is of. */
function pathsIn(found: object | null): readonly string[] {
  return Object.entries(found ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' && ['path', 'inner', 'outer'].includes(key) ? [value] : [],
  );
}
