import { type CodeEntry, msg } from '../message.ts';

/** 2xx — names, imports and cycles. */
export const nameCodes = {} as const satisfies Record<string, CodeEntry<never>>;
