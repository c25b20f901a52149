import { dataCodes } from './codes/data.ts';
import { environmentCodes } from './codes/environment.ts';
import { experimentCodes } from './codes/experiments.ts';
import { measureCodes } from './codes/measures.ts';
import { nameCodes } from './codes/names.ts';
import { shapeCodes } from './codes/shapes.ts';
import { targetCodes } from './codes/targets.ts';
import { textCodes } from './codes/text.ts';
import { trainingCodes } from './codes/training.ts';
import { typeCodes } from './codes/types.ts';
import { variantCodes } from './codes/variants.ts';
import type { Applicability, Cause, CodeEntry } from './message.ts';

/**
 * Every diagnostic there is, by name. The hundreds tell the phase:
 * 1xx text, 2xx names and imports, 3xx types, ranges and units, 4xx shapes, strides, rates and reach,
 * 5xx experiments, 6xx variants and sweeps, 7xx targets, 8xx data and what is measured on them, 9xx environment and
 * runs.
 */
export const codes = {
  ...textCodes,
  ...nameCodes,
  ...typeCodes,
  ...shapeCodes,
  ...experimentCodes,
  ...variantCodes,
  ...targetCodes,
  ...dataCodes,
  ...environmentCodes,
  ...trainingCodes,
  ...measureCodes,
};

const causes: ReadonlyMap<string, Cause> = new Map(
  Object.values(codes).map(({ code, cause }) => [code, cause]),
);

const training: ReadonlySet<string> = new Set(Object.values(trainingCodes).map(({ code }) => code));

/** Whether a code is of what training notices while it goes on, as that masks stay empty. */
export function isTrainingCode(code: string | null): boolean {
  return code !== null && training.has(code);
}

/** The part of a spec that a mistake of a code arises from. */
export function causeOf(code: string): Cause {
  return causes.get(code)!;
}

/** The names of all diagnostics, such as `concatShape`. */
export type CodeName = keyof typeof codes;

/** The names of the edits that helps of a code may offer. */
export type FixName<N extends CodeName> = (typeof codes)[N] extends {
  readonly fixes: Readonly<Record<infer F extends string, Applicability>>;
}
  ? F
  : never;

/** Whether an edit of a code may be made unseen. */
export function applicabilityOf<N extends CodeName>(name: N, fix: FixName<N>): Applicability {
  const { fixes }: CodeEntry<never> = codes[name];
  return fixes![fix]!;
}

/** The holes that the message of a code has. */
export type MessageArguments<N extends CodeName> = Parameters<(typeof codes)[N]['message']>[0];
