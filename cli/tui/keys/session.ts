import { goTo } from '../session/go.ts';
import { viewNames, withNotice } from '../session/session.ts';
import { type Action, type Binding, bindingsIn } from './binding.ts';

const viewWords = {
  runs: 'the table of runs',
  run: 'the open run',
  compare: 'the marked runs side by side',
  images: 'held-out images with their masks',
  specs: 'specs with their mistakes and costs',
  plan: 'the trials of a spec with their time and memory',
  network: 'the layers of the run, or of the experiment of a spec',
} as const;

/** What works in every view. */
export const sessionKeys: readonly Binding[] = bindingsIn('all', [
  {
    keys: ['?', 'f1'],
    shown: '?',
    name: 'help',
    description: 'all keys',
    footer: ['?', 'keys'],
    run: (session) => [{ ...session, help: session.help === null ? 0 : null }, []],
  },
  {
    keys: [':', 'ctrl+p'],
    shown: ': ^p',
    description: 'all actions, by name',
    footer: [':', 'actions'],
    run: (session) => [{ ...session, palette: { text: '', cursor: 0, chosen: 0 } }, []],
  },
  ...viewNames.map(
    (view, index): Action => ({
      keys: [String(index + 1)],
      shown: String(index + 1),
      name: `go to ${view}`,
      description: viewWords[view],
      run: (session) => goTo(session, view),
    }),
  ),
  ...(['tab', 'shift+tab'] as const).map(
    (key): Action => ({
      keys: [key],
      shown: key === 'tab' ? 'tab' : 'S-tab',
      name: key === 'tab' ? 'next view' : 'previous view',
      description: key === 'tab' ? 'next view' : 'previous view',
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
    run: (session) => {
      const folder = session.deleted.at(-1);
      return folder === undefined
        ? [withNotice(session, 'nothing was deleted in this session'), []]
        : [session, [{ kind: 'restore', folder }]];
    },
  },
  {
    keys: ['E'],
    shown: 'E',
    name: 'export',
    description: 'write what is shown as SVG, and its numbers as CSV',
    run: (session) => [session, [{ kind: 'export' }]],
  },
  {
    keys: [],
    shown: '',
    name: 'theme',
    description: 'dark or light colours',
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
    run: ({ look, ...session }) => [{ ...session, look: { ...look, ascii: !look.ascii } }, []],
  },
  {
    keys: ['escape'],
    shown: 'esc',
    name: 'back',
    description: 'back: closes help, takes a filter away',
    run: (session) => {
      if (session.help !== null) return [{ ...session, help: null }, []];
      if (session.view === 'run' && session.run?.panel === 'log')
        return [{ ...session, run: { ...session.run, panel: 'curves', scroll: 0 } }, []];
      if (session.view !== 'runs') return goTo(session, 'runs');
      return [{ ...session, runs: { ...session.runs, filter: '', cursor: 0 } }, []];
    },
  },
  {
    keys: ['ctrl+z'],
    shown: '^Z',
    name: 'suspend',
    description: 'back to the shell, until `fg` brings this here again',
    run: (session) => [session, [{ kind: 'suspend' }]],
  },
  {
    keys: ['q', 'ctrl+c'],
    shown: 'q',
    name: 'leave',
    description: 'leave; training goes on',
    footer: ['q', 'leave'],
    run: (session) =>
      session.help === null ? [session, [{ kind: 'leave' }]] : [{ ...session, help: null }, []],
  },
]);
