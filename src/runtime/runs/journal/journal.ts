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
  #written = 0;

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
    const nth = this.#written + 1;
    const stamped = this.#lock === null ? event : { ...event, lease: this.#lock.token, nth };
    const line = Buffer.from(`${this.#torn ? `${torn}\n` : ''}${sealedLine(numbersText(stamped))}\n`);
    this.#torn = true;
    // One write per line: the file is opened for appending, so lines of several processes do not mix.
    for (let at = 0; at < line.length; ) at += writeSync(this.#file, line, at);
    this.#torn = false;
    this.#written = nth;
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

/** Which lines were read of those that a process wrote under one token. */
class Sequence {
  readonly #last = new Map<string, number>();
  readonly #fromStart: boolean;
  /** Damaged lines, each of which may be one that is missed. */
  #unread = 0;

  constructor(fromStart: boolean) {
    this.#fromStart = fromStart;
  }

  /** A line whose event nobody knows. */
  pass(): void {
    this.#unread += 1;
  }

  /** How many lines are gone before an event; null for one that was read before. */
  missedBefore({ lease, nth }: RunEvent): number | null {
    if (lease === undefined || nth === undefined) return 0;
    const last = this.#last.get(lease) ?? (this.#fromStart ? 0 : nth - 1);
    if (nth <= last) return null;
    this.#last.set(lease, nth);
    const gap = nth - last - 1;
    const explained = Math.min(gap, this.#unread);
    this.#unread -= explained;
    return gap - explained;
  }
}

/**
 * Reads a growing `events.jsonl` from where it last stopped. A half-written last line is left for the next time;
 * a complete line that is damaged, or no event, is told as a {@link DamagedEvent} in its place, and so are whole lines that
 * are gone, or there twice. Lines without a seal are those of older versions: none follows a sealed one.
 */
export class JournalReader {
  readonly #path: string;
  readonly #thin: boolean;
  #offset: number;
  #sealed: boolean;
  readonly #sequence: Sequence;
  /** Lines read; null where reading did not begin at the start. */
  #lines: number | null;

  /**
   * @param options.thin passes over steps, which are most of a journal, but for the last one of an unfinished epoch; then no
   * line is missed
   * @param options.offset the bytes that were read before
   */
  constructor(path: string, options: { readonly thin?: boolean; readonly offset?: number } = {}) {
    this.#path = path;
    this.#thin = options.thin ?? false;
    this.#offset = options.offset ?? 0;
    this.#sealed = this.#offset > 0;
    this.#sequence = new Sequence(this.#offset === 0);
    this.#lines = this.#offset === 0 ? 0 : null;
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
      return { events: step === null ? events : [...events, ...this.#parse(step.toString())], more };
    };
    for (let room = chunkBytes; ; ) {
      const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(room, size - this.#offset)));
      const length = chunk.length === 0 ? 0 : readSync(file, chunk, 0, chunk.length, this.#offset);
      const bytes = chunk.subarray(0, length);
      let start = 0;
      for (let stop = bytes.indexOf(newline); stop !== -1; stop = bytes.indexOf(newline, start)) {
        if (this.#lines !== null) this.#lines += 1;
        if (this.#thin && bytes.subarray(start, start + stepStart.length).equals(stepStart)) {
          step = bytes.subarray(start, stop);
        } else {
          events.push(...this.#parse(bytes.toString('utf8', start, stop)));
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

  /** The event of a line, and what is wrong with it or before it; nothing of a line that was torn when it was written. */
  #parse(line: string): readonly RunEvent[] {
    if (line.endsWith(torn)) return [];
    const found = unsealLine(line);
    const event = found === null || (this.#sealed && !found.sealed) ? null : parseEvent(found.json);
    if (event === null) {
      this.#sequence.pass();
      return [this.#damage(0)];
    }
    if (found?.sealed === true) this.#sealed = true;
    const missing = this.#thin ? 0 : this.#sequence.missedBefore(event);
    if (missing === null) return [this.#damage(0)];
    return missing === 0 ? [event] : [this.#damage(missing), event];
  }

  #damage(missing: number): RunEvent {
    return { type: 'damaged', time: 0, fold: 0, line: this.#lines, missing };
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
