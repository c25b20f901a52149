import type { Effect } from '../session/effects.ts';
import type { Message } from '../session/messages.ts';
import type { Session } from '../session/session.ts';
import { update } from './update.ts';

/** Holds the session: `send` is the only way to change it, effects are done by the one who made it. */
export interface Program {
  readonly current: () => Session;
  readonly send: (message: Message) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/** @param frameMs how long news may be gathered before listeners are told; 0 tells them of everything */
export function createProgram(initial: Session, perform: (effect: Effect) => void, frameMs = 0): Program {
  let session = initial;
  let timer: NodeJS.Timeout | undefined;
  let lastDrawn = Number.NEGATIVE_INFINITY;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    timer = undefined;
    lastDrawn = performance.now();
    for (const listener of listeners) listener();
  };
  return {
    current: () => session,
    send: (message) => {
      const [next, effects] = update(session, message);
      const news = isNews(session, next);
      session = next;
      if (news) {
        // The first news after a rest are shown at once.
        const wait = frameMs - (performance.now() - lastDrawn);
        if (frameMs === 0 || (wait <= 0 && timer === undefined)) tell();
        else if (timer === undefined) timer = setTimeout(tell, wait);
      }
      for (const effect of effects) perform(effect);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether anything but the time is another, which no view shows. */
function isNews(before: Session, after: Session): boolean {
  const names = Object.keys(after) as readonly (keyof Session)[];
  return before !== after && names.some((name) => name !== 'now' && before[name] !== after[name]);
}
