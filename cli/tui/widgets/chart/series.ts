import type { Role } from '../../theme/colours.ts';

/** A curve: joined points, single marks, or both. */
export interface Series {
  readonly role: Role;
  readonly points: readonly Point[];
  readonly joined: boolean;
  /** A character put on every point, so that curves differ without colour. */
  readonly mark: string | null;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  readonly series: readonly Series[];
  /** A level to compare with, drawn dashed. */
  readonly reference: { readonly y: number; readonly label: string } | null;
  /** The range of the horizontal axis, its label, and what a 1 on it stands for; 1 where it is left out. */
  readonly x: {
    readonly from: number;
    readonly to: number;
    readonly label: string;
    readonly unit?: number;
  };
  /** Whether heights are logarithms; values that are not above 0 are left out then. */
  readonly log?: boolean;
  /** The range of the vertical axis; that of what is shown where it is left out. */
  readonly y?: { readonly from: number; readonly to: number };
}
