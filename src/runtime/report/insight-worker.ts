import { parentPort, workerData } from 'node:worker_threads';
import { insightOf } from './insight.ts';

// Works the insight out of the runs that the thread was given, and ends.
parentPort?.postMessage(insightOf(workerData as readonly string[]));
