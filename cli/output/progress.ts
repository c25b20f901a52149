import { duration } from '../text/quantities.ts';
import type { Output } from './output.ts';

/** Milliseconds between two lines. */
const pause = 2000;

/** Says every other second how much of a long command is done, and how long the rest may take. Silent for programs. */
export function progressOf(output: Output): (done: number, total: number) => void {
  const start = performance.now();
  let said = start;
  return (done, total) => {
    const now = performance.now();
    if (output.format === 'json' || done === 0 || now - said < pause) return;
    said = now;
    const left = ((now - start) / done) * (total - done);
    output.say(`${done} of ${total}, ${duration(left)} left`);
  };
}
