/** The parts of Ink's key that tell keys apart. */
export interface PressedKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp?: boolean;
  readonly pageDown?: boolean;
  readonly home?: boolean;
  readonly end?: boolean;
  readonly backspace?: boolean;
  readonly delete?: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
}

/**
 * The first key of several that came at once, and how many characters it is. While something is typed, text stays in one
 * piece, and ends of lines in the middle of it are spaces: what is pasted must not give an answer and press keys after it.
 */
export function keysIn(text: string, typing: boolean): readonly [name: string, length: number] {
  const plain = /^[^\p{Cc}]+/u.exec(text)?.[0] ?? '';
  if (plain !== '') {
    const piece = typing ? plain : [...plain][0]!;
    return [piece, piece.length];
  }
  const [first] = text;
  if (first === '\r' || first === '\n') return [typing && text.length > 1 ? ' ' : 'return', 1];
  if (first === '\t') return ['tab', 1];
  if (first === '\u001b') return ['escape', 1];
  if (first === '\u007f' || first === '\b') return ['backspace', 1];
  return [`ctrl+${String.fromCharCode(first!.charCodeAt(0) + 96)}`, 1];
}

/** A name for what was pressed: `q`, `ctrl+c`, `up`, `shift+tab`. */
export function keyName(input: string, key: PressedKey): string {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'return';
  if (key.escape) return 'escape';
  // Terminals send DEL for the key that takes the last letter away.
  if (key.backspace || key.delete) return 'backspace';
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  return key.ctrl ? `ctrl+${input}` : input;
}
