/** The part of a terminal that a screen needs. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** Presses, releases and the wheel, with places as numbers of any size. */
const mouseOn = '\u001b[?1000h\u001b[?1006h';
const mouseOff = '\u001b[?1006l\u001b[?1000l';
const enter = '\u001b[?1049h\u001b[?25l\u001b[H\u001b[2J';
const leave = '\u001b[?25h\u001b[?1049l';
/** Terminals that know these show what is between them at once. */
const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';

/**
 * The alternate screen of a terminal. It is given whole frames, and only the lines that changed go to the terminal, each to
 * its own row: nothing flickers, and a slow line carries little. Ink 6.8 would clear the screen for a frame that fills it.
 */
export class AlternateScreen {
  readonly #terminal: Terminal;
  readonly #mouse: boolean;
  #lines: readonly string[] = [];
  #over = '';
  #open = false;

  constructor(terminal: Terminal, options: { readonly mouse?: boolean } = {}) {
    this.#terminal = terminal;
    this.#mouse = options.mouse ?? false;
    this.open();
  }

  /** Takes the terminal, at first and after it was given back. The next frame is drawn whole. */
  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.#lines = [];
    this.#over = '';
    this.#terminal.write(enter + (this.#mouse ? mouseOn : ''));
  }

  /**
   * Draws a frame.
   * @param over sequences that draw over the lines, such as graphics; written when they or a line below them changed
   */
  draw(frame: readonly string[], over = ''): void {
    if (!this.#open) return;
    const lines = frame.slice(0, this.#terminal.rows);
    const count = Math.max(lines.length, this.#lines.length);
    let changes = '';
    for (let row = 0; row < count; row += 1) {
      const line = lines[row] ?? '';
      // Erased first: after a line as wide as the terminal, erasing would take its last character.
      if (line !== this.#lines[row]) changes += `\u001b[${row + 1};1H\u001b[2K${line}`;
    }
    if (over !== this.#over || (over !== '' && changes !== '')) changes += over;
    this.#lines = lines;
    this.#over = over;
    if (changes !== '') this.#terminal.write(begin + changes + end);
  }

  /** Forgets what is shown, so that the next frame is drawn whole: after the terminal has changed its size. */
  reset(): void {
    if (!this.#open) return;
    this.#lines = [];
    this.#over = '';
    this.#terminal.write('\u001b[2J');
  }

  /** Gives the terminal back as it was. Whatever is drawn later is dropped. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#terminal.write((this.#mouse ? mouseOff : '') + leave);
  }
}
