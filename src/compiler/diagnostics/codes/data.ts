import { type CodeEntry, msg } from '../message.ts';

/** 8xx — data: manifests, images, masks, classes, leakage. */
export const dataCodes = {} as const satisfies Record<string, CodeEntry<never>>;
