import { performance } from 'node:perf_hooks';
import type { Usage } from '../runs/journal/events.ts';

/** How often what the process uses is worth a number, in milliseconds: a run of a day has some ten thousand of them. */
const everyMs = 5000;

/** What this process uses, all its threads together, measured now and then. */
export class UsageMeter {
  #at = performance.now();
  #processor = process.cpuUsage();
  #isFirst = true;

  /** What was used since the last answer; null where that was a moment ago. The first question is always answered. */
  read(): Usage | null {
    const now = performance.now();
    const passedMs = now - this.#at;
    if (!(this.#isFirst || passedMs >= everyMs)) return null;
    const { user, system } = process.cpuUsage(this.#processor);
    this.#at = now;
    this.#processor = process.cpuUsage();
    this.#isFirst = false;
    return {
      memoryBytes: process.memoryUsage.rss(),
      cores: Number(((user + system) / 1000 / Math.max(1, passedMs)).toFixed(2)),
    };
  }
}
