import type {
  CatalogueRun,
  PictureReply,
  Preview,
  RunBrief,
  RunEvent,
  RunProgress,
  WantedPicture,
} from '../../../src/runtime/index.ts';
import type { Insight } from '../state/insight.ts';
import type { NetworkState } from '../state/network.ts';
import type { CaseImages } from '../state/pictures.ts';
import type { PlanState } from '../state/plan.ts';
import type { RunColumnName } from '../state/run-columns.ts';
import type { SpecsState } from '../state/specs.ts';
import type { Look } from '../theme/theme.ts';

export const viewNames = ['runs', 'run', 'compare', 'images', 'specs', 'plan', 'network'] as const;
export type ViewName = (typeof viewNames)[number];

/** All that the interface knows. Views read nothing else. */
export interface Session {
  readonly screen: { readonly columns: number; readonly rows: number };
  readonly look: Look;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The folder of run directories. */
  readonly parent: string;
  readonly view: ViewName;
  /** How many lines the help is scrolled; null while it is closed. */
  readonly help: number | null;
  readonly palette: PaletteState | null;
  readonly prompt: Prompt | null;
  readonly question: Question | null;
  /** What the interface last did: shown until the next key, or for a few seconds. */
  readonly notice: { readonly text: string; readonly since: number; readonly bad: boolean } | null;
  readonly runs: RunsState;
  readonly run: RunState | null;
  readonly compare: CompareState;
  readonly images: ImagesState;
  readonly specs: SpecsState;
  readonly plan: PlanState;
  readonly network: NetworkState;
  /** Runs that were deleted in this session, the last one last: for undo. */
  readonly deleted: readonly string[];
}

/** Text being typed, with its cursor. */
export interface Typed {
  readonly text: string;
  readonly cursor: number;
}

/** The list of all actions, narrowed by what is typed. */
export interface PaletteState extends Typed {
  readonly chosen: number;
}

/** A line to type something in. */
export interface Prompt extends Typed {
  readonly kind: PromptKind;
  readonly label: string;
  /** What the answer is about: a run directory, or a spec. */
  readonly subject: string;
  /** What is wrong with the text so far, or what it comes to. */
  readonly answer: {
    readonly text: string;
    readonly bad: boolean;
    /** A diagnostic with the place that it is about, for more room than one line. */
    readonly lines?: readonly string[];
  } | null;
}

export type PromptKind = 'filter' | 'note' | 'tag' | 'rate' | 'epochs' | 'clone';

/** A question that has to be answered with yes or no. */
export interface Question {
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly notice: string;
  readonly effects: readonly Effect[];
}

export interface RunsState {
  readonly all: readonly CatalogueRun[];
  /** How many folders hold a record that cannot be read. */
  readonly unreadable: number;
  /** Whether runs are still being read for the first time. */
  readonly loading: boolean;
  /** Of the rows shown. */
  readonly cursor: number;
  readonly sort: { readonly column: RunColumnName; readonly descending: boolean };
  readonly filter: string;
  readonly grouped: boolean;
  /** Folders of marked runs. */
  readonly marked: ReadonlySet<string>;
}

/** One run, with its steps. */
export interface RunState {
  readonly folder: string;
  readonly brief: RunBrief;
  readonly progress: RunProgress;
  /** The newest validation image by fold. */
  readonly previews: ReadonlyMap<number, Preview>;
  /** Whether a process works on the run; null before this was looked up. */
  readonly alive: boolean | null;
  /** Whether its journal is still being read for the first time. */
  readonly loading: boolean;
  /** Index into the curves that a run has. */
  readonly curve: number;
  /** Names of curves that are shown beside the chosen one. */
  readonly pinned: ReadonlySet<string>;
  /** The fold shown; null follows the one at work. */
  readonly fold: number | null;
  readonly allFolds: boolean;
  /** How much of the value before is kept, from 0 to below 1. */
  readonly smoothing: number;
  readonly log: boolean;
  /** The part of the epochs that is shown; null shows all. */
  readonly window: { readonly from: number; readonly to: number } | null;
  /** The whole image or the heart. */
  readonly zoom: boolean;
  readonly overlay: Overlay;
  readonly panel: 'curves' | 'log';
  /** How many entries the log is scrolled back. */
  readonly scroll: number;
}

/** How a mask is drawn over the image: coloured, in letters that need no colour, or not at all. */
export type Overlay = 'colours' | 'letters' | 'none';

export const nextOverlay: Readonly<Record<Overlay, Overlay>> = {
  colours: 'letters',
  letters: 'none',
  none: 'colours',
};

