import { stripVTControlCharacters } from 'node:util';
import { renderToString } from 'ink';
import { createElement } from 'react';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Screen } from '../../cli/tui/app.tsx';
import { type Action, initialState, type Message, type State, update } from '../../cli/tui/state.ts';
import { themeOf } from '../../cli/tui/theme.ts';
import { matchesGolden } from '../support/golden.ts';
import { noon, recordedEvents, recordedPreview, recordedRun, stepEvent } from '../support/recorded-run.ts';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The screen after messages, with the time of day of every zone written alike. */
function shown(size: Size, messages: readonly Message[], depth: 1 | 24 = 1): string {
  let state: State = initialState(recordedRun, {
    ...size,
    now: noon,
    overlay: depth === 1 ? 'letters' : 'colours',
  });
  for (const message of messages) [state] = update(state, message);
  return renderToString(createElement(Screen, { state, theme: themeOf(depth) }), { columns: size.columns });
}

const act = (action: Action): Message => ({ kind: 'action', action });
const training: readonly Message[] = [
  { kind: 'events', events: recordedEvents({ done: 5 }) },
  { kind: 'events', events: [1, 2, 3].map((step) => stepEvent(1, 6, step, 10, noon + 21_000)) },
  { kind: 'preview', fold: 1, preview: recordedPreview() },
  { kind: 'alive', alive: true },
];

const stops: Readonly<Record<string, readonly Message[]>> = {
  starting: [{ kind: 'alive', alive: true }],
  training,
  metric: [...training, act('nextCurve'), act('nextCurve'), act('nextCurve')],
  asking: [...training, act('stop')],
  log: [...training, act('log')],
  help: [...training, act('help')],
  diverged: [
    ...training,
    {
      kind: 'events',
      events: [{ ...stepEvent(1, 6, 4, 10, noon + 22_000), loss: NaN } as ReturnType<typeof stepEvent>],
    },
  ],
  failed: [
    { kind: 'events', events: recordedEvents({ done: 1 }) },
    {
      kind: 'events',
      events: [
        {
          type: 'failed',
          time: noon + 5000,
          fold: 1,
          code: 'CMR917',
          message: 'no space left to write `fold-1/checkpoints`',
        },
      ],
    },
    { kind: 'alive', alive: false },
  ],
  lost: [...training, { kind: 'alive', alive: false }],
};

const goldens = suite('screens');

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
]) {
  for (const [name, messages] of Object.entries(stops)) {
    goldens(`${name} at ${size.columns}×${size.rows}`, () => {
      const text = shown(size, messages);
      matchesGolden(`test/tui/golden/${name}-${size.columns}x${size.rows}.txt`, text.replace(/ +$/gm, ''));
    });
  }
}

goldens.run();

const laws = suite('screens of any size');

laws('never exceed the terminal', () => {
  for (const columns of [40, 59, 60, 75, 80, 100, 120, 200]) {
    for (const rows of [12, 24, 40, 70]) {
      for (const messages of Object.values(stops)) {
        const lines = shown({ columns, rows }, messages).split('\n');
        assert.ok(lines.length <= rows, `${lines.length} lines on ${columns}×${rows}`);
        for (const line of lines) assert.ok([...line].length <= columns, `«${line}» on ${columns} columns`);
      }
    }
  }
});

laws('colour adds nothing but colour outside of the picture', () => {
  const size = { columns: 80, rows: 24 };
  const messages = training.filter((message) => message.kind !== 'preview');
  const bare = (text: string) => stripVTControlCharacters(text).replace(/ +$/gm, '');
  assert.is(bare(shown(size, messages, 24)), bare(shown(size, messages, 1)));
});

laws('a terminal that is too small is told so', () => {
  assert.match(shown({ columns: 30, rows: 8 }, training), /too small/);
});

laws.run();
