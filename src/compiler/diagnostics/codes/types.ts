import { type CodeEntry, msg } from '../message.ts';

/** 3xx — types, parameters, ranges, units. */
export const typeCodes = {} as const satisfies Record<string, CodeEntry<never>>;
