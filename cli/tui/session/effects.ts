import type { WantedPicture } from '../../../src/runtime/index.ts';

/** What the world and the terminal are asked to do. */
export type Effect =
  | { readonly kind: 'leave' }
  /** Gives the terminal back to the shell until it brings this program to the front again. */
  | { readonly kind: 'suspend' }
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'stop' | 'resume'; readonly folder: string }
  /** Lets runs wait, or go on where all of them are to wait already. */
  | { readonly kind: 'pause'; readonly folders: readonly string[] }
  | { readonly kind: 'rate'; readonly folder: string; readonly value: number }
  | { readonly kind: 'epochs'; readonly folder: string; readonly value: number }
  | { readonly kind: 'note' | 'tag'; readonly folder: string; readonly text: string }
  | { readonly kind: 'delete'; readonly folders: readonly string[] }
  | { readonly kind: 'restore'; readonly folder: string }
  | { readonly kind: 'loadPreview'; readonly folder: string; readonly fold: number; readonly file: string }
  | { readonly kind: 'insight'; readonly folders: readonly string[] }
  | { readonly kind: 'cases'; readonly folder: string }
  | { readonly kind: 'picture'; readonly folder: string; readonly wanted: WantedPicture }
  /** Reads the network of a run, and how the weights of a fold are distributed; of its first fold where none is named. */
  | { readonly kind: 'network'; readonly folder: string; readonly fold: number | null }
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

/** What the world does; the rest is the terminal's. */
export type WorldEffect = Exclude<Effect, { kind: 'leave' | 'suspend' }>;
