import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { justified, listed } from '../../cli/tui/drawing/lines.ts';
import type { Message } from '../../cli/tui/session/messages.ts';
import type { Session } from '../../cli/tui/session/session.ts';
import { themeOf } from '../../cli/tui/theme/theme.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import { matchesGolden } from '../support/golden.ts';
import { keysPage } from '../support/keys-page.ts';
import { noon, recordedBrief, recordedEvents, recordedFolder, stepEvent } from '../support/recorded-run.ts';
import { after, freshSession, pressing, type Start, training } from '../support/recorded-session.ts';
import { diverged, shotsOf } from '../support/shots.ts';

const folder = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
const shots = shotsOf(folder);
rmSync(folder, { recursive: true, force: true });

/** The lines of a screen after messages. */
function shown(start: Start, messages: readonly Message[]): readonly string[] {
  return frameOf(after(freshSession(start, folder), ...messages));
}

const goldens = suite('screens');

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
]) {
  for (const [name, messages] of Object.entries(shots)) {
    goldens(`${name} at ${size.columns}×${size.rows}`, () => {
      const text = shown(size, messages).join('\n').replaceAll(folder, 'runs');
      matchesGolden(`test/tui/golden/${name}-${size.columns}x${size.rows}.txt`, text.replace(/ +$/gm, ''));
    });
  }
}

goldens('the page of keys says what the table of keys says', () => matchesGolden('docs/keys.md', keysPage()));

goldens.run();

const laws = suite('screens of any size');

laws('are as large as the terminal, line by line', () => {
  for (const [columns, rows] of [
    [40, 10],
    [60, 20],
    [79, 24],
    [100, 30],
    [200, 60],
  ] as const) {
    for (const [name, messages] of Object.entries(shots)) {
      const lines = shown({ columns, rows }, messages);
      assert.is(lines.length, rows, `${name} on ${columns}×${rows}`);
      for (const line of lines)
        assert.is([...line].length, columns, `${name} on ${columns}×${rows}: «${line}»`);
    }
  }
});

laws('colour adds nothing but colour outside of pictures', () => {
  for (const [name, messages] of Object.entries(shots)) {
    if (name.startsWith('images') || name.startsWith('run')) continue;
    const coloured = shown({ columns: 80, rows: 24, look: { depth: 24 } }, messages);
    assert.equal(coloured.map(stripVTControlCharacters), shown({ columns: 80, rows: 24 }, messages), name);
  }
});

laws(
  'a run whose changed data were accepted, or that was steered, says so in the line above its numbers',
  () => {
    const brief = { ...recordedBrief, accepted: ['3 patients added'], byHand: 1 };
    const opened: readonly Message[] = [
      { kind: 'opened', folder: recordedFolder, brief },
      ...training.slice(1),
    ];
    const wide = { columns: 120, rows: 40 };
    const key = (key: string): Message => ({ kind: 'key', key });
    assert.match(shown(wide, [...opened, key('2')])[0]!, /by hand · other data · ● training/);
    assert.match(shown(wide, [...opened, key('4')])[0]!, /other data/);
    assert.not.match(shown(wide, [...training, key('2')])[0]!, /other data|by hand/);
  },
);

laws('the line under the cursor is one bar from edge to edge', () => {
  const ground = '48;2;45;74;110m';
  let bars = 0;
  for (const columns of [60, 80, 120]) {
    for (const name of ['runs', 'runs-grouped', 'specs', 'plan', 'network', 'network-run', 'palette']) {
      const lines = shown({ columns, rows: 30, look: { depth: 24 } }, shots[name]!);
      const chosen = lines.slice(1).filter((line) => line.includes(ground) && /›/.test(line));
      for (const line of chosen) {
        const [bar = ''] = line.split(ground).slice(1);
        assert.is([...bar.split('\u001b')[0]!].length, columns, `${name} at ${columns}: «${bar}»`);
        bars += 1;
      }
    }
  }
  assert.ok(bars >= 15, String(bars));
});

laws('what is cut leaves a space before what stands at the right, and cuts no item of a list in two', () => {
  const theme = themeOf(1);
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 60 }),
      fc.integer({ min: 12, max: 50 }),
      (text, width) => {
        const words = text.replace(/[^a-z]/gi, 'x');
        const found = justified(theme, [words], ['end'], width);
        assert.is([...found].length, width);
        assert.ok(found.endsWith(' end') || words.length === width - 3, found);
      },
    ),
  );
  const entry = 'fold 1 epoch 2 · loss 0.5 (seg 0.1, dia 0.2) · held out loss 0.4, dsc 0.8';
  assert.is(listed(entry, 100), entry);
  assert.is(listed(entry, 70), 'fold 1 epoch 2 · loss 0.5 (seg 0.1, dia 0.2) · held out loss 0.4 …');
  assert.is(listed('oneverylongwordwithoutanything', 20), 'oneverylongwordwithoutanything');
});

laws('ASCII is ASCII, in the same places', () => {
  for (const [name, messages] of Object.entries(shots)) {
    const lines = shown({ columns: 80, rows: 24, look: { depth: 1, ascii: true } }, messages);
    for (const line of lines) assert.match(line, /^[\x20-\x7e]{80}$/, `${name}: «${line}»`);
    assert.not.ok(
      lines.some((line) => line.includes('?') && !line.includes('? keys') && !/[a-z.`] ?\?/.test(line)),
      `${name} has characters without a substitute`,
    );
  }
});

laws('without colours nothing but text is written', () => {
  for (const messages of Object.values(shots)) {
    for (const line of shown({ columns: 80, rows: 24 }, messages)) assert.not.ok(line.includes('\u001b'));
  }
});

laws('a terminal that is too small is told so', () => {
  assert.match(shown({ columns: 30, rows: 8 }, training).join('\n'), /too small/);
});

laws('values that are no numbers, and events of runs that are half there, are shown and not thrown', () => {
  const broken: Session = after(
    freshSession({ columns: 80, rows: 24 }),
    ...training,
    ...Array.from({ length: 5 }, () => diverged),
    {
      kind: 'events',
      folder: recordedFolder,
      loading: false,
      events: recordedEvents({ done: 1 }).map((event) =>
        event.type === 'epoch' ? { ...event, loss: Number.POSITIVE_INFINITY, heldOut: {} } : event,
      ),
    },
    // A fold whose beginning is lost.
    { kind: 'events', folder: recordedFolder, loading: false, events: [stepEvent(2, 1, 1, 10, noon)] },
  );
  for (const view of ['1', '2', '3', '4', '5', '6', '7'])
    assert.is(frameOf(pressing(broken, view)).length, 24);
});

laws.run();
