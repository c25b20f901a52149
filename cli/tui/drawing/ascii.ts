/** What stands for a character where a terminal has only ASCII; each is one character, so that nothing moves. */
const substitutes: Readonly<Record<string, string>> = {
  '─': '-',
  '━': '=',
  '│': '|',
  '╭': '+',
  '╮': '+',
  '╰': '+',
  '╯': '+',
  '┤': '+',
  '├': '+',
  '└': '+',
  '┴': '+',
  '┬': '+',
  '╌': '-',
  '┄': '.',
  '▀': '^',
  '▄': '_',
  '█': '#',
  '▌': '|',
  '▏': '|',
  '░': '.',
  '▒': ':',
  '▓': '#',
  '▁': '_',
  '▂': '_',
  '▃': '.',
  '▅': '-',
  '▆': '=',
  '▇': '*',
  '✓': 'v',
  '✗': 'x',
  '●': '*',
  '○': 'o',
  '■': '#',
  '▲': '!',
  '▼': 'v',
  '▸': '>',
  '▾': 'v',
  '›': '>',
  '‹': '<',
  '⏸': '=',
  '◆': '*',
  '◇': 'o',
  '…': '~',
  '·': '-',
  '×': 'x',
  '±': '~',
  '–': '-',
  '−': '-',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '⠒': '-',
  '≤': '<',
  '≥': '>',
  σ: 's',
  Δ: 'd',
  µ: 'u',
  '∞': '8',
  '“': '"',
  '”': '"',
  '’': "'",
  '‘': "'",
};

/** A frame in ASCII: braille becomes dots above and below, everything unknown a question mark. */
export function toAscii(text: string): string {
  return text.replace(/[\u007f-\u{10ffff}]/gu, (character) => {
    const code = character.codePointAt(0)!;
    if (code >= 0x2800 && code <= 0x28ff) return dots(code - 0x2800);
    const bare = character.normalize('NFD').replace(/[^\u0020-\u007e]/g, '');
    return substitutes[character] ?? (bare.length === 1 ? bare : '?');
  });
}

const upperDots = 0x01 | 0x08 | 0x02 | 0x10;

function dots(pattern: number): string {
  const upper = (pattern & upperDots) !== 0;
  const lower = (pattern & ~upperDots) !== 0;
  return upper && lower ? ':' : upper ? "'" : lower ? '.' : ' ';
}
