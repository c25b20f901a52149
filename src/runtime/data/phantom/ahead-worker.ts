import { workerData } from 'node:worker_threads';
import type { AheadSettings } from './ahead.ts';
import { drawIntoCache } from './cache.ts';
import { cohort } from './cohort.ts';

const { source, folder } = workerData as AheadSettings;
for (const image of [...cohort(source)].reverse()) drawIntoCache(source, image, folder);
