import { type CodeEntry, msg } from '../message.ts';

/** 9xx — environment and runs: backends, run folders, command line. */
export const environmentCodes = {} as const satisfies Record<string, CodeEntry<never>>;
