import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { frameOf } from '../../cli/tui/views/frame.ts';
import type { RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { noon, recordedBrief, recordedEvents, recordedFolder } from '../support/recorded-run.ts';
import { after, freshSession, pressing } from '../support/recorded-session.ts';

const notice = (severity: 'warning' | 'note', message: string): RunEvent => ({
  type: 'notice',
  time: noon + 9000,
  fold: 1,
  severity,
  code: severity === 'warning' ? 'CMR990' : null,
  message,
});
const said = (...events: readonly RunEvent[]) =>
  ({ kind: 'events', folder: recordedFolder, events, loading: false }) as const;

/** A run whose events so far were read, in the table of runs. */
const open = after(
  freshSession({ columns: 100, rows: 30 }),
  { kind: 'opened', folder: recordedFolder, brief: recordedBrief },
  said(...recordedEvents({ done: 2 }), notice('warning', 'said before it was opened')),
);
const last = (session: typeof open) => frameOf(session).at(-1)!.trim();

const test = suite('what training notices');

test('stands in the last line of whatever view is shown, once, as does a failure', () => {
  const told = after(pressing(open, '1'), said(notice('warning', 'the masks are empty')));
  assert.is(last(told), 'warning[CMR990]: the masks are empty');
  assert.not.match(last(pressing(told, 'j')), 'the masks are empty');
  const failed: RunEvent = { type: 'failed', time: noon, fold: 1, code: 'CMR904', message: 'NaN at step 3' };
  assert.is(last(after(open, said(failed))), 'error[CMR904]: NaN at step 3');
});

test('is left to the log where it is a note, or was said before the run was opened', () => {
  assert.not.match(last(open), 'said before');
  assert.not.match(last(after(open, said(notice('note', 'heads start at the prior')))), 'heads start');
});

test.run();
