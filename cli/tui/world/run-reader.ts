import { existsSync } from 'node:fs';
import { Bag } from '../../../src/compiler/index.ts';
import {
  briefOf,
  isTraining,
  JournalReader,
  openRun,
  type RunEvent,
  runFiles,
} from '../../../src/runtime/index.ts';
import type { Session } from '../session/session.ts';
import type { RunState } from '../state/run.ts';
import { type Send, sayFindings } from './notices.ts';
import { stampOf } from './open-spec.ts';

/** The fewest events that are sent at once while a run is read. */
const batch = 10_000;

/** The run that is open. */
interface Reader {
  readonly folder: string;
  readonly journal: JournalReader;
  /** The stamp of its record. */
  record: string;
  /** Events that were read and not sent yet, and when some were sent last. */
  waiting: readonly RunEvent[];
  sent: number;
}

/** Follows the run that is open: its journal, its record, and whether a process trains it. */
export class RunReader {
  readonly #send: Send;
  readonly #current: () => Session;
  #reader: Reader | null = null;

  constructor(send: Send, current: () => Session) {
    this.#send = send;
    this.#current = current;
  }

  /** Reads a part of what is new. Whether there is more to read at once. */
  read(lookWhoTrains: boolean): boolean {
    const reader = this.#reader;
    if (reader === null) return false;
    const { folder, journal } = reader;
    const { events: fresh, more } = journal.read();
    const events = reader.waiting.length === 0 ? fresh : reader.waiting.concat(fresh);
    const open = this.#current().run;
    if (more ? events.length < this.#batch() : this.#canWait(reader, events)) reader.waiting = events;
    else if (events.length > 0 || open?.loading === true) {
      Object.assign(reader, { waiting: [], sent: performance.now() });
      this.#send({ kind: 'events', folder, events, loading: more });
    }
    if (lookWhoTrains && !more) {
      this.#send({ kind: 'alive', folder, alive: isTraining(folder) });
      const record = stampOf([runFiles.record(folder)]);
      // More epochs, or a change by hand; a run that is gone is shown as it was.
      if (!existsSync(runFiles.record(folder))) this.#reader = null;
      else if (record !== reader.record) this.open(folder);
    }
    return more;
  }

  /** Opens a run, or reads the record of the open one again. */
  open(folder: string): void {
    const bag = new Bag();
    const run = openRun(folder, bag);
    if (run === null) {
      sayFindings(this.#send, bag, `${folder} cannot be read`);
      return;
    }
    const record = stampOf([runFiles.record(folder)]);
    if (this.#reader?.folder === folder) this.#reader.record = record;
    else {
      const journal = new JournalReader(runFiles.events(folder));
      this.#reader = { folder, journal, record, waiting: [], sent: Number.NEGATIVE_INFINITY };
    }
    this.#send({ kind: 'opened', folder, brief: briefOf(run.record) });
    this.#send({ kind: 'alive', folder, alive: isTraining(folder) });
  }

  /** As many as there are already: each message makes new lists of all that came before. */
  #batch(): number {
    return Math.max(batch, stepsOf(this.#current().run));
  }

  /** Whether nobody misses these events yet: a step among a hundred thousand changes nothing that one sees. */
  #canWait({ sent }: Reader, events: readonly RunEvent[]): boolean {
    const { run } = this.#current();
    if (run === null || run.loading || events.some(({ type }) => type !== 'step')) return false;
    return performance.now() - sent < Math.min(1000, stepsOf(run) / 100);
  }
}

function stepsOf(run: RunState | null): number {
  return [...(run?.progress.folds.values() ?? [])].reduce((sum, fold) => sum + fold.steps.length, 0);
}
