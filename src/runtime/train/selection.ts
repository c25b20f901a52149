import type { TrainSettings } from '../../compiler/index.ts';
import type { Selection } from '../runs/results/selection.ts';

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
