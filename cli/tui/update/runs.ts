import type { Message } from '../session/messages.ts';
import { type Session, withNotice } from '../session/session.ts';
import { rowsOf } from '../state/rows.ts';

/** The cursor stays on its run when others come and go. */
export function withRuns(
  session: Session,
  { runs: all, loading, damaged = [] }: Extract<Message, { kind: 'catalogue' }>,
): Session {
  const before = rowsOf(session.runs)[session.runs.cursor]?.runs[0]?.folder;
  const runs = { ...session.runs, all, loading, damaged };
  const rows = rowsOf(runs);
  const at = rows.findIndex((row) => row.runs.some(({ folder }) => folder === before));
  const cursor =
    session.runs.cursor === 0 || at === -1 ? Math.max(0, Math.min(session.runs.cursor, rows.length - 1)) : at;
  return { ...session, runs: { ...runs, cursor } };
}

/** The session after runs were deleted; an open one is closed, and all of them can be brought back. */
export function withoutRuns(session: Session, folders: readonly string[]): Session {
  const gone = new Set(folders);
  const all = session.runs.all.filter(({ folder }) => !gone.has(folder));
  const marked = new Set([...session.runs.marked].filter((folder) => !gone.has(folder)));
  const cursor = Math.max(0, Math.min(session.runs.cursor, all.length - 1));
  const closed = session.run !== null && gone.has(session.run.folder);
  return withNotice(
    {
      ...session,
      view: closed ? 'runs' : session.view,
      run: closed ? null : session.run,
      runs: { ...session.runs, all, marked, cursor },
      deleted: [...session.deleted, ...folders],
    },
    `deleted ${folders.length === 1 ? folders[0] : `${folders.length} runs`}; u brings back`,
  );
}
