import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AlternateScreen } from '../../cli/tui/screen.ts';

/** A terminal that understands what the screen writes: rows of text, and cursor addresses. */
function terminal(columns: number, rows: number) {
  const cells = Array.from({ length: rows }, () => '');
  const written: string[] = [];
  return {
    columns,
    rows,
    cells,
    written,
    write(text: string) {
      written.push(text);
      if (text.includes('[2J')) cells.fill('');
      const plain = text.replaceAll('\u001b', '⎋');
      for (const [, row, line] of plain.matchAll(/\[(\d+);1H⎋\[2K([^⎋]*)/g)) cells[Number(row) - 1] = line!;
    },
  };
}

const test = suite('alternate screen');

test('shows the last frame, whatever came before', () => {
  const shown = terminal(10, 4);
  const screen = new AlternateScreen(shown);
  for (const frame of ['a\nb\nc', 'a\nB\nc\nd', 'x', '', 'one\ntwo']) {
    screen.write(frame);
    assert.equal(shown.cells.join('\n').trimEnd(), frame);
  }
});

test('writes only the lines that changed', () => {
  const shown = terminal(10, 4);
  const screen = new AlternateScreen(shown);
  screen.write('a\nb\nc');
  screen.write('a\nB\nc');
  const last = shown.written.at(-1)!;
  assert.ok(last.includes('B') && !last.includes('a') && !last.includes('c'));
  const count = shown.written.length;
  screen.write('a\nB\nc');
  assert.is(shown.written.length, count, 'the same frame again writes nothing');
});

test('never writes below the last row, which would scroll', () => {
  const shown = terminal(10, 2);
  new AlternateScreen(shown).write('a\nb\nc\nd');
  assert.equal(shown.cells, ['a', 'b']);
});

test('after a change of size everything is drawn again', () => {
  const shown = terminal(10, 3);
  const screen = new AlternateScreen(shown);
  screen.write('a\nb');
  screen.reset();
  screen.write('a\nb');
  assert.equal(shown.cells, ['a', 'b', '']);
});

test('once closed it writes nothing more over what is printed after it', () => {
  const shown = terminal(10, 3);
  const screen = new AlternateScreen(shown);
  screen.write('a');
  screen.close();
  assert.ok(shown.written.at(-1)!.includes('?1049l') && shown.written.at(-1)!.includes('?25h'));
  const count = shown.written.length;
  screen.write('b');
  screen.reset();
  screen.close();
  assert.is(shown.written.length, count);
});

test.run();
