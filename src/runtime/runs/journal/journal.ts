import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { numbersText, parseNumbers } from '../../storage/json-numbers.ts';
import { confirmHeld, type Lock } from '../../storage/lock.ts';
import { hasLineSeal, sealedLine, unsealLine } from '../../storage/seal.ts';
import type { RunEvent } from './events.ts';
import { LineSequence, type LinesRead } from './sequence.ts';

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

  /** How many lines this writer has written. */
  get written(): number {
    return this.#written;
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

/** The token and the number of a line, which stand before its seal. */
const stamp = /,"lease":"([^"]+)","nth":(\d+),"seal":"/;
/** How a line of an older version ends, which has no seal. */
const unsealedEnd = Buffer.from('}');
/** Longer than the end of a line from its token on. */
const stampBytes = 90;

/** Where reading a journal stopped, to go on from. */
export interface ReadingPlace {
  /** The bytes of whole lines that were read, and how many lines that were. */
  readonly offset: number;
  readonly lines: number;
  /** Whether a line had a seal: then all that follow have one. */
  readonly sealed: boolean;
  readonly last: LinesRead;
  /** Damaged lines that may be some of those that are missed later. */
  readonly unread: number;
}

const beginning: ReadingPlace = { offset: 0, lines: 0, sealed: false, last: {}, unread: 0 };

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
  readonly #sequence: LineSequence;
  #lines: number;

  /**
   * @param options.thin passes over steps, which are most of a journal, but for the last one of an unfinished epoch; they are
   * checked like all other lines
   * @param options.from where an earlier reader stopped
   */
  constructor(path: string, options: { readonly thin?: boolean; readonly from?: ReadingPlace } = {}) {
    const { thin = false, from = beginning } = options;
    this.#path = path;
    this.#thin = thin;
    this.#offset = from.offset;
    this.#sealed = from.sealed;
    this.#sequence = new LineSequence(from.last, from.unread);
    this.#lines = from.lines;
  }

  /** What was read so far. */
  get place(): ReadingPlace {
    const { last, unread } = this.#sequence;
    return { offset: this.#offset, lines: this.#lines, sealed: this.#sealed, last, unread };
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
      const last = step === null ? null : eventIn(step.toString());
      return { events: last === null ? events : [...events, last], more };
    };
    for (let room = chunkBytes; ; ) {
      const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(room, size - this.#offset)));
      const length = chunk.length === 0 ? 0 : readSync(file, chunk, 0, chunk.length, this.#offset);
      const bytes = chunk.subarray(0, length);
      let start = 0;
      for (let stop = bytes.indexOf(newline); stop !== -1; stop = bytes.indexOf(newline, start)) {
        this.#lines += 1;
        const line = bytes.subarray(start, stop);
        if (this.#thin && this.#passStep(line)) {
          step = line;
        } else {
          events.push(...this.#parse(line.toString()));
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

  /** Passes over a line that is a step, whole, and the next one of its process. */
  #passStep(line: Buffer): boolean {
    if (!line.subarray(0, stepStart.length).equals(stepStart)) return false;
    if (!hasLineSeal(line)) return !this.#sealed && line.subarray(-1).equals(unsealedEnd);
    const [, lease, nth] = stamp.exec(line.toString('latin1', Math.max(0, line.length - stampBytes))) ?? [];
    if (lease !== undefined && !this.#sequence.follow(lease, Number(nth))) return false;
    this.#sealed = true;
    return true;
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
    const missing = this.#sequence.missedBefore(event);
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

/** The event of a line that was checked before. */
function eventIn(line: string): RunEvent | null {
  const found = unsealLine(line);
  return found === null ? null : parseEvent(found.json);
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
