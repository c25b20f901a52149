import { moved } from '../../drawing/cursor.ts';
import { chosenGraph } from '../../session/chosen.ts';
import type { Session } from '../../session/session.ts';
import { type NetworkState, treeOf } from '../../state/network.ts';
import type { Binding } from '../binding.ts';
import { listKeys } from '../lists.ts';

const change = (session: Session, network: Partial<NetworkState>): Session => ({
  ...session,
  network: { ...session.network, ...network },
});

function fold(session: Session, wish: 'toggle' | 'open' | 'close'): Session {
  const graph = chosenGraph(session);
  if (graph === null) return session;
  const rows = treeOf(graph, session.network.closed);
  const row = rows[session.network.cursor];
  if (row === undefined) return session;
  const closed = new Set(session.network.closed);
  const isClosed = closed.has(row.path);
  if (row.branch && (wish === 'toggle' || (wish === 'open') === isClosed)) {
    if (isClosed) closed.delete(row.path);
    else closed.add(row.path);
    return change(session, { closed });
  }
  // From a layer the way out leads to the block around it.
  const parent = rows.findLastIndex(
    ({ depth }, index) => index < session.network.cursor && depth < row.depth,
  );
  return wish === 'close' && parent >= 0 ? change(session, { cursor: parent }) : session;
}

function binding(
  keys: readonly string[],
  shown: string,
  description: string,
  wish: 'toggle' | 'open' | 'close',
  footer: Binding['footer'],
): Binding {
  return {
    keys,
    shown,
    name: null,
    description,
    footer,
    views: ['network'],
    run: (session) => [fold(session, wish), []],
  };
}

/** Keys of the network. */
export const networkKeys: readonly Binding[] = [
  ...listKeys(
    'network',
    (session, by) => {
      const graph = chosenGraph(session);
      const count = graph === null ? 0 : treeOf(graph, session.network.closed).length;
      return change(session, { cursor: moved(session.network.cursor, by, count) });
    },
    'layer',
  ),
  binding([' ', 'return'], 'space', 'fold a block up, or open it', 'toggle', ['space', 'fold']),
  binding(['right', 'l'], '→ l', 'open a block', 'open', null),
  binding(['left', 'h'], '← h', 'fold a block up, or go to the block around', 'close', null),
  {
    keys: ['m'],
    shown: 'm',
    name: 'next experiment',
    description: 'the network of the next experiment of the spec',
    footer: ['m', 'experiment'],
    views: ['network'],
    run: (session) => {
      const count = session.specs.compiled?.experiments.length ?? 0;
      if (count === 0) return [session, []];
      const specs = { ...session.specs, cursor: (session.specs.cursor + 1) % count };
      return [change({ ...session, specs }, { cursor: 0 }), []];
    },
  },
];