export const comparePanels = [
  'curves',
  'table',
  'tests',
  'spec',
  'folds',
  'confusion',
  'roc',
  'worst',
] as const;
export type ComparePanel = (typeof comparePanels)[number];

export interface CompareState {
  readonly panel: ComparePanel;
  /** Index into the metrics that all runs have. */
  readonly metric: number;
  readonly scroll: number;
  /** What was worked out about which runs; null before. */
  readonly insight: Insight | null;
  /** The runs that are being looked at, as a key; null when nothing is under way. */
  readonly working: string | null;
}

export interface ImagesState {
  readonly folder: string | null;
  readonly loading: boolean;
  readonly cases: readonly CaseImages[];
  /** Grey values of images whose pictures the run does not keep, read from its data when they were looked at. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  /** The image whose picture was asked for last, and why there is none. */
  readonly wanted: string | null;
  readonly problem: string | null;
  readonly cursor: number;
  readonly order: 'worst' | 'best' | 'name';
  readonly zoom: boolean;
  /** Four small pictures, or one of them large. */
  readonly single: boolean;
  readonly overlay: Overlay;
}

/** Everything that can happen. */
export type Message =
  | {
      readonly kind: 'catalogue';
      readonly runs: readonly CatalogueRun[];
      readonly loading: boolean;
      readonly unreadable?: number;
    }
  | { readonly kind: 'opened'; readonly folder: string; readonly brief: RunBrief }
  | {
      readonly kind: 'events';
      readonly folder: string;
      readonly events: readonly RunEvent[];
      readonly loading: boolean;
    }
  | { readonly kind: 'preview'; readonly folder: string; readonly fold: number; readonly preview: Preview }
  | { readonly kind: 'alive'; readonly folder: string; readonly alive: boolean }
  | { readonly kind: 'insight'; readonly insight: Insight }
  | { readonly kind: 'cases'; readonly folder: string; readonly cases: readonly CaseImages[] }
  | { readonly kind: 'picture'; readonly folder: string; readonly id: string; readonly reply: PictureReply }
  | { readonly kind: 'specs'; readonly specs: Partial<SpecsState> }
  | { readonly kind: 'plan'; readonly plan: Partial<PlanState> }
  | { readonly kind: 'answer'; readonly text: string; readonly answer: Prompt['answer'] }
  | { readonly kind: 'deleted'; readonly folders: readonly string[] }
  | { readonly kind: 'restored'; readonly folder: string }
  | { readonly kind: 'notice'; readonly text: string; readonly bad?: boolean }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'mouse'; readonly mouse: Mouse };

/** What a mouse does; rows and columns count from 0. */
export interface Mouse {
  readonly button: 'left' | 'wheelUp' | 'wheelDown';
  readonly row: number;
  readonly column: number;
}

/** What the world is asked to do. */
export type Effect =
  | { readonly kind: 'leave' }
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'stop' | 'resume'; readonly folder: string }
  /** Lets runs wait, or go on where all of them are to wait already. */
  | { readonly kind: 'pause'; readonly folders: readonly string[] }
  | { readonly kind: 'rate' | 'epochs'; readonly folder: string; readonly value: number }
  | { readonly kind: 'note' | 'tag'; readonly folder: string; readonly text: string }
  | { readonly kind: 'delete'; readonly folders: readonly string[] }
  | { readonly kind: 'restore'; readonly folder: string }
  | { readonly kind: 'loadPreview'; readonly folder: string; readonly fold: number; readonly file: string }
  | { readonly kind: 'insight'; readonly folders: readonly string[] }
  | { readonly kind: 'cases'; readonly folder: string }
  | { readonly kind: 'picture'; readonly folder: string; readonly wanted: WantedPicture }
  | { readonly kind: 'openSpec'; readonly path: string | null }
  | { readonly kind: 'check'; readonly spec: string; readonly experiment: string; readonly text: string }
  | {
      readonly kind: 'train';
      readonly spec: string;
      readonly experiment: string;
      readonly overrides: readonly string[];
    }
  | { readonly kind: 'plan'; readonly spec: string }
  | { readonly kind: 'sweep'; readonly spec: string; readonly study: string }
  | { readonly kind: 'export' };

/** A session after something has happened, and what is to be done about it. */
export type Step = readonly [Session, readonly Effect[]];

export function noticed(session: Session, text: string, bad = false): Session {
  return { ...session, notice: { text, since: session.now, bad } };
}
