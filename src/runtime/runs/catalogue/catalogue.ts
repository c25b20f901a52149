import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { JournalReader } from '../journal/journal.ts';
import { countedLines } from '../journal/line-counts.ts';
import { advance, noProgress, type RunProgress } from '../journal/progress.ts';
import { type Annotations, noAnnotations, readAnnotations } from '../record/annotations.ts';
import { isTraining } from '../record/at-work.ts';
import { type RunBrief, readBrief } from '../record/brief.ts';
import { runFiles } from '../record/folder.ts';
import { missingRecord } from '../record/store.ts';
import { CatalogueCache } from './catalogue-cache.ts';

/** What a list of runs knows about one of them; nothing of its network, so that thousands take little memory. */
export interface CatalogueRun {
  readonly folder: string;
  readonly brief: RunBrief;
  /** Of its events, without steps but for the last one of an epoch under way, and without a log. */
  readonly progress: RunProgress;
  readonly training: boolean;
  readonly annotations: Annotations;
}

/** A run directory whose record cannot be believed. */
export interface DamagedRun {
  readonly folder: string;
  /** What is wrong with it, in words. */
  readonly reason: string;
}

interface Entry {
  readonly name: string;
  readonly folder: string;
  /** Null before the first look, and while there is no record that can be read. */
  run: CatalogueRun | null;
  /** Why there is none, in a folder that holds a run. */
  damage: string | null;
  /** Stamps of the files when they were read; empty before. */
  record: string;
  annotations: string;
  reader: JournalReader;
  /** The number of the journal's file; when it was written, and its size, as it was read. */
  journal: number;
  time: number;
  size: number;
  /** What the journal's lines tell; of lines that are gone at its end, the run's progress tells besides. */
  told: RunProgress;
  /** What the cache holds. */
  cached: string;
}

/** How many quiet runs one call looks at; runs at work are looked at every time. */
const quietPerCall = 60;
const listEveryMs = 2000;

/**
 * The runs below a folder, kept up to date in small portions: a call reads for about the given time, so that an interface
 * with thousands of runs stays responsive. Runs come, go and grow while this looks at them.
 */
export class Catalogue {
  readonly #parent: string;
  readonly #cache: CatalogueCache;
  readonly #entries = new Map<string, Entry>();
  readonly #fresh: Entry[] = [];
  /** What is to be remembered; written when nobody waits for anything to be read. */
  readonly #unwritten = new Set<Entry>();
  #turn = 0;
  #listed = Number.NEGATIVE_INFINITY;

  constructor(parent: string) {
    this.#parent = parent;
    this.#cache = new CatalogueCache(parent);
  }

