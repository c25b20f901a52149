import { createElement } from 'react';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { App, createProgram } from '../../cli/tui/app.tsx';
import { type Effect, initialState } from '../../cli/tui/state.ts';
import { themeOf } from '../../cli/tui/theme.ts';
import { noon, recordedEvents, recordedPreview, recordedRun } from '../support/recorded-run.ts';
import { screen } from '../support/screen.ts';

/** The interface on a screen, with the effects it asked for. */
function opened(columns = 80, rows = 24) {
  const effects: Effect[] = [];
  const program = createProgram(
    initialState(recordedRun, { columns, rows, now: noon, overlay: 'letters' }),
    (effect) => effects.push(effect),
  );
  const terminal = screen({ columns, rows }, createElement(App, { program, theme: themeOf(1) }));
  return { program, terminal, effects };
}

const test = suite('keys on the screen');

test('a run appears, a metric is chosen, and the run is left', async () => {
  const { program, terminal, effects } = opened();
  await terminal.until((frame) => frame.includes('waiting for the first step'));
  program.send({ kind: 'events', events: recordedEvents({ done: 3 }) });
  program.send({ kind: 'preview', fold: 1, preview: recordedPreview() });
  program.send({ kind: 'alive', alive: true });
  await terminal.until((frame) => frame.includes('epoch 4 of 8') && frame.includes('● training'));
  for (let index = 0; index < 3; index += 1) await terminal.press('down');
  await terminal.until((frame) => frame.includes('─ segmentation.dsc') && frame.includes('› dsc'));
  await terminal.press('up');
  await terminal.until((frame) => frame.includes('─ diagnosis loss'));
  await terminal.press('q');
  assert.equal(effects.at(-1), { kind: 'leave' });
  terminal.close();
});

test('stopping asks, takes a no, and takes a yes', async () => {
  const { program, terminal, effects } = opened();
  program.send({ kind: 'events', events: recordedEvents({ done: 1 }) });
  program.send({ kind: 'alive', alive: true });
  await terminal.until((frame) => frame.includes('● training'));
  await terminal.press('x');
  await terminal.until((frame) => frame.includes('stop training after the current step?'));
  await terminal.press('n');
  await terminal.until((frame) => !frame.includes('stop training after'));
  assert.not.ok(effects.some((effect) => effect.kind === 'stop'));
  await terminal.press('x');
  await terminal.press('y');
  await terminal.until((frame) => frame.includes('stopping after the current step'));
  assert.is(effects.filter((effect) => effect.kind === 'stop').length, 1);
  terminal.close();
});

test('help and log open and close', async () => {
  const { program, terminal } = opened();
  program.send({ kind: 'events', events: recordedEvents({ done: 2 }) });
  await terminal.press('?');
  await terminal.until((frame) => frame.includes('leave; training goes on'));
  await terminal.press('escape');
  await terminal.until((frame) => frame.includes('─ loss'));
  await terminal.press('l');
  await terminal.until((frame) => frame.includes('log, 5 of 5'));
  await terminal.press('up');
  await terminal.until((frame) => frame.includes('log, 4 of 5'));
  await terminal.press('l');
  await terminal.until((frame) => frame.includes('─ loss'));
  terminal.close();
});

test('another size is another layout', async () => {
  const { program, terminal } = opened(120, 40);
  program.send({ kind: 'events', events: recordedEvents({ done: 2 }) });
  await terminal.until((frame) => frame.split('\n').length === 40);
  program.send({ kind: 'resized', columns: 80, rows: 24 });
  await terminal.until((frame) => frame.split('\n').length === 24);
  terminal.close();
});

test.run();
