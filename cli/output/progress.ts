import { duration } from '../text/quantities.ts';
import type { Output } from './output.ts';

/** Milliseconds before the first line, and between two. */
const patience = 1000;
const pause = 2000;

/**
 * Says after a second, and then every other second, how much of a long command is done and how long the rest may take. Silent
 * for programs.
 * @param what is done, where the command does several things
 */
export function progressOf(output: Output, what?: string): (done: number, total: number) => void {
  const start = performance.now();
  let next = start + patience;
  return (done, total) => {
    const now = performance.now();
    if (output.format === 'json' || done === 0 || now < next) return;
    next = now + pause;
    const left = ((now - start) / done) * (total - done);
    output.say(`${what === undefined ? '' : `${what}: `}${done} of ${total}, ${duration(left)} left`);
  };
}
