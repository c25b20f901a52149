import type { CodeEntry } from '../message.ts';

/** 7xx — targets: what a target cannot do. Empty while every target supports every operation. */
export const targetCodes = {} as const satisfies Record<string, CodeEntry<never>>;
