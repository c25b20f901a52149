import { movedCursor } from '../../drawing/cursor.ts';
import { goTo, openChosen } from '../../session/go.ts';
import { type Session, withNotice } from '../../session/session.ts';
import { chosenRow, rowsOf } from '../../state/rows.ts';
import { runColumnNames, runColumns } from '../../state/run-columns.ts';
import type { RunsState } from '../../state/runs.ts';
import { type Binding, bindingsIn } from '../binding.ts';
import { listKeys } from '../lists.ts';
import { openPrompt } from '../over/prompts.ts';

const change = (session: Session, runs: Partial<RunsState>): Session => ({
  ...session,
  runs: { ...session.runs, ...runs },
});

function sortedBy(session: Session, by: number): Session {
  // The newest first is where it starts, so there is a way back to it, also where the column has no room.
  const names = runColumnNames.filter(
    (name) => name === 'started' || runColumns[name].from <= session.screen.columns,
  );
  const at = names.indexOf(session.runs.sort.column);
  const column = names[(at + by + names.length) % names.length]!;
  return change(session, { sort: { ...session.runs.sort, column }, cursor: 0 });
}

function mark(session: Session): Session {
  const row = chosenRow(session.runs);
  if (row === undefined) return session;
  const marked = new Set(session.runs.marked);
  const all = row.runs.every(({ folder }) => marked.has(folder));
  for (const { folder } of row.runs) {
    if (all) marked.delete(folder);
    else marked.add(folder);
  }
  const cursor = movedCursor(session.runs.cursor, 1, rowsOf(session.runs).length);
  return change(session, { marked, cursor });
}

/** Keys of the table of runs. */
export const runsKeys: readonly Binding[] = bindingsIn('runs', [
  ...listKeys(
    (session, by) =>
      change(session, { cursor: movedCursor(session.runs.cursor, by, rowsOf(session.runs).length) }),
    'run',
  ),
  {
    keys: ['return', 'l', 'right'],
    shown: 'enter l',
    name: 'open run',
    description: 'curves, images and log of the run',
    footer: ['enter', 'open'],
    run: openChosen,
  },
  {
    keys: [' '],
    shown: 'space',
    name: 'mark',
    description: 'mark the run, or take the mark away',
    footer: ['space', 'mark'],
    run: (session) => [mark(session), []],
  },
  {
    keys: ['M'],
    shown: 'M',
    name: 'clear marks',
    description: 'take all marks away',
    run: (session) => [change(session, { marked: new Set() }), []],
  },
  {
    keys: ['c'],
    shown: 'c',
    name: 'compare',
    description: 'put the marked runs side by side; without marks, those of this spec',
    footer: ['c', 'compare'],
    run: (session) => goTo(session, 'compare'),
  },
  {
    keys: ['/', 'f4'],
    shown: '/',
    name: 'filter',
    description: 'words, `epochs>5`, `dsc>=0.8`, `state=failed`, `#tag`; `!` turns round, `a|b` is either',
    footer: ['/', 'filter'],
    run: (session) => openPrompt(session, 'filter', 'filter:', '', session.runs.filter),
  },
  {
    keys: ['s', '>', 'f6'],
    shown: 's >',
    name: 'sort by next column',
    description: 'sort by the next column',
    footer: ['s', 'sort'],
    run: (session) => [sortedBy(session, 1), []],
  },
  {
    keys: ['<'],
    shown: '<',
    name: 'sort backwards',
    description: 'sort by the previous column',
    run: (session) => [sortedBy(session, -1), []],
  },
  {
    keys: ['S', 'I'],
    shown: 'S',
    name: 'reverse order',
    description: 'turn the order round',
    run: (session) => [
      change(session, { sort: { ...session.runs.sort, descending: !session.runs.sort.descending } }),
      [],
    ],
  },
  {
    keys: ['v', 'f5'],
    shown: 'v',
    name: 'group',
    description:
      'one row for runs that differ by their seed alone, with mean ± deviation over folds and seeds',
    footer: ['v', 'group'],
    run: (session) => [
      withNotice(
        change(session, { grouped: !session.runs.grouped, cursor: 0 }),
        session.runs.grouped
          ? 'one row for each run'
          : 'one row for each variant: mean ± deviation over folds and seeds',
      ),
      [],
    ],
  },
]);
