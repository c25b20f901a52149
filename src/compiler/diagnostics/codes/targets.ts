import { type CodeEntry, msg } from '../message.ts';

/** 7xx — targets: unsupported operations, legalisation, precision. */
export const targetCodes = {} as const satisfies Record<string, CodeEntry<never>>;
