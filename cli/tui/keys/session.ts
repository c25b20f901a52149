import { goTo } from '../session/go.ts';
import { noticed, viewNames } from '../session/session.ts';
import type { Binding } from './binding.ts';

const viewWords = {
  runs: 'the table of runs',
  run: 'the open run',
  compare: 'the marked runs side by side',
  images: 'held-out images with their masks',
  specs: 'specs with their mistakes and costs',
  plan: 'the trials of a spec with their time and memory',
  network: 'the layers of an experiment',
} as const;

/** What works in every view. */
export const sessionKeys: readonly Binding[] = [
  {
    keys: ['?', 'f1'],
    shown: '?',
    name: 'help',
    description: 'all keys',
    footer: ['?', 'keys'],
    views: 'all',
    run: (session) => [{ ...session, help: session.help === null ? 0 : null }, []],
  },
  {
    keys: [':', 'ctrl+p'],
    shown: ': ^p',
    name: null,
    description: 'all actions, by name',
    footer: [':', 'actions'],
    views: 'all',
    run: (session) => [{ ...session, palette: { text: '', cursor: 0, chosen: 0 } }, []],
  },
  ...viewNames.map(
    (view, index): Binding => ({
      keys: [String(index + 1)],
      shown: String(index + 1),
      name: `go to ${view}`,
      description: viewWords[view],
      footer: null,
      views: 'all',
      run: (session) => goTo(session, view),
    }),
  ),
  ...(['tab', 'shift+tab'] as const).map(
    (key): Binding => ({
      keys: [key],
      shown: key === 'tab' ? 'tab' : 'S-tab',
      name: null,
      description: key === 'tab' ? 'next view' : 'previous view',
      footer: null,
      views: 'all',
      run: (session) => {
        const at = viewNames.indexOf(session.view) + (key === 'tab' ? 1 : viewNames.length - 1);
        return goTo(session, viewNames[at % viewNames.length]!);
      },
    }),
  ),
  {
    keys: ['u'],
    shown: 'u',
    name: 'undo deletion',
    description: 'bring the run back that was deleted last',
    footer: null,
    views: 'all',
    run: (session) => {
      const folder = session.deleted.at(-1);
      return folder === undefined
        ? [noticed(session, 'nothing was deleted in this session'), []]
        : [session, [{ kind: 'restore', folder }]];
    },
  },
  {
    keys: ['E'],
    shown: 'E',
    name: 'export',
    description: 'write what is shown as SVG, and its numbers as CSV',
    footer: null,
    views: 'all',
    run: (session) => [session, [{ kind: 'export' }]],
  },
  {
    keys: [],
    shown: '',
    name: 'theme',
    description: 'dark or light colours',
    footer: null,
    views: 'all',
    run: ({ look, ...session }) => [
      { ...session, look: { ...look, ground: look.ground === 'dark' ? 'light' : 'dark' } },
      [],
    ],
  },
  {
    keys: [],
    shown: '',
    name: 'mask colours',
    description: "the paper's colours, or ones that colour-blind people tell apart",
    footer: null,
    views: 'all',
    run: ({ look, ...session }) => [
      { ...session, look: { ...look, masks: look.masks === 'paper' ? 'safe' : 'paper' } },
      [],
    ],
  },
  {
    keys: [],
    shown: '',
    name: 'ascii',
    description: 'only characters that every terminal has, or all',
    footer: null,
    views: 'all',
    run: ({ look, ...session }) => [{ ...session, look: { ...look, ascii: !look.ascii } }, []],
  },
  {
    keys: ['escape'],
    shown: 'esc',
    name: null,
    description: 'back: closes help, takes a filter away',
    footer: null,
    views: 'all',
    run: (session) => {
      if (session.help !== null) return [{ ...session, help: null }, []];
      if (session.view === 'run' && session.run?.panel === 'log')
        return [{ ...session, run: { ...session.run, panel: 'curves', scroll: 0 } }, []];
      if (session.view !== 'runs') return goTo(session, 'runs');
      return [{ ...session, runs: { ...session.runs, filter: '', cursor: 0 } }, []];
    },
  },
  {
    keys: ['q', 'ctrl+c'],
    shown: 'q',
    name: 'leave',
    description: 'leave; training goes on',
    footer: ['q', 'leave'],
    views: 'all',
    run: (session) =>
      session.help === null ? [session, [{ kind: 'leave' }]] : [{ ...session, help: null }, []],
  },
];
