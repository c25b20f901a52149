import { type CodeEntry, msg } from '../message.ts';

/** 4xx — shapes, strides, rates and reach. */
export const shapeCodes = {} as const satisfies Record<string, CodeEntry<never>>;
