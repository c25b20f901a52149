import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTraining, JournalReader, type Preview, runFiles } from '../../src/runtime/index.ts';
import type { Message } from './state.ts';

const pollMs = 150;

/** Turns a run's files into messages until it is told to stop. Long files come in portions, between which keys are heard. */
export function watchRun(folder: string, send: (message: Message) => void): () => void {
  const reader = new JournalReader(runFiles.events(folder));
  let timer: NodeJS.Timeout;
  let polls = 0;
  const poll = (): void => {
    const { events, more } = reader.read();
    if (events.length > 0) send({ kind: 'events', events });
    if (!more && polls % 7 === 0) {
      send({ kind: 'alive', alive: isTraining(folder) });
      send({ kind: 'tick', now: Date.now() });
    }
    polls += 1;
    timer = setTimeout(poll, more ? 0 : pollMs);
  };
  poll();
  return () => clearTimeout(timer);
}

/** Reads a validation image. One that is gone or damaged is passed over: the next epoch brings another. */
export function loadPreview(folder: string, fold: number, file: string): Message | null {
  try {
    const preview = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Preview;
    return { kind: 'preview', fold, preview };
  } catch {
    return null;
  }
}
