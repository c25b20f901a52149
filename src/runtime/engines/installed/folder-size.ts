import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of all files below a folder; 0 where there is none. What vanishes while it counts does not count. */
export function folderSize(folder: string): number {
  let bytes = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    try {
      const about = lstatSync(path);
      bytes += about.isDirectory() ? folderSize(path) : about.size;
    } catch {
      // Renamed or removed in between.
    }
  }
  return bytes;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
