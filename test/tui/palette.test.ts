import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keymap, paletteEntries } from '../../cli/tui/keys/keymap.ts';
import { viewNames } from '../../cli/tui/session/session.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import { recordedBrief, recordedEvents, recordedFolder } from '../support/recorded-run.ts';
import { after, freshSession, pressing } from '../support/recorded-session.ts';

const start = freshSession({ columns: 80, rows: 24 });
/** A session with a run of two folds, seen from some view. */
const from = (view: (typeof viewNames)[number]) => ({
  ...after(
    start,
    { kind: 'opened', folder: recordedFolder, brief: recordedBrief },
    { kind: 'events', folder: recordedFolder, events: recordedEvents({ done: 3 }), loading: false },
  ),
  view,
});

const isView = (place: string) => (viewNames as readonly string[]).includes(place);
const ofViews = keymap.filter(({ views }) => views === 'all' || views.some(isView));

const test = suite('the list of actions');

test('finds every action of every view by its name, from whatever view', () => {
  for (const view of viewNames) {
    const session = from(view);
    for (const { name } of ofViews) {
      if (name === undefined) continue;
      const found = paletteEntries(session, name);
      assert.ok(
        found.some((entry) => entry.name === name),
        `${name} from ${view}`,
      );
    }
  }
});

test('lacks nothing but moving through lists and itself', () => {
  const unnamed = ofViews.filter(({ name }) => name === undefined).map(({ description }) => description);
  const movements =
    /^(next|previous|first|last) (run|image|line|experiment|trial|layer|entry of the log)$|^a page/;
  assert.equal(
    unnamed.filter((description) => !movements.test(description)),
    ['all actions, by name'],
  );
});

test('shows those of the view first, and of others where they lead', () => {
  const text = frameOf(pressing(from('images'), ':', 's', 'm', 'o', 'o', 't', 'h')).join('\n');
  assert.match(text, / smooth +m +in run: smooth the curves/);
  const [first] = paletteEntries(from('images'), 'order');
  assert.is(first!.leadsTo, null);
});

test('goes to the view of an action and does it there', () => {
  const log = pressing(from('images'), ':', 'l', 'o', 'g', 'return');
  assert.is(log.view, 'run');
  const tests = pressing(from('runs'), ':', 'c', 'o', 'm', 'p', 'a', 'r', 'e', ' ', 'r', 'o', 'c', 'return');
  assert.is(tests.view, 'compare');
  assert.is(tests.compare.panel, 'roc');
});

test('says where there is nothing yet to do it on', () => {
  const train = pressing(from('runs'), ':', 't', 'r', 'a', 'i', 'n', 'return');
  assert.is(train.view, 'specs');
  assert.match(frameOf(train).at(-1)!, 'train: there is nothing here to do it on yet');
});

test.run();
