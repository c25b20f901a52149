import type { Value } from './value.ts';

/** Why a metric has no value whose head no loss ever taught: what such a head answers says nothing. */
export const untrained = 'untrained';

/** How a measure of a head is computed from images. */
interface Computed {
  over(members: readonly unknown[]): Value;
  samples(members: readonly unknown[]): readonly Value[];
}

/** The same without values. */
export const noValues: Computed = {
  over: () => ({ reason: untrained }),
  samples: (members) => members.map(() => ({ reason: untrained })),
};

/** What stands in a table where there is no number. */
export function blank(value: { readonly reason: string | null } | undefined): string {
  return value?.reason === untrained ? untrained : '–';
}
