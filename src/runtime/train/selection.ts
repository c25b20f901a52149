import type { TrainSettings } from '../../compiler/index.ts';

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

/** The memory after one more epoch. A loss that is no better than the best so far counts towards a plateau. */
export function select(before: Selection, epoch: number, loss: number, train: TrainSettings): Selection {
  if (before.loss === null || loss < before.loss) return { ...before, epoch, loss, since: 0 };
  const since = before.since + 1;
  const { schedule } = train;
  const reached = schedule.kind === 'plateau' && since >= schedule.patience;
  return reached ? { ...before, since: 0, plateaus: before.plateaus + 1 } : { ...before, since };
}

/** Whether training has gone on for long enough without a better validation loss. */
export function isOver(selection: Selection, epoch: number, { patience }: TrainSettings): boolean {
  return patience !== null && selection.loss !== null && epoch - selection.epoch >= patience;
}

/** The memory in a checkpoint's state; the one before any epoch where it holds none. */
export function selectionIn(state: Readonly<Record<string, unknown>> | undefined): Selection {
  return (state?.['selection'] as Selection | undefined) ?? noSelection;
}
