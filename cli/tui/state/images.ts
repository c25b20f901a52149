import type { PackedCase, Preview } from '../../../src/runtime/index.ts';
import type { Overlay } from '../widgets/overlay.ts';

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
  /** The structure whose masks and values are shown; null shows all as one. */
  readonly structure: string | null;
}

/** Something to look at: a held-out image of a finished fold, or one that was drawn while a fold was trained. */
export type CaseImages =
  | (PackedCase & { readonly kind: 'case' })
  | {
      readonly kind: 'preview';
      readonly id: string;
      readonly fold: number;
      readonly epoch: number;
      readonly preview: Preview;
    };
