import type { View } from '../../../plan/views.ts';
import type { GraphWriter } from './graph-writer.ts';

/** The rows and the columns of maps `[batch, channels, rows, columns]`. */
const [rows, columns] = [2, 3];

/** Maps as a view shows them: mirrored, then turned. */
export function viewed(w: GraphWriter, x: string, { horizontal, vertical, quarters }: View): string {
  return turned(w, mirrored(w, x, horizontal, vertical), quarters);
}

/** What {@link viewed} showed, as it was. */
export function broughtBack(w: GraphWriter, x: string, { horizontal, vertical, quarters }: View): string {
  return mirrored(w, turned(w, x, 4 - quarters), horizontal, vertical);
}

function mirrored(w: GraphWriter, x: string, horizontal: boolean, vertical: boolean): string {
  const across = horizontal ? w.reversed(x, columns) : x;
  return vertical ? w.reversed(across, rows) : across;
}

/** By quarters, counter-clockwise as it is seen. */
function turned(w: GraphWriter, x: string, quarters: number): string {
  switch (quarters % 4) {
    case 1:
      return w.reversed(w.transpose(x, [0, 1, 3, 2]), rows);
    case 2:
      return w.reversed(w.reversed(x, rows), columns);
    case 3:
      return w.reversed(w.transpose(x, [0, 1, 3, 2]), columns);
    default:
      return x;
  }
}
