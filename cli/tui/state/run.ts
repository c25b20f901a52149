import type { Preview, RunBrief, RunProgress } from '../../../src/runtime/index.ts';
import type { Overlay } from '../widgets/overlay.ts';
import type { Axis } from './axis.ts';

/** One run, with its steps. */
export interface RunState {
  readonly folder: string;
  readonly brief: RunBrief;
  readonly progress: RunProgress;
  /** The newest validation image by fold; null where its file is gone or damaged. */
  readonly previews: ReadonlyMap<number, Preview | null>;
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
  readonly axis: Axis;
  /** The part of the axis that is shown; null shows all. */
  readonly window: { readonly from: number; readonly to: number } | null;
  /** The whole image or the heart. */
  readonly zoom: boolean;
  readonly overlay: Overlay;
  /** The structure whose masks the picture shows; null shows all as one. */
  readonly structure: string | null;
  readonly panel: 'curves' | 'log';
  /** How many entries the log is scrolled back. */
  readonly scroll: number;
}
