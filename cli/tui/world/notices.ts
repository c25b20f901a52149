import type { Bag } from '../../../src/compiler/index.ts';
import type { Message } from '../session/messages.ts';

/** Hands the session what has happened. */
export type Send = (message: Message) => void;

/** Says something in the footer. */
export function say(send: Send, text: string, bad = false): void {
  send({ kind: 'notice', text, bad });
}

/** Says the first of findings in the footer. */
export function sayFindings(send: Send, bag: Bag, otherwise = 'that did not work'): void {
  say(send, bag.sorted()[0]?.message ?? otherwise, true);
}
