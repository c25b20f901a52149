import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Effect } from '../../cli/tui/session/effects.ts';
import type { Session } from '../../cli/tui/session/session.ts';
import type { RunNetwork } from '../../cli/tui/state/network.ts';
import { update } from '../../cli/tui/update/update.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import { graphOfPlan } from '../../src/compiler/index.ts';
import { planOf, sound } from '../support/compiled.ts';
import { recordedBrief, recordedEvents } from '../support/recorded-run.ts';
import { recordedSpec } from '../support/recorded-runs.ts';
import { after, freshSession, pressing } from '../support/recorded-session.ts';

const compilation = sound(recordedSpec);
const networkOf = (folder: string, experiment: string): RunNetwork => ({
  ...{ folder, experiment, fold: 1, distributions: [] },
  graph: graphOfPlan(planOf(compilation, experiment).network),
});

/** What a key asks the world for. */
const asked = (session: Session, key: string): readonly Effect[] =>
  update(session, { kind: 'key', key })[1].filter(({ kind }) => kind === 'network' || kind === 'openSpec');
const title = (session: Session) => frameOf(session)[1]!.trim();

const open = (folder: string) =>
  after(
    pressing(freshSession({ columns: 120, rows: 40 }), '2'),
    { kind: 'opened', folder, brief: recordedBrief },
    { kind: 'events', folder, events: recordedEvents({ done: 1 }), loading: false },
  );

const test = suite('the network of a run');

test('is that of the run that is open, never of the one before', () => {
  const first = open('runs/Demo-1');
  assert.equal(asked(first, '7'), [{ kind: 'network', folder: 'runs/Demo-1', fold: 1 }]);
  const demo = networkOf('runs/Demo-1', 'Demo');
  const shown = after(pressing(first, '7'), { kind: 'network', folder: demo.folder, run: demo });
  assert.match(title(shown), /^Demo · Demo-1 · CmrNet/);

  const other = after(shown, { kind: 'opened', folder: 'runs/Wide-1', brief: recordedBrief });
  const waiting = pressing(other, '2', '7');
  assert.match(frameOf(waiting).join('\n'), 'reading the network of runs/Wide-1');
  assert.equal(asked(pressing(other, '2'), '7'), [{ kind: 'network', folder: 'runs/Wide-1', fold: null }]);
  // What comes late of the first is not shown as that of the second.
  const late = after(waiting, { kind: 'network', folder: demo.folder, run: demo });
  assert.not.match(title(late), 'Demo-1');
  const wide = networkOf('runs/Wide-1', 'Wide');
  assert.match(title(after(late, { kind: 'network', folder: wide.folder, run: wide })), /^Wide · Wide-1/);
});

test('gives way to that of an experiment for whoever comes from a spec, or asks for it', () => {
  const demo = networkOf('runs/Demo-1', 'Demo');
  const shown = after(pressing(open(demo.folder), '7'), { kind: 'network', folder: demo.folder, run: demo });
  assert.equal(asked(pressing(shown, '5'), '7'), [{ kind: 'openSpec', path: null }]);
  assert.is(pressing(shown, '5', '7').network.run, null);
  assert.is(pressing(shown, 'm').network.run, null);
  assert.is(pressing(shown, '7').network.run, demo, 'the same key again changes nothing');
});

test('keeps its place after each epoch, and asks how its weights are by then', () => {
  const demo = networkOf('runs/Demo-1', 'Demo');
  const shown = after(pressing(open(demo.folder), '7'), { kind: 'network', folder: demo.folder, run: demo });
  const down = pressing(shown, 'j', 'j', 'j');
  const events = recordedEvents({ done: 2 }).filter(({ type }) => type === 'epoch');
  const [next, effects] = update(down, { kind: 'events', folder: demo.folder, events, loading: false });
  assert.ok(effects.some(({ kind }) => kind === 'network'));
  assert.is(after(next, { kind: 'network', folder: demo.folder, run: { ...demo } }).network.cursor, 3);
});

test('is told as missing where it cannot be read', () => {
  const gone = after(pressing(open('runs/Gone-1'), '7'), {
    kind: 'network',
    folder: 'runs/Gone-1',
    run: null,
  });
  assert.not.match(frameOf(gone).join('\n'), 'reading the network');
});

test.run();
