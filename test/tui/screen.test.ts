import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AlternateScreen } from '../../cli/tui/app/screen.ts';
import { terminal } from '../support/terminal.ts';

const test = suite('alternate screen');

test('shows the last frame, whatever came before', () => {
  const shown = terminal(10, 4);
  const screen = new AlternateScreen(shown);
  for (const frame of ['a\nb\nc', 'a\nB\nc\nd', 'x', '', 'one\ntwo']) {
    screen.draw(frame.split('\n'));
    assert.equal(shown.text(), frame);
  }
});

test('writes only the lines that changed', () => {
  const shown = terminal(10, 4);
  const screen = new AlternateScreen(shown);
  screen.draw(['a', 'b', 'c']);
  screen.draw(['a', 'B', 'c']);
  const last = shown.written.at(-1)!;
  assert.ok(last.includes('B') && !last.includes('a') && !last.includes('c'));
  const count = shown.written.length;
  screen.draw(['a', 'B', 'c']);
  assert.is(shown.written.length, count, 'the same frame again writes nothing');
});

test('never writes below the last row, which would scroll', () => {
  const shown = terminal(10, 2);
  new AlternateScreen(shown).draw(['a', 'b', 'c', 'd']);
  assert.equal(shown.text(), 'a\nb');
});

test('after a change of size everything is drawn again', () => {
  const shown = terminal(10, 3);
  const screen = new AlternateScreen(shown);
  screen.draw(['a', 'b']);
  screen.reset();
  screen.draw(['a', 'b']);
  assert.equal(shown.text(), 'a\nb');
});

test('graphics are drawn when they change, and again when lines change below them', () => {
  const shown = terminal(10, 3);
  const screen = new AlternateScreen(shown);
  screen.draw(['a'], 'picture 1');
  screen.draw(['a'], 'picture 1');
  assert.is(shown.written.filter((text) => text.includes('picture 1')).length, 1);
  screen.draw(['b'], 'picture 1');
  screen.draw(['b'], 'picture 2');
  assert.is(shown.written.filter((text) => text.includes('picture')).length, 3);
});

test('the mouse and the terminal are given back, and nothing more is written', () => {
  const shown = terminal(10, 3);
  const screen = new AlternateScreen(shown, { mouse: true });
  screen.draw(['a']);
  screen.close();
  const last = shown.written.at(-1)!;
  for (const sequence of ['?1049l', '?25h', '?1000l', '?1006l']) assert.ok(last.includes(sequence), sequence);
  const count = shown.written.length;
  screen.draw(['b']);
  screen.reset();
  screen.close();
  assert.is(shown.written.length, count);
});

test.run();
