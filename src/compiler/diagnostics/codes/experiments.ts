import { type CodeEntry, msg } from '../message.ts';

/** 5xx — experiments: losses, heads, metrics, folds. */
export const experimentCodes = {} as const satisfies Record<string, CodeEntry<never>>;
