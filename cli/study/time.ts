import type { ToldTime } from '../../src/runtime/index.ts';
import { duration } from '../text/quantities.ts';

/** `2 h 5 min (1 h 30 min to 3 h 0 min)`; `–` for what is over. */
export function timeText({ ms, least, most }: ToldTime): string {
  return ms === 0 ? '–' : `${duration(ms)} (${duration(least)} to ${duration(most)})`;
}

/** Of what is done one after another. */
export function timeInSequence(times: readonly ToldTime[]): ToldTime {
  const sum = (time: keyof ToldTime) => times.reduce((all, one) => all + one[time], 0);
  return { ms: sum('ms'), least: sum('least'), most: sum('most') };
}
