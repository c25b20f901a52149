import { Bag } from '../../diagnostics/diagnostic.ts';
import { limited } from '../../diagnostics/limit.ts';
import type { SourceFile } from '../../source/source-file.ts';
import { parseFile } from '../parse.ts';
import { isReadable } from '../readable.ts';
import { formatFile } from './format.ts';

/** A spec in its canonical form, or null when it cannot be read; what is wrong with it goes to the bag. */
export function formatSource(source: SourceFile, bag: Bag): string | null {
  const own = new Bag();
  if (!isReadable(source, bag)) return null;
  const file = parseFile(source.path, source.text, own);
  for (const item of limited(own.sorted())) bag.add(item);
  return own.hasErrors ? null : formatFile(file, source);
}
