/**
 * The terms of SpecificCharacterSet (PS3.3 C.12.1.1.2) as encodings that the system's text decoder knows. The forms with
 * `ISO 2022 IR` are the same sets, switched to by escapes.
 */
const encodings: Readonly<Record<string, string>> = {
  '6': 'latin1',
  '100': 'latin1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'iso-8859-9',
  '203': 'iso-8859-15',
  '166': 'windows-874',
  '13': 'shift_jis',
  '58': 'gb18030',
  '149': 'euc-kr',
  '87': 'iso-2022-jp',
  '159': 'iso-2022-jp',
  '192': 'utf-8',
};

/** Escapes (ISO 2022) after which bytes belong to another set. Those of Japanese its decoder reads itself. */
const escapes: Readonly<Record<string, string>> = {
  '(B': 'latin1',
  '-A': 'latin1',
  '-B': 'iso-8859-2',
  '-C': 'iso-8859-3',
  '-D': 'iso-8859-4',
  '-L': 'iso-8859-5',
  '-G': 'iso-8859-6',
  '-F': 'iso-8859-7',
  '-H': 'iso-8859-8',
  '-M': 'iso-8859-9',
  '-b': 'iso-8859-15',
  '-T': 'windows-874',
  '(J': 'shift_jis',
  ')I': 'shift_jis',
  '$)A': 'gb18030',
  '$)C': 'euc-kr',
  $B: 'jis-x-0208',
  '$(D': 'jis-x-0212',
};

/**
 * The text of an element's bytes.
 * @param terms SpecificCharacterSet as it is written, its values apart by `\`; empty where it is absent, which means ASCII.
 * Files that break this rule mostly hold UTF-8, and otherwise Latin letters.
 */
export function decodeText(bytes: Uint8Array, terms: string): string {
  const first = encodingOf(terms.split('\\')[0]!.trim());
  if (terms.trim() === '') {
    return trimmed(isUtf8(bytes) ? decode(bytes, 'utf-8') : decode(bytes, 'latin1'));
  }
  if (first === 'utf-8' || first === 'gb18030') return trimmed(decode(bytes, first));
  return trimmed(segments(bytes, first).join(''));
}

function encodingOf(term: string): string {
  if (/^(?:GB18030|GBK)$/i.test(term)) return 'gb18030';
  return encodings[/(\d+)$/.exec(term)?.[1] ?? ''] ?? 'latin1';
}

/** The text between escapes, each part in its own set; `^` and `=` go back to the first. */
function segments(bytes: Uint8Array, first: string): readonly string[] {
  const texts: string[] = [];
  let encoding = first;
  const parts = Buffer.from(bytes).toString('latin1').split(escapeSequence);
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) {
      encoding = escapes[part] ?? first;
      continue;
    }
    // Of two-byte sets any byte may be half a letter.
    const runs = encoding.startsWith('jis') ? [part] : part.split(/([=^])/);
    for (const run of runs) {
      if (run === '^' || run === '=') encoding = first;
      texts.push(decodeSegment(Buffer.from(run, 'latin1'), encoding));
    }
  }
  return texts;
}

const escapeSequence = new RegExp(`${String.fromCharCode(27)}(\\$\\(D|\\$\\)[AC]|\\$B|[(),./-][A-Za-z])`);

function decodeSegment(bytes: Uint8Array, encoding: string): string {
  const start = { 'jis-x-0208': '\x1b$B', 'jis-x-0212': '\x1b$(D' }[encoding];
  if (start === undefined) return decode(bytes, encoding);
  if (encoding === 'jis-x-0208') return decode(Buffer.concat([Buffer.from(start), bytes]), 'iso-2022-jp');
  // The same rows as three bytes of EUC.
  const shifted = Array.from({ length: Math.floor(bytes.length / 2) }, (_, pair) => [
    ...[0x8f, bytes[2 * pair]! | 0x80, bytes[2 * pair + 1]! | 0x80],
  ]);
  return decode(Uint8Array.from(shifted.flat()), 'euc-jp');
}

function decode(bytes: Uint8Array, encoding: string): string {
  return encoding === 'latin1'
    ? Buffer.from(bytes).toString('latin1')
    : new TextDecoder(encoding).decode(bytes);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Values are padded with a space or a zero. */
function trimmed(text: string): string {
  return text.replace(/[\0 ]+$/, '').replace(/^ +/, '');
}
