import { elements } from '../../ir/shape.ts';
import { stepCost, valueCost } from '../cost.ts';
import { stepPeak } from '../memory.ts';
import type { PrimitiveName, StepProgram } from '../program.ts';
import { type Again, built, type Cuts, computeAgain } from './again.ts';
import { chooseCuts } from './choose.ts';
import { type Heavy, heavyPart } from './heavy.ts';

/** A training step made to fit into memory, and what that costs. Bytes count what is given and all that is computed. */
export interface Fitted {
  readonly program: StepProgram;
  readonly budget: number;
  /** At most, when all is kept, and as it is now. */
  readonly before: number;
  readonly after: number;
  /** The share of multiply-adds that came on top. */
  readonly extra: number;
  /** What is no longer kept, in the order of the way forward. */
  readonly recomputed: readonly Recomputed[];
}

export interface Recomputed {
  readonly path: string;
  readonly op: PrimitiveName;
  readonly bytes: number;
  /** Of computing it once. */
  readonly multiplyAdds: number;
  /** How often it is computed beside the first time. */
  readonly times: number;
}

/** Values of a smaller share of the peak are left out of the search. */
const smallShare = 1 / 2000;

/**
 * Computes values anew on the way back instead of keeping them, until the step takes no more than `budget` bytes or
 * nothing helps any more. Results stay the same, bit for bit.
 */
export function fitMemory(program: StepProgram, budget: number): Fitted {
  const { given, peak } = stepPeak(program);
  const available = budget - given;
  const { cuts, again } = peak <= available ? uncut(program) : search(program, available, peak);
  const fitted = cuts.size === 0 ? program : built(program.name, again);
  const before = stepCost(program).total;
  return {
    program: fitted,
    budget,
    before: given + peak,
    after: given + stepPeak(fitted).peak,
    extra: before === 0 ? 0 : stepCost(fitted).total / before - 1,
    recomputed: recomputedBy(program, cuts),
  };
}

interface Found {
  readonly cuts: Cuts;
  readonly again: Again;
}

function uncut(program: StepProgram): Found {
  const cuts: Cuts = new Map();
  return { cuts, again: computeAgain(program, cuts) };
}

/** The search sees large values only: where small ones take it above the limit, it begins again with a lower one. */
function search(program: StepProgram, available: number, peak: number): Found {
  const heavy = heavyPart(program, smallShare * peak);
  let limit = available;
  let best = { ...uncut(program), peak };
  for (let attempt = 0; attempt < 3 && best.peak > available; attempt++) {
    const cuts = inProgram(chooseCuts(heavy, limit), heavy);
    const again = computeAgain(program, cuts);
    const found = { cuts, again, peak: stepPeak(again).peak };
    limit -= 2 * Math.max(0, found.peak - available);
    if (found.peak < best.peak) best = found;
  }
  return best;
}

/** Cuts of a part of a program as cuts of the program. */
function inProgram(cuts: Cuts, { ids }: Heavy): Cuts {
  return new Map(
    [...cuts]
      .filter(([, times]) => times.length > 0)
      .map(([id, times]) => [ids[id]!, times.map((time) => ids[time]!)]),
  );
}

function recomputedBy(program: StepProgram, cuts: Cuts): readonly Recomputed[] {
  return [...cuts]
    .sort(([one], [other]) => one - other)
    .map(([id, times]) => {
      const value = program.values[id]!;
      return {
        path: value.origin.path,
        op: value.op,
        bytes: 4 * elements(value.shape),
        multiplyAdds: valueCost(program, value),
        times: times.length,
      };
    });
}
