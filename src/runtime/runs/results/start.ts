import { existsSync } from 'node:fs';
import { readSealed } from '../../storage/seal.ts';

/** What a fold starts from, beside its plan; plain data that is kept, so that another try and another machine repeat it. */
export interface Start {
  /** How often training has begun again with other random weights. */
  readonly draw: number;
  /** By head, one number per channel: the logits, or the value, that it starts at. Heads that start at 0 are left out. */
  readonly headLogits: Readonly<Record<string, readonly number[]>>;
}

/** What a fold started from as it was kept; null where nothing sound was, so that it is measured anew. */
export function readStart(path: string): Start | null {
  if (!existsSync(path)) return null;
  const found = readSealed(path);
  if (typeof found === 'string') return null;
  const { draw, headLogits } = found.value as Partial<Start>;
  const sound = Number.isInteger(draw) && typeof headLogits === 'object' && headLogits !== null;
  return sound ? { draw: draw!, headLogits } : null;
}
