import { EventEmitter } from 'node:events';

/** The part of a terminal that a screen needs. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

const enter = '\u001b[?1049h\u001b[?25l\u001b[H\u001b[2J';
const leave = '\u001b[?25h\u001b[?1049l';
/** Terminals that know these show what is between them at once. */
const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';

/**
 * The alternate screen of a terminal as the stream that Ink draws on. Ink writes whole frames here (its `debug` mode), and
 * only the lines that changed go to the terminal, each to its own row. Ink 6.8's own incremental rendering counts one row
 * too few for frames that do not fill the screen, and clears the screen for those that do.
 */
export class AlternateScreen extends EventEmitter {
  readonly isTTY = true;
  readonly #terminal: Terminal;
  #lines: readonly string[] = [];
  #open = true;

  constructor(terminal: Terminal) {
    super();
    this.#terminal = terminal;
    terminal.write(enter);
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** Draws a frame. */
  write(frame: string): boolean {
    if (!this.#open) return true;
    const lines = frame.split('\n').slice(0, this.rows);
    const count = Math.max(lines.length, this.#lines.length);
    let changes = '';
    for (let row = 0; row < count; row += 1) {
      const line = lines[row] ?? '';
      // Erased first: after a line as wide as the terminal, erasing would take its last character.
      if (line !== this.#lines[row]) changes += `\u001b[${row + 1};1H\u001b[2K${line}`;
    }
    this.#lines = lines;
    if (changes !== '') this.#terminal.write(begin + changes + end);
    return true;
  }

  /** Forgets what is shown, so that the next frame is drawn whole: after the terminal has changed its size. */
  reset(): void {
    if (!this.#open) return;
    this.#lines = [];
    this.#terminal.write('\u001b[2J');
  }

  /** Gives the terminal back as it was. Whatever is drawn later, such as by Ink's own clean-up, is dropped. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#terminal.write(leave);
  }
}
