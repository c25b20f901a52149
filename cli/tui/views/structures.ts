import { isLost, structuresText } from '../../text/structures.ts';
import type { Span } from '../drawing/lines.ts';

/**
 * ` (rv 0.00 · myo 0.71 · lv 0.90)`; a structure of which nothing is found stands out.
 * @param chosen the structure that is looked at, which is marked; null where all are
 */
export function structureSpans(
  values: readonly (readonly [structure: string, value: number | null])[],
  metric: string,
  chosen: string | null = null,
): readonly Span[] {
  if (values.length === 0) return [];
  const parts = values.flatMap((entry, index): Span[] => [
    index === 0 ? ' (' : ' · ',
    ...(entry[0] === chosen ? ([['key', '›']] as const) : []),
    [isLost(entry[1], metric) ? 'bad' : entry[0] === chosen ? 'plain' : 'quiet', structuresText([entry])],
  ]);
  return [...parts, ')'];
}
