import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { numbersText, parseNumbers } from '../../storage/json-numbers.ts';
import { confirmHeld, type Lock } from '../../storage/lock.ts';
import { sealedLine, unsealLine } from '../../storage/seal.ts';
import type { RunEvent } from './events.ts';

/** What closes off a line that a killed process tore: it is known to be torn, and nothing damaged it later. */
const torn = '~torn';

/**
 * Appends events to a run's `events.jsonl`, one sealed line each. A line torn by a killed process, or by a disk without
 * room, is closed off first.
 */
export class JournalWriter {
  readonly #file: number;
  readonly #lock: Lock | null;
  #torn = false;

  /** @param lock the fold's lock, whose token each event carries; without it nothing is written any more */
  constructor(path: string, lock: Lock | null = null) {
    this.#lock = lock;
    this.#file = openSync(path, 'a+');
    const size = fstatSync(this.#file).size;
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(this.#file, last, 0, 1, size - 1) === 1 && last[0] !== newline) {
      writeSync(this.#file, `${torn}\n`);
    }
  }

  /** @throws LeaseLost where the lock is another's by now */
  append(event: RunEvent): void {
    if (this.#lock !== null) confirmHeld(this.#lock);
    const stamped = this.#lock === null ? event : { ...event, lease: this.#lock.token };
    const line = Buffer.from(`${this.#torn ? `${torn}\n` : ''}${sealedLine(numbersText(stamped))}\n`);
    this.#torn = true;
    // One write per line: the file is opened for appending, so lines of several processes do not mix.
    for (let at = 0; at < line.length; ) at += writeSync(this.#file, line, at);
    this.#torn = false;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** How much one call of {@link JournalReader.read} may take on, so that an interface stays responsive. */
export interface Portion {
  readonly events: number;
  readonly milliseconds: number;
}

const usualPortion: Portion = { events: 4000, milliseconds: 15 };
const newline = 10;
const chunkBytes = 256 * 1024;
/** How lines of steps begin, as {@link JournalWriter} writes them. */
const stepStart = Buffer.from('{"type":"step"');

/**
 * Reads a growing `events.jsonl` from where it last stopped. A half-written last line is left for the next time;
 * a complete line that is damaged, or no event, is told as a {@link DamagedEvent} in its place. Lines without a seal are
 * those of older versions: none follows a sealed one.
 */
export class JournalReader {
  readonly #path: string;
  readonly #thin: boolean;
  #offset: number;
  #sealed: boolean;

  /**
   * @param options.thin passes over steps, which are most of a journal, but for the last one of an unfinished epoch
   * @param options.offset the bytes that were read before
   */
  constructor(path: string, options: { readonly thin?: boolean; readonly offset?: number } = {}) {
    this.#path = path;
    this.#thin = options.thin ?? false;
    this.#offset = options.offset ?? 0;
    this.#sealed = this.#offset > 0;
  }

  /** The bytes of whole lines that were read. */
  get offset(): number {
    return this.#offset;
  }

  /** The next events; `more` says that the portion ended before the file did. */
  read(portion: Portion = usualPortion, clock: () => number = () => performance.now()): ReadEvents {
    let file: number;
    try {
      file = openSync(this.#path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { events: [], more: false };
      throw error;
    }
    try {
      const { size } = fstatSync(file);
      // Most looks at a journal find nothing new.
      if (size === this.#offset) return { events: [], more: false };
      return this.#readFrom(file, size, portion, clock);
    } finally {
      closeSync(file);
    }
  }

  #readFrom(file: number, size: number, portion: Portion, clock: () => number): ReadEvents {
    const end = clock() + portion.milliseconds;
    const events: RunEvent[] = [];
    let step: Buffer | null = null;
    const ended = (more: boolean): ReadEvents => {
      const last = step === null ? null : this.#parse(step.toString());
      return { events: last === null ? events : [...events, last], more };
    };
    for (let room = chunkBytes; ; ) {
      const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(room, size - this.#offset)));
      const length = chunk.length === 0 ? 0 : readSync(file, chunk, 0, chunk.length, this.#offset);
      const bytes = chunk.subarray(0, length);
      let start = 0;
      for (let stop = bytes.indexOf(newline); stop !== -1; stop = bytes.indexOf(newline, start)) {
        if (this.#thin && bytes.subarray(start, start + stepStart.length).equals(stepStart)) {
          step = bytes.subarray(start, stop);
        } else {
          const event = this.#parse(bytes.toString('utf8', start, stop));
          if (event !== null) events.push(event);
          step = null;
        }
        this.#offset += stop + 1 - start;
        start = stop + 1;
        if (events.length >= portion.events || clock() >= end) return ended(true);
      }
      if (start > 0) continue;
      // No line ends here: the last one is half-written, or longer than what was read.
      if (length < room) return ended(false);
      room *= 2;
    }
  }

  /** The event of a line; null for a line that was torn when it was written. */
  #parse(line: string): RunEvent | null {
    if (line.endsWith(torn)) return null;
    const found = unsealLine(line);
    const event = found === null || (this.#sealed && !found.sealed) ? null : parseEvent(found.json);
    if (event !== null && found?.sealed === true) this.#sealed = true;
    return event ?? { type: 'damaged', time: 0, fold: 0 };
  }
}

export interface ReadEvents {
  readonly events: readonly RunEvent[];
  readonly more: boolean;
}

/** All events of a finished or paused run. */
export function readEvents(path: string): readonly RunEvent[] {
  return new JournalReader(path).read({ events: Infinity, milliseconds: Infinity }).events;
}

function parseEvent(line: string): RunEvent | null {
  try {
    const value = parseNumbers(line);
    const event = value as Partial<RunEvent> | null;
    const isEvent =
      typeof event === 'object' &&
      event !== null &&
      typeof event.type === 'string' &&
      typeof event.fold === 'number';
    return isEvent ? (value as RunEvent) : null;
  } catch {
    return null;
  }
}
