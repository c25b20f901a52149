import { type CodeEntry, msg } from '../message.ts';

/** 6xx — variants, sweeps, overrides. */
export const variantCodes = {} as const satisfies Record<string, CodeEntry<never>>;
