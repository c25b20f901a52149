import type { CompareState } from '../state/compare.ts';
import type { ImagesState } from '../state/images.ts';
import type { NetworkState } from '../state/network.ts';
import type { PlanState } from '../state/plan.ts';
import type { RunState } from '../state/run.ts';
import type { RunsState } from '../state/runs.ts';
import type { SpecsState } from '../state/specs.ts';
import type { Look } from '../theme/look.ts';
import type { Effect } from './effects.ts';
import type { PaletteState, Prompt, Question } from './prompts.ts';

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

/** A session after something has happened, and what is to be done about it. */
export type Step = readonly [Session, readonly Effect[]];

export function withNotice(session: Session, text: string, bad = false): Session {
  return { ...session, notice: { text, since: session.now, bad } };
}
