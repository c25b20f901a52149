import {
  advance,
  type FoldProgress,
  noProgress,
  type Preview,
  type RunEvent,
  type RunProgress,
  type RunRecord,
} from '../../src/runtime/index.ts';
import { askedMetrics } from '../metric-names.ts';

/** All that the interface knows. Views read nothing else. */
export interface State {
  readonly run: RunSummary;
  readonly progress: RunProgress;
  /** The newest validation image by fold. */
  readonly previews: ReadonlyMap<number, Preview>;
  readonly view: 'run' | 'log' | 'help';
  /** Index into {@link curves}. */
  readonly curve: number;
  /** The fold shown; null follows the one at work. */
  readonly fold: number | null;
  /** The whole image or the heart. */
  readonly zoom: boolean;
  readonly overlay: Overlay;
  /** How many lines the log is scrolled back. */
  readonly scroll: number;
  readonly asking: 'stop' | null;
  /** What the interface last did: shown until the next key, or for a few seconds. */
  readonly notice: { readonly text: string; readonly since: number } | null;
  /** Whether a process works on the run; null before this was looked up. */
  readonly alive: boolean | null;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the record says that the interface shows. */
export interface RunSummary {
  readonly folder: string;
  readonly experiment: string;
  readonly spec: string;
  readonly folds: readonly number[];
  /** Of the experiment; `folds` may name fewer. */
  readonly foldCount: number;
  /** As `segmentation.dsc`, in the order of the spec. */
  readonly metrics: readonly string[];
  /** Heads that are trained, in order. */
  readonly heads: readonly string[];
  readonly reported: Readonly<Record<string, number>>;
}

/** How a mask is drawn over the image: coloured, in letters that need no colour, or not at all. */
export type Overlay = 'colours' | 'letters' | 'none';

/** Everything that can happen. */
export type Message =
  | { /** New events of the run. */ readonly kind: 'events'; readonly events: readonly RunEvent[] }
  | {
      /** A validation image was read. */ readonly kind: 'preview';
      readonly fold: number;
      readonly preview: Preview;
    }
  | {
      /** Someone looked whether a process works on the run. */ readonly kind: 'alive';
      readonly alive: boolean;
    }
  | { /** An effect has something to say. */ readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'tick'; readonly now: number }
  | { /** A key of the keymap was pressed. */ readonly kind: 'action'; readonly action: Action };

/** What keys do. */
export type Action =
  | 'leave'
  | 'stop'
  | 'yes'
  | 'no'
  | 'resume'
  | 'nextCurve'
  | 'previousCurve'
  | 'nextFold'
  | 'previousFold'
  | 'zoom'
  | 'overlay'
  | 'log'
  | 'help'
  | 'back'
  | 'scrollUp'
  | 'scrollDown';

/** What the world is asked to do. */
export type Effect =
  | { readonly kind: 'leave' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'loadPreview'; readonly fold: number; readonly file: string };

/** What an experiment's record says in the interface's terms. */
export function summarise(folder: string, record: RunRecord): RunSummary {
  const { plan } = record;
  return {
    folder,
    experiment: plan.experiment,
    spec: plan.source,
    folds: record.folds,
    foldCount: plan.evaluate.folds.count,
    metrics: askedMetrics(plan.evaluate),
    heads: plan.heads.filter((head) => head.trained).map((head) => head.name),
    reported: plan.reported,
  };
}

export function initialState(
  run: RunSummary,
  screen: {
    readonly columns: number;
    readonly rows: number;
    readonly now: number;
    readonly overlay: Overlay;
  },
): State {
  return {
    run,
    progress: noProgress,
    previews: new Map(),
    view: 'run',
    curve: 0,
    fold: null,
    zoom: true,
    scroll: 0,
    asking: null,
    notice: null,
    alive: null,
    ...screen,
  };
}

/** The state after a message, and what is to be done about it. Pure. */
export function update(state: State, message: Message): readonly [State, readonly Effect[]] {
  switch (message.kind) {
    case 'events':
      return withEvents(state, message.events);
    case 'preview':
      return [{ ...state, previews: new Map([...state.previews, [message.fold, message.preview]]) }, []];
    case 'alive':
      return [{ ...state, alive: message.alive }, []];
    case 'notice':
      return [noticed(state, message.text), []];
    case 'resized':
      return [{ ...state, columns: message.columns, rows: message.rows }, []];
    case 'tick':
      return [{ ...state, now: message.now, notice: stillNew(state.notice, message.now) }, []];
    case 'action':
      return act({ ...state, notice: null }, message.action);
    default:
      return message satisfies never;
  }
}

function withEvents(state: State, events: readonly RunEvent[]): readonly [State, readonly Effect[]] {
  const progress = advance(state.progress, events);
  const effects = [...progress.folds.values()].flatMap(({ fold, image }) =>
    image === null || image === state.progress.folds.get(fold)?.image
      ? []
      : [{ kind: 'loadPreview' as const, fold, file: image.file }],
  );
  return [{ ...state, progress }, effects];
}

function act(state: State, action: Action): readonly [State, readonly Effect[]] {
  switch (action) {
    case 'leave':
      return [state, [{ kind: 'leave' }]];
    case 'stop':
      return isActive(state)
        ? [{ ...state, asking: 'stop' }, []]
        : [noticed(state, 'nothing is being trained'), []];
    case 'yes':
      return [noticed({ ...state, asking: null }, 'stopping after the current step'), [{ kind: 'stop' }]];
    case 'no':
      return [{ ...state, asking: null }, []];
    case 'resume':
      if (isActive(state)) return [noticed(state, 'training is going on'), []];
      if (isDone(state)) return [noticed(state, 'every fold is finished'), []];
      return [noticed({ ...state, alive: null }, 'going on'), [{ kind: 'resume' }]];
    case 'nextCurve':
      return [{ ...state, curve: wrap(state.curve + 1, curves(state.run).length) }, []];
    case 'previousCurve':
      return [{ ...state, curve: wrap(state.curve - 1, curves(state.run).length) }, []];
    case 'nextFold':
      return [{ ...state, fold: neighbour(state, 1) }, []];
    case 'previousFold':
      return [{ ...state, fold: neighbour(state, -1) }, []];
    case 'zoom':
      return [{ ...state, zoom: !state.zoom }, []];
    case 'overlay':
      return [{ ...state, overlay: nextOverlay[state.overlay] }, []];
    case 'log':
      return [{ ...state, view: state.view === 'log' ? 'run' : 'log', scroll: 0 }, []];
    case 'help':
      return [{ ...state, view: state.view === 'help' ? 'run' : 'help' }, []];
    case 'back':
      return [{ ...state, view: 'run', scroll: 0 }, []];
    case 'scrollUp':
      return [
        { ...state, scroll: Math.max(0, Math.min(state.scroll + 1, state.progress.log.length - 1)) },
        [],
      ];
    case 'scrollDown':
      return [{ ...state, scroll: Math.max(0, state.scroll - 1) }, []];
    default:
      return action satisfies never;
  }
}

const noticeMs = 4000;

function noticed(state: State, text: string): State {
  return { ...state, notice: { text, since: state.now } };
}

function stillNew(notice: State['notice'], now: number): State['notice'] {
  return notice !== null && now - notice.since < noticeMs ? notice : null;
}

const nextOverlay: Readonly<Record<Overlay, Overlay>> = {
  colours: 'letters',
  letters: 'none',
  none: 'colours',
};

/** The fold on the screen, once it has spoken. */
export function shownFold(state: State): FoldProgress | undefined {
  return state.progress.folds.get(state.fold ?? state.progress.current);
}

/** Whether a process works on the run, as far as is known. */
export function isActive(state: State): boolean {
  if (state.alive !== null) return state.alive;
  return [...state.progress.folds.values()].some((fold) => fold.state === 'running');
}

/** Whether every fold of the run is finished. */
export function isDone(state: State): boolean {
  return state.run.folds.every((fold) => state.progress.folds.get(fold)?.state === 'finished');
}

/** Something that can be drawn over the epochs. */
export interface Curve {
  readonly name: string;
  /** The head whose training loss it shows, `loss` for their sum; null for a held-out metric alone. */
  readonly train: 'loss' | { readonly head: string } | null;
  /** The key among an epoch's held-out values. */
  readonly heldOut: string;
}

/** All curves of a run in the order in which keys go through them. */
export function curves(run: RunSummary): readonly Curve[] {
  const heads = run.heads.length > 1 ? run.heads : [];
  return [
    { name: 'loss', train: 'loss', heldOut: 'loss' },
    ...heads.map((head) => ({ name: `${head} loss`, train: { head }, heldOut: `${head}.loss` })),
    ...run.metrics.map((name) => ({ name, train: null, heldOut: name })),
  ];
}

function neighbour(state: State, step: number): number {
  const { folds } = state.run;
  const at = folds.indexOf(state.fold ?? state.progress.current);
  return folds[wrap(at + step, folds.length)] ?? 1;
}

function wrap(index: number, count: number): number {
  return ((index % count) + count) % count;
}
