/** What training remembers of the validation losses so far; plain data that belongs in a checkpoint. */
export interface Selection {
  /** The epoch with the lowest validation loss and that loss; 0 and null before the first. */
  readonly epoch: number;
  readonly loss: number | null;
  /** Epochs since then, or since the last plateau. */
  readonly since: number;
  /** How often a plateau was reached. */
  readonly plateaus: number;
}

export const noSelection: Selection = { epoch: 0, loss: null, since: 0, plateaus: 0 };

/** The memory in a checkpoint's state; the one before any epoch where it holds none. */
export function selectionIn(state: Readonly<Record<string, unknown>> | undefined): Selection {
  return (state?.['selection'] as Selection | undefined) ?? noSelection;
}
