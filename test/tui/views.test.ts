import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { frameOf } from '../../cli/tui/frame.ts';
import type { Message, Session } from '../../cli/tui/session.ts';
import { matchesGolden } from '../support/golden.ts';
import { noon, recordedEvents, recordedFolder, stepEvent } from '../support/recorded-run.ts';
import { after, freshSession, pressing, type Start, training, worldOf } from '../support/recorded-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
const world = worldOf(folder);
rmSync(folder, { recursive: true, force: true });

const keys = (...pressed: readonly string[]): readonly Message[] =>
  pressed.map((key) => ({ kind: 'key', key }));
const failed: Message = {
  kind: 'events',
  folder: recordedFolder,
  events: [
    {
      type: 'failed',
      time: noon + 5000,
      fold: 1,
      code: 'CMR917',
      message: 'no space left to write `fold-1`',
    },
  ],
  loading: false,
};
const diverged: Message = {
  kind: 'events',
  folder: recordedFolder,
  events: [{ ...stepEvent(1, 6, 4, 10, noon + 22_000), loss: Number.NaN } as ReturnType<typeof stepEvent>],
  loading: false,
};
const plan: Message = {
  kind: 'plan',
  plan: {
    spec: 'specs/phantom.cmrnet',
    working: false,
    studies: ['Rates'],
    milliseconds: 162_000,
    limit: 7.2e9,
    trials: [1, 2, 3].map((fold) => ({
      members: `Rates[${fold}]`,
      seed: 7,
      fold,
      state: fold === 1 ? 'finished' : fold === 2 ? 'stopped' : 'waiting',
      epochs: fold === 1 ? 8 : fold === 2 ? 3 : 0,
      allEpochs: 8,
      milliseconds: fold === 1 ? 0 : 81_000,
      bytes: 287e6,
      basis: 'the same network',
      folder: `runs/trial-${fold}`,
    })),
  },
};

/** Everything that a view can show, as the messages that lead there. */
const shots: Readonly<Record<string, readonly Message[]>> = {
  runs: world,
  'runs-grouped': [...world, ...keys('v')],
  'runs-filtered': [...world, ...keys('/', 'Wide', 'return', ' ', ' ')],
  'runs-empty': [{ kind: 'catalogue', runs: [], loading: false }],
  palette: [...world, ...keys(':', 's', 'o', 'r', 't')],
  prompt: [...world, ...keys('n', 'worse at the base')],
  run: [...training, ...keys('2')],
  'run-metric': [...training, ...keys('2', 'down', 'down', 'down')],
  'run-several': [...training, ...keys('2', ' ', 'down', ' ', 'down', 'y', 'm')],
  'run-zoomed': [...training, ...keys('2', '+', '+', '[')],
  'run-rate': [...training, ...keys('2', 'up', 'up', 'up')],
  'run-log': [...training, ...keys('2', 'l')],
  'run-asking': [...training, ...keys('2', 'x')],
  'run-diverged': [...training, diverged, ...keys('2')],
  'run-failed': [
    {
      kind: 'opened',
      folder: recordedFolder,
      brief: training[0]!.kind === 'opened' ? training[0].brief : (undefined as never),
    },
    { kind: 'events', folder: recordedFolder, events: recordedEvents({ done: 1 }), loading: false },
    failed,
    { kind: 'alive', folder: recordedFolder, alive: false },
    ...keys('2'),
  ],
  'run-lost': [...training, { kind: 'alive', folder: recordedFolder, alive: false }, ...keys('2')],
  'compare-curves': [...world, ...keys('3')],
  'compare-table': [...world, ...keys('3', 'right')],
  'compare-tests': [...world, ...keys('3', 'right', 'right')],
  'compare-spec': [...world, ...keys('3', 'right', 'right', 'right')],
  'compare-folds': [...world, ...keys('3', 'right', 'right', 'right', 'right')],
  'compare-confusion': [...world, ...keys('3', 'left', 'left', 'left')],
  'compare-roc': [...world, ...keys('3', 'left', 'left')],
  'compare-worst': [...world, ...keys('3', 'left')],
  images: [...world, ...keys('4')],
  'images-large': [...world, ...keys('4', ' ')],
  specs: [...world, ...keys('5')],
  plan: [...world, ...keys('6'), plan],
  network: [...world, ...keys('7', 'down', 'down', 'down', 'down')],
  help: [...world, ...keys('?')],
};

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

laws('ASCII is ASCII, in the same places', () => {
  for (const [name, messages] of Object.entries(shots)) {
    const lines = shown({ columns: 80, rows: 24, look: { depth: 1, ascii: true } }, messages);
    for (const line of lines) assert.match(line, /^[\x20-\x7e]{80}$/, `${name}: «${line}»`);
    assert.not.ok(
      lines.some((line) => line.includes('?') && !line.includes('? keys') && !/[a-z.] ?\?/.test(line)),
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