  /** The runs that have been read, newest first. */
  runs(): readonly CatalogueRun[] {
    return [...this.#entries.values()]
      .flatMap(({ run }) => run ?? [])
      .sort((a, b) => b.brief.created - a.brief.created || (a.folder < b.folder ? 1 : -1));
  }

  /** The folders of runs whose record is damaged, missing, or of another version, by name. */
  damaged(): readonly DamagedRun[] {
    return [...this.#entries.values()]
      .flatMap(({ folder, damage }) => (damage === null ? [] : [{ folder, reason: damage }]))
      .sort((one, other) => (one.folder < other.folder ? -1 : 1));
  }

  /** Reads all runs, however long it takes. */
  readAll(): readonly CatalogueRun[] {
    while (this.poll(Infinity).more);
    return this.runs();
  }

  /** Reads one run and remembers it, so that a list that opens later has not to: for whoever ends its training. */
  remember(name: string): void {
    const entry = this.#add(name);
    this.#look(entry);
    this.#remember(entry);
  }

  /** Looks at one run now, whatever else there is; null where there is none. */
  readOne(name: string): CatalogueRun | null {
    const entry = this.#entries.get(name) ?? this.#add(name);
    this.#look(entry);
    return entry.run;
  }

  /** Looks for news. `more` says that runs are waiting to be read for the first time. */
  poll(milliseconds: number, now = Date.now()): { readonly changed: boolean; readonly more: boolean } {
    const end = performance.now() + milliseconds;
    let changed = false;
    if (now - this.#listed >= listEveryMs) {
      this.#listed = now;
      changed = this.#list();
    }
    while (this.#fresh.length > 0) {
      const entry = this.#fresh.shift()!;
      changed = this.#look(entry) || changed;
      if (performance.now() >= end) return { changed, more: this.#fresh.length > 0 };
    }
    for (const entry of this.#unwritten) {
      this.#unwritten.delete(entry);
      if (this.#remember(entry) && performance.now() >= end) return { changed, more: false };
    }
    const all = [...this.#entries.values()];
    const quiet = all.filter(({ run }) => run?.training !== true);
    const busy = all.filter(({ run }) => run?.training === true);
    const turn = Array.from(
      { length: Math.min(quietPerCall, quiet.length) },
      (_, index) => quiet[(this.#turn + index) % quiet.length]!,
    );
    this.#turn = quiet.length === 0 ? 0 : (this.#turn + turn.length) % quiet.length;
    for (const entry of [...busy, ...turn]) {
      changed = this.#look(entry) || changed;
      if (performance.now() >= end) break;
    }
    return { changed, more: false };
  }

  /** Compares what is there with what is known. Whether a run went. */
  #list(): boolean {
    const names = new Set(namesIn(this.#parent));
    const first = this.#entries.size === 0;
    let gone = false;
    for (const name of this.#entries.keys()) {
      if (!names.has(name)) gone = this.#entries.delete(name) || gone;
    }
    const fresh = [...names]
      .filter((name) => !this.#entries.has(name))
      .toSorted()
      .reverse();
    for (const name of fresh) this.#fresh.push(this.#add(name));
    if (gone || first) this.#cache.keepOnly(names);
    return gone;
  }

  #add(name: string): Entry {
    const folder = join(this.#parent, name);
    const entry: Entry = {
      name,
      folder,
      run: null,
      damage: null,
      record: '',
      annotations: '',
      reader: new JournalReader(runFiles.events(folder), { thin: true }),
      journal: 0,
      time: 0,
      size: 0,
      told: noProgress,
      cached: '',
    };
    this.#entries.set(name, entry);
    return entry;
  }

  /** Whether there was news of a run. */
  #look(entry: Entry): boolean {
    const { folder } = entry;
    const record = stampOf(statOf(runFiles.record(folder)));
    if (record === '') {
      const damage = existsSync(runFiles.events(folder)) ? missingRecord : null;
      const news = entry.run !== null || damage !== entry.damage;
      Object.assign(entry, { run: null, record, damage });
      return news;
    }
    const first = entry.record === '';
    if (first) this.#recall(entry);
    let changed = first && entry.run !== null;
    if (record !== entry.record) {
      entry.record = record;
      const found = readBrief(folder);
      const brief = typeof found === 'string' ? null : found;
      entry.damage = typeof found === 'string' ? found : null;
      changed = true;
      // Made at another time it is another run, whatever its files are called.
      if (brief?.created !== entry.run?.brief.created) restart(entry);
      entry.run = brief === null ? null : { ...(entry.run ?? fresh(folder)), brief };
    }
    if (entry.run === null) return changed;
    const grown = this.#readJournal(entry, first);
    const annotations = stampOf(statOf(runFiles.annotations(folder)));
    if (annotations !== entry.annotations) {
      entry.annotations = annotations;
      entry.run = { ...entry.run, annotations: readAnnotations(folder) };
      changed = true;
    }
    const says = [...entry.run.progress.folds.values()].some(({ state }) => state === 'running');
    // Who has just begun has said nothing yet.
    const may = says || entry.run.training || existsSync(runFiles.lock(folder));
    const training = may && isTraining(folder);
    if (training !== entry.run.training) {
      entry.run = { ...entry.run, training };
      changed = true;
    }
    // A run at work is written once, and again when it rests.
    if (first || !training) this.#unwritten.add(entry);
    return changed || grown;
  }

  /** Starts with what was read the last time. */
  #recall(entry: Entry): void {
    const { name, folder } = entry;
    const known = this.#cache.read(name);
    if (known === null) return;
    const { record, brief, journal, place, progress } = known;
    const [file, time] = journal.split(' ').map(Number);
    entry.run = { ...fresh(folder), brief, progress };
    entry.reader = new JournalReader(runFiles.events(folder), { thin: true, from: place });
    Object.assign(entry, { record, journal: file, time, size: place.offset, told: progress });
    entry.cached = stateOf(entry);
  }

  /** Whether there was anything new to remember. */
  #remember(entry: Entry): boolean {
    const { name, run, record, journal, time, reader, told } = entry;
    const state = stateOf(entry);
    if (run === null || state === entry.cached || this.#entries.get(name) !== entry) return false;
    entry.cached = state;
    const { brief } = run;
    const remembered = { record, brief, journal: `${journal} ${time}`, place: reader.place };
    this.#cache.write(name, { ...remembered, progress: told });
    return true;
  }

  /** Whether the journal of a run has grown, or another has taken its place. */
  #readJournal(entry: Entry, first: boolean): boolean {
    const stat = statOf(runFiles.events(entry.folder));
    const [size, journal, time] = [stat?.size ?? 0, stat?.ino ?? 0, stat?.mtimeMs ?? 0];
    const same = size === entry.size && journal === entry.journal && time === entry.time;
    if (same && !first) return false;
    // Of the same size but written since, it was changed in its place.
    const grown = size > entry.size && journal === entry.journal;
    if (!same && !grown) restart(entry);
    const lost = countedLines(entry.folder, entry.run!.brief.folds);
    const { events } = entry.reader.read({ events: Infinity, milliseconds: Infinity });
    Object.assign(entry, { size, journal, time, told: { ...advance(entry.told, events), log: [] } });
    const { told } = entry;
    const progress = { ...told, damages: [...told.damages, ...lost(told.lines)] };
    entry.run = { ...entry.run!, progress };
    return !same;
  }
}

/** Reads the journal of a run from its start. */
function restart(entry: Entry): void {
  entry.reader = new JournalReader(runFiles.events(entry.folder), { thin: true });
  Object.assign(entry, { size: 0, told: noProgress });
  if (entry.run !== null) entry.run = { ...entry.run, progress: noProgress };
}

/** What a cache's file of a run stands for. */
function stateOf({ record, journal, time, reader }: Entry): string {
  return `${record} ${journal} ${time} ${reader.place.offset}`;
}

/** A run of which nothing was read but its record. */
function fresh(folder: string): Omit<CatalogueRun, 'brief'> {
  return { folder, progress: noProgress, training: false, annotations: noAnnotations };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** When a file was written and how long it is; empty where there is none. */
function stampOf(stat: Stats | undefined): string {
  return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size}`;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
