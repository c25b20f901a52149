import { type Action, isActive, isDone, type State } from './state.ts';

/** One line of the keymap: drives the input, the footer and the help screen. */
export interface Binding {
  /** As {@link keyName} names them. */
  readonly keys: readonly string[];
  /** The keys as shown. */
  readonly shown: string;
  /** Keys and a word for the footer; null leaves it out there. */
  readonly footer: readonly [keys: string, word: string] | null;
  readonly description: string;
  readonly action: Action;
  /** Whether the key means this at the moment. The first binding that applies wins. */
  readonly when: (state: State) => boolean;
}

const always = () => true;
const asking = (state: State) => state.asking !== null;
const inRun = (state: State) => state.view === 'run';
const inLog = (state: State) => state.view === 'log';
const manyFolds = (state: State) => state.run.folds.length > 1;

/** Every key there is, in the order in which help and footer show them. */
export const keymap: readonly Binding[] = [
  {
    keys: ['y', 'return'],
    shown: 'y',
    footer: ['y', 'yes, stop'],
    description: 'stop, when asked',
    action: 'yes',
    when: asking,
  },
  {
    keys: ['n', 'escape', 'q', 'x', 'ctrl+c'],
    shown: 'n',
    footer: ['n', 'no, go on'],
    description: 'go on, when asked',
    action: 'no',
    when: asking,
  },
  {
    keys: ['down', 'tab', 'j'],
    shown: '↓',
    footer: null,
    description: 'next curve',
    action: 'nextCurve',
    when: inRun,
  },
  {
    keys: ['up', 'shift+tab', 'k'],
    shown: '↑',
    footer: ['↑↓', 'curve'],
    description: 'previous curve',
    action: 'previousCurve',
    when: inRun,
  },
  {
    keys: ['right'],
    shown: '→',
    footer: null,
    description: 'next fold',
    action: 'nextFold',
    when: (state) => inRun(state) && manyFolds(state),
  },
  {
    keys: ['left'],
    shown: '←',
    footer: ['←→', 'fold'],
    description: 'previous fold',
    action: 'previousFold',
    when: (state) => inRun(state) && manyFolds(state),
  },
  {
    keys: ['up', 'k'],
    shown: '↑',
    footer: ['↑↓', 'scroll'],
    description: 'in the log: older lines',
    action: 'scrollUp',
    when: inLog,
  },
  {
    keys: ['down', 'j'],
    shown: '↓',
    footer: null,
    description: 'in the log: newer lines',
    action: 'scrollDown',
    when: inLog,
  },
  {
    keys: ['z'],
    shown: 'z',
    footer: ['z', 'zoom'],
    description: 'the heart, or the whole image',
    action: 'zoom',
    when: inRun,
  },
  {
    keys: ['o'],
    shown: 'o',
    footer: ['o', 'overlay'],
    description: 'mask in colours, in letters, or none',
    action: 'overlay',
    when: inRun,
  },
  {
    keys: ['l'],
    shown: 'l',
    footer: ['l', 'log'],
    description: 'the whole log',
    action: 'log',
    when: always,
  },
  {
    keys: ['x'],
    shown: 'x',
    footer: ['x', 'stop'],
    description: 'stop training, after asking',
    action: 'stop',
    when: always,
  },
  {
    keys: ['r'],
    shown: 'r',
    footer: ['r', 'go on'],
    description: 'go on with a stopped run',
    action: 'resume',
    when: always,
  },
  {
    keys: ['?', 'h'],
    shown: '?',
    footer: ['?', 'keys'],
    description: 'this help',
    action: 'help',
    when: always,
  },
  {
    keys: ['escape'],
    shown: 'esc',
    footer: null,
    description: 'back to the run',
    action: 'back',
    when: (state) => state.view !== 'run',
  },
  {
    keys: ['q', 'ctrl+c'],
    shown: 'q',
    footer: ['q', 'leave'],
    description: 'leave; training goes on',
    action: 'leave',
    when: always,
  },
];

/** What a key means at the moment, or null. While a question is open only its answers count. */
export function actionFor(state: State, key: string): Action | null {
  const binding = keymap.find(
    (entry) => entry.keys.includes(key) && entry.when(state) && (!asking(state) || entry.when === asking),
  );
  return binding?.action ?? null;
}

/** The bindings that the footer shows at the moment. */
export function footerBindings(state: State): readonly Binding[] {
  const active = isActive(state);
  const useless = new Set<Action>([
    ...(active || isDone(state) ? (['resume'] as const) : []),
    ...(active ? [] : (['stop'] as const)),
  ]);
  return keymap.filter(
    (entry) =>
      entry.footer !== null &&
      !useless.has(entry.action) &&
      entry.when(state) &&
      asking(state) === (entry.when === asking),
  );
}

/** The parts of Ink's key that tell keys apart. */
export interface PressedKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
}

/** A name for what was pressed: `q`, `ctrl+c`, `up`, `shift+tab`. */
export function keyName(input: string, key: PressedKey): string {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.return) return 'return';
  if (key.escape) return 'escape';
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  return key.ctrl ? `ctrl+${input}` : input;
}
