import { EventEmitter } from 'node:events';
import { render } from 'ink';
import { createElement } from 'react';
import { Keyboard } from '../../cli/tui/app/keyboard.tsx';
import { AlternateScreen } from '../../cli/tui/app/screen.ts';
import type { Program } from '../../cli/tui/update/program.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import { terminal } from './terminal.ts';

/** A terminal of any size for tests: what a program shows on it, keys and a mouse. No pseudo-terminal is needed. */
export interface Screen {
  /** What the terminal shows, without colours. */
  frame(): string;
  press(...keys: readonly string[]): Promise<void>;
  click(row: number, column: number): Promise<void>;
  wheel(way: 'up' | 'down', row: number, column: number): Promise<void>;
  /** Resolves when what is shown satisfies the predicate; fails after some seconds with what is shown. */
  until(predicate: (frame: string) => boolean): Promise<void>;
  resize(columns: number, rows: number): void;
  close(): void;
}

const keys: Readonly<Record<string, string>> = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  escape: '\u001b',
  tab: '\t',
  return: '\r',
  backspace: '\u007f',
  'ctrl+p': '\u0010',
};

const patienceMs = 8000;

/** Connects a program to a terminal, as the interface itself does: its keyboard, its screen. */
export function screen(program: Program): Screen {
  const { columns, rows } = program.current().screen;
  const shown = terminal(columns, rows);
  const stdin = new Input();
  const alternate = new AlternateScreen(shown, { mouse: true });
  const ink = render(createElement(Keyboard, { program }), {
    stdout: Object.assign(new EventEmitter(), {
      columns,
      rows,
      isTTY: true,
      write: () => true,
    }) as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const draw = () => alternate.draw(frameOf(program.current()));
  const unsubscribe = program.subscribe(draw);
  draw();
  const send = async (text: string): Promise<void> => {
    stdin.type(text);
    // Ink waits this long to tell a lone escape from the start of a sequence.
    await new Promise((resolve) => setTimeout(resolve, text === '\u001b' ? 60 : 5));
  };
  return {
    frame: shown.text,
    press: async (...pressed) => {
      for (const key of pressed) await send(keys[key] ?? key);
    },
    click: (row, column) => send(`\u001b[<0;${column + 1};${row + 1}M`),
    wheel: (way, row, column) => send(`\u001b[<${way === 'up' ? 64 : 65};${column + 1};${row + 1}M`),
    until: async (predicate) => {
      const end = Date.now() + patienceMs;
      while (!predicate(shown.text())) {
        if (Date.now() > end)
          throw new Error(`no frame came that was waited for; the last:\n${shown.text()}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    resize: (width, height) => {
      shown.columns = width;
      shown.rows = height;
      alternate.reset();
      program.send({ kind: 'resized', columns: width, rows: height });
    },
    close: () => {
      unsubscribe();
      alternate.close();
      ink.unmount();
    },
  };
}

class Input extends EventEmitter {
  readonly isTTY = true;
  readonly #waiting: string[] = [];

  type(text: string): void {
    this.#waiting.push(text);
    this.emit('readable');
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
