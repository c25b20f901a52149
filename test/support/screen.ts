import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink';
import type { ReactElement } from 'react';

/** A terminal of any size for tests: what Ink shows, keys to press, resizing. */
export interface Screen {
  /** The last frame without escape sequences. */
  frame(): string;
  /** The last frame as written. */
  rawFrame(): string;
  press(key: keyof typeof keys | (string & {})): Promise<void>;
  /** Resolves when a frame satisfies the predicate; fails after two seconds with the last frame. */
  until(predicate: (frame: string) => boolean): Promise<void>;
  close(): void;
}

const keys = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  escape: '\u001b',
  tab: '\t',
  return: '\r',
} as const;

/** Renders an element on a screen of the given size. */
export function screen(
  size: { readonly columns: number; readonly rows: number },
  element: ReactElement,
): Screen {
  const stdout = new Output(size.columns, size.rows);
  const stdin = new Input();
  const ink = render(element, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stderr: new Output(size.columns, size.rows) as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const frame = () => stripVTControlCharacters(stdout.last);
  const until = async (predicate: (frame: string) => boolean): Promise<void> => {
    const end = Date.now() + 2000;
    while (!predicate(frame())) {
      if (Date.now() > end) throw new Error(`no frame came that was waited for; the last:\n${frame()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return {
    frame,
    until,
    rawFrame: () => stdout.last,
    press: async (key) => {
      stdin.type(keys[key as keyof typeof keys] ?? key);
      // Ink waits this long to tell a lone escape from the start of a sequence.
      await new Promise((resolve) => setTimeout(resolve, key === 'escape' ? 60 : 10));
    },
    close: () => ink.unmount(),
  };
}

class Output extends EventEmitter {
  readonly columns: number;
  readonly rows: number;
  readonly isTTY = true;
  last = '';

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write(frame: string): boolean {
    // Besides frames Ink writes cursor movements alone.
    if (stripVTControlCharacters(frame).trim() !== '') this.last = frame;
    return true;
  }
}

class Input extends EventEmitter {
  readonly isTTY = true;
  #waiting: string[] = [];

  type(text: string): void {
    this.#waiting.push(text);
    this.emit('readable');
    this.emit('data', text);
  }

  read(): string | null {
    return this.#waiting.shift() ?? null;
  }

  setEncoding(): void {}
  setRawMode(): void {}
  resume(): void {}
  pause(): void {}
  ref(): void {}
  unref(): void {}
}
