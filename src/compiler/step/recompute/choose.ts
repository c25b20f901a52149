import { stepPeak } from '../memory.ts';
import { type Again, type Cuts, computeAgain, withoutCut } from './again.ts';
import { candidatesAt } from './candidates.ts';
import type { Heavy } from './heavy.ts';

/** Cuts, and where they lead. */
interface Choice {
  readonly cuts: Cuts;
  readonly again: Again;
  readonly peak: number;
  /** The place at which values take most. */
  readonly at: number;
}

/** How many cuts may follow one that helps where values took most, but makes them take as much elsewhere. */
const lookahead = 2;

/**
 * The cuts by which values take no more than `most` bytes at once, or as little as it finds. Of what is kept when values
 * take most, what saves most bytes per unit of work goes first; see Chen et al. 2016 (arXiv 1604.06174) for the trade.
 */
export function chooseCuts(heavy: Heavy, limit: number): Cuts {
  let now = tried(heavy, new Map());
  const refused = new Set<string>();
  let helped = false;
  while (now.peak > limit) {
    const next = candidatesAt(heavy, now.cuts, now.again, now.at).find(({ key }) => !refused.has(key));
    if (next === undefined) {
      // What did not help may do so now that others have gone.
      if (!helped || refused.size === 0) break;
      refused.clear();
      helped = false;
      continue;
    }
    const then = lower(heavy, now.peak, tried(heavy, next.cuts));
    if (then !== null) {
      now = then;
      helped = true;
    } else refused.add(next.key);
  }
  return now.peak > limit ? now.cuts : spared(heavy, now.cuts, limit);
}

/** A choice that takes less than `peak`: the one given, or with what it takes to bring down where it now takes most. */
function lower(heavy: Heavy, peak: number, choice: Choice): Choice | null {
  let now = choice;
  for (let more = 0; now.peak >= peak; more++) {
    const next = more < lookahead ? candidatesAt(heavy, now.cuts, now.again, now.at)[0] : undefined;
    if (next === undefined) return null;
    now = tried(heavy, next.cuts);
  }
  return now;
}

/** Cuts without those that turn out not to have been needed, the most work first. */
function spared(heavy: Heavy, cuts: Cuts, limit: number): Cuts {
  const all = [...cuts].flatMap(([id, times]) => times.map((time) => ({ id, time })));
  let now = cuts;
  for (const { id, time } of all.sort((one, other) => heavy.work[other.id]! - heavy.work[one.id]!)) {
    const fewer = withoutCut(now, id, time);
    if (tried(heavy, fewer).peak <= limit) now = fewer;
  }
  return now;
}

function tried(heavy: Heavy, cuts: Cuts): Choice {
  const again = computeAgain(heavy, cuts);
  return { cuts, again, ...stepPeak(again) };
}
