import { createHash } from 'node:crypto';

/** The names with a number behind those that came before, so that no two are the same text. */
export function distinctNames(names: readonly string[]): readonly string[] {
  return distinct(names, (name) => name);
}

/**
 * Names of files for texts in any script. No two of them are one file, also where a file system does not tell capitals or
 * composed letters apart. What is a good name already keeps it.
 */
export function fileNames(texts: readonly string[]): readonly string[] {
  return distinct(texts, fileName);
}

/** The longest name in bytes; file systems end at 255, and endings and numbers follow. */
const longest = 180;

/** A text as a file's name on every system: letters and digits of all scripts, and `_`, `.`, `-` within. */
export function fileName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '_')
    .replace(/^\.+|\.+$/g, '_');
  // Names of devices on Windows, with whatever ending.
  const free = plain === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(plain) ? `_${plain}` : plain;
  if (Buffer.byteLength(free) <= longest) return free;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  let end = free.length;
  while (Buffer.byteLength(free.slice(0, end)) > longest) end -= 1;
  return `${free.slice(0, end).replace(/[\uD800-\uDBFF]$/, '')}-${digest}`;
}

function distinct(texts: readonly string[], nameOf: (text: string) => string): readonly string[] {
  const taken = new Set<string>();
  const names = new Map<number, string>();
  const place = (index: number, wanted: string) => {
    let name = wanted;
    for (let number = 2; taken.has(folded(name)); number += 1) name = `${wanted}-${number}`;
    taken.add(folded(name));
    names.set(index, name);
  };
  for (const [index, text] of texts.entries())
    if (nameOf(text) === text && !taken.has(folded(text))) place(index, text);
  for (const [index, text] of texts.entries()) if (!names.has(index)) place(index, nameOf(text));
  return texts.map((_, index) => names.get(index)!);
}

function folded(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFC');
}
