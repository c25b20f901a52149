import { type CodeEntry, msg } from '../message.ts';

/** 1xx — text: tokens, syntax, edition. */
export const textCodes = {} as const satisfies Record<string, CodeEntry<never>>;
