import type { Effect } from './effects.ts';

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
