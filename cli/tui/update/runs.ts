import type { Message } from '../session/messages.ts';
import type { Session } from '../session/session.ts';
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
