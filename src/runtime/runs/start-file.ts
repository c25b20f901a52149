import { existsSync, readFileSync } from 'node:fs';
import type { Start } from '../train/start.ts';

/** What a fold started from as it was kept; null where nothing sound was, so that it is measured anew. */
export function readStart(path: string): Start | null {
  if (!existsSync(path)) return null;
  try {
    const { draw, headLogits } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Start>;
    const sound = Number.isInteger(draw) && typeof headLogits === 'object' && headLogits !== null;
    return sound ? { draw: draw!, headLogits } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
