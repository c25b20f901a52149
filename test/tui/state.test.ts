import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { actionFor, keymap, keyName } from '../../cli/tui/keymap.ts';
import { type Action, curves, initialState, type Message, type State, update } from '../../cli/tui/state.ts';
import { noon, recordedEvents, recordedPreview, recordedRun, stepEvent } from '../support/recorded-run.ts';

const screen = { columns: 80, rows: 24, now: noon, overlay: 'colours' } as const;

/** The state after messages, and the effects of the last one. */
function after(messages: readonly Message[], from: State = initialState(recordedRun, screen)) {
  let state = from;
  let effects: ReturnType<typeof update>[1] = [];
  for (const message of messages) [state, effects] = update(state, message);
  return { state, effects };
}

const act = (action: Action): Message => ({ kind: 'action', action });
const training: readonly Message[] = [
  { kind: 'events', events: recordedEvents({ done: 2 }) },
  { kind: 'alive', alive: true },
];

const events = suite('events');

events('a new validation image is loaded once', () => {
  const { state, effects } = after(training.slice(0, 1));
  assert.equal(effects, [{ kind: 'loadPreview', fold: 1, file: 'fold-1/previews/epoch-002.json' }]);
  const next = update(state, { kind: 'events', events: [stepEvent(1, 3, 1, 10, noon)] });
  assert.equal(next[1], []);
});

events('the fold that spoke last is shown, until another is chosen', () => {
  const both: Message[] = [
    { kind: 'events', events: recordedEvents({ done: 8 }) },
    { kind: 'events', events: recordedEvents({ fold: 2, done: 1 }) },
  ];
  const { state } = after(both);
  assert.is(state.progress.current, 2);
  assert.is(state.fold, null);
  assert.is(after([act('nextFold')], state).state.fold, 1, 'after the last comes the first');
  assert.is(after([act('previousFold')], state).state.fold, 1);
});

events('a preview replaces the one before it of the same fold', () => {
  const preview = recordedPreview();
  const { state } = after([
    { kind: 'preview', fold: 1, preview },
    { kind: 'preview', fold: 1, preview: { ...preview, image: 'p013-s1' } },
  ]);
  assert.is(state.previews.get(1)?.image, 'p013-s1');
  assert.is(state.previews.size, 1);
});

events.run();

const stopping = suite('stopping');

stopping('asks before it stops', () => {
  const asked = after([...training, act('stop')]);
  assert.is(asked.state.asking, 'stop');
  assert.equal(asked.effects, []);
  const answered = update(asked.state, act('yes'));
  assert.equal(answered[1], [{ kind: 'stop' }]);
  assert.is(answered[0].asking, null);
});

stopping('no other answer stops', () => {
  const { state } = after([...training, act('stop')]);
  for (const key of ['n', 'escape', 'q', 'x', 'ctrl+c', ' ', 'a', 'up']) {
    const action = actionFor(state, key);
    assert.ok(action === null || action === 'no', `${key} means ${action}`);
  }
});

stopping('is not offered when nothing is trained', () => {
  const { state, effects } = after([{ kind: 'alive', alive: false }, act('stop')]);
  assert.is(state.asking, null);
  assert.is(state.notice?.text, 'nothing is being trained');
  assert.equal(effects, []);
});

stopping('a stopped run goes on, a running or finished one does not', () => {
  const gone: Message = { kind: 'alive', alive: false };
  assert.equal(after([...training, gone, act('resume')]).effects, [{ kind: 'resume' }]);
  assert.equal(after([...training, act('resume')]).effects, []);
  const whole: readonly Message[] = [1, 2].map((fold) => ({
    kind: 'events',
    events: [...recordedEvents({ fold, done: 8 }), { type: 'finished' as const, time: noon, fold, epoch: 8 }],
  }));
  assert.equal(after([...whole, gone, act('resume')]).effects, []);
});

stopping('an answer of the interface goes after a few seconds, or with the next key', () => {
  const { state } = after([{ kind: 'alive', alive: false }, act('stop')]);
  const later = (ms: number) => after([{ kind: 'tick', now: noon + ms }], state).state.notice;
  assert.ok(later(1000) !== null);
  assert.is(later(5000), null);
  assert.is(after([act('zoom')], state).state.notice, null);
});

stopping('leaving leaves the run alone', () => {
  assert.equal(after([...training, act('leave')]).effects, [{ kind: 'leave' }]);
});

stopping.run();

const keys = suite('keys');

keys('every key of the map has an action in at least one state', () => {
  const start = initialState(recordedRun, screen);
  const states: State[] = [
    start,
    { ...start, view: 'log' },
    { ...start, view: 'help' },
    { ...start, asking: 'stop' },
  ];
  for (const binding of keymap) {
    for (const key of binding.keys) {
      assert.ok(
        states.some((state) => actionFor(state, key) === binding.action),
        `${key} never means ${binding.action}`,
      );
    }
  }
});

keys('curves go round: loss, losses of heads, held-out metrics', () => {
  const names = curves(recordedRun).map((curve) => curve.name);
  assert.equal(names.slice(0, 4), ['loss', 'segmentation loss', 'diagnosis loss', 'segmentation.dsc']);
  const forward = after(names.map(() => act('nextCurve'))).state;
  assert.is(forward.curve, 0);
  assert.is(after([act('previousCurve')]).state.curve, names.length - 1);
});

keys('scrolling stays within the log', () => {
  const { state } = after([...training, act('log'), ...Array(50).fill(act('scrollUp')), act('scrollDown')]);
  assert.is(state.scroll, state.progress.log.length - 2);
  assert.is(after([act('log')]).state.scroll, 0);
  assert.is(after([act('log'), act('scrollUp')]).state.scroll, 0, 'an empty log does not scroll');
});

keys('are named by what was pressed', () => {
  const none = {
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    return: false,
    escape: false,
    tab: false,
    ctrl: false,
    shift: false,
  };
  assert.is(keyName('q', none), 'q');
  assert.is(keyName('c', { ...none, ctrl: true }), 'ctrl+c');
  assert.is(keyName('', { ...none, tab: true, shift: true }), 'shift+tab');
  assert.is(keyName('', { ...none, upArrow: true }), 'up');
});

keys.run();
