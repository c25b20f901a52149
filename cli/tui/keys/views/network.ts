import { movedCursor } from '../../drawing/cursor.ts';
import { chosenGraph } from '../../session/chosen.ts';
import { ofExperiment } from '../../session/go.ts';
import type { Session } from '../../session/session.ts';
import { type NetworkState, treeOf } from '../../state/network.ts';
import { type Binding, bindingsIn } from '../binding.ts';
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

const hasDistributions = ({ network }: Session) => (network.run?.distributions.length ?? 0) > 0;

/** Keys of the network. */
export const networkKeys: readonly Binding[] = bindingsIn('network', [
  ...listKeys((session, by) => {
    const graph = chosenGraph(session);
    const count = graph === null ? 0 : treeOf(graph, session.network.closed).length;
    return change(session, { cursor: movedCursor(session.network.cursor, by, count), weight: 0 });
  }, 'layer'),
  {
    keys: [' ', 'return'],
    shown: 'space',
    name: 'open or close block',
    description: 'fold a block up, or open it',
    footer: ['space', 'fold'],
    run: (session) => [fold(session, 'toggle'), []],
  },
  {
    keys: ['right', 'l'],
    shown: '→ l',
    name: 'open block',
    description: 'open a block',
    run: (session) => [fold(session, 'open'), []],
  },
  {
    keys: ['left', 'h'],
    shown: '← h',
    name: 'leave block',
    description: 'fold a block up, or go to the block around',
    run: (session) => [fold(session, 'close'), []],
  },
  {
    keys: ['t'],
    shown: 't',
    name: 'next weight',
    description: 'the distribution of the next weight of the layer',
    footer: ['t', 'weight'],
    when: hasDistributions,
    run: (session) => [change(session, { weight: session.network.weight + 1 }), []],
  },
  {
    keys: ['d'],
    shown: 'd',
    name: 'distributions or reach',
    description: 'how weights and gradients are distributed, or what dilated stacks read',
    footer: ['d', 'reach'],
    when: hasDistributions,
    run: (session) => {
      const panel = session.network.panel === 'coverage' ? 'distributions' : 'coverage';
      return [change(session, { panel }), []];
    },
  },
  {
    keys: ['m'],
    shown: 'm',
    name: 'next experiment',
    description: 'the network of the next experiment of the spec; of a run, that of the spec',
    footer: ['m', 'experiment'],
    run: (session) => {
      if (session.network.run !== null) return ofExperiment(session);
      const count = session.specs.compiled?.experiments.length ?? 0;
      if (count === 0) return [session, []];
      const specs = { ...session.specs, cursor: (session.specs.cursor + 1) % count };
      return [change({ ...session, specs }, { cursor: 0 }), []];
    },
  },
]);
