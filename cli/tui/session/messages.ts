import type {
  CatalogueRun,
  DamagedRun,
  PictureReply,
  Preview,
  RunBrief,
  RunEvent,
} from '../../../src/runtime/index.ts';
import type { Insight } from '../state/compare.ts';
import type { CaseImages } from '../state/images.ts';
import type { RunNetwork } from '../state/network.ts';
import type { PlanState } from '../state/plan.ts';
import type { SpecsState } from '../state/specs.ts';
import type { Prompt } from './prompts.ts';

/** Everything that can happen. */
export type Message =
  | {
      readonly kind: 'catalogue';
      readonly runs: readonly CatalogueRun[];
      readonly loading: boolean;
      readonly damaged?: readonly DamagedRun[];
    }
  | { readonly kind: 'opened'; readonly folder: string; readonly brief: RunBrief }
  | {
      readonly kind: 'events';
      readonly folder: string;
      readonly events: readonly RunEvent[];
      readonly loading: boolean;
    }
  | {
      readonly kind: 'preview';
      readonly folder: string;
      readonly fold: number;
      readonly preview: Preview | null;
    }
  | { readonly kind: 'alive'; readonly folder: string; readonly alive: boolean }
  | { readonly kind: 'insight'; readonly insight: Insight }
  | { readonly kind: 'cases'; readonly folder: string; readonly cases: readonly CaseImages[] }
  | { readonly kind: 'picture'; readonly folder: string; readonly id: string; readonly reply: PictureReply }
  /** Null where it could not be read. */
  | { readonly kind: 'network'; readonly folder: string; readonly run: RunNetwork | null }
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
