/** What asks a process of a run to stop: signals, and the end of the process that started it. */
export interface StopWishes {
  asked(): boolean;
  /** Calls once, as soon as a stop is asked for. */
  whenAsked(act: () => void): void;
}

/**
 * Listens from now on. The parent may be gone already: its end is then seen from the channel to it, which a process that
 * was started by hand has none of.
 */
export function stopWishes(): StopWishes {
  let asked = false;
  const acts: (() => void)[] = [];
  const ask = (): void => {
    asked = true;
    for (const act of acts.splice(0)) act();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, ask);
  process.on('disconnect', ask);
  return {
    asked: () => {
      // The type says boolean; without a channel it is undefined.
      if (!asked && process.connected === false) ask();
      return asked;
    },
    whenAsked: (act) => {
      acts.push(act);
      if (asked || process.connected === false) ask();
    },
  };
}
