import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { Bag, runHash } from '../../compiler/index.ts';
import { type Annotations, readAnnotations } from './annotations.ts';
import { runFiles } from './folder.ts';
import { JournalReader } from './journal.ts';
import { isTraining } from './launch.ts';
import { advance, noProgress, type RunProgress } from './progress.ts';
import { openRun, type RunRecord } from './store.ts';

/** What a list of runs knows about one of them; nothing of its network, so that thousands take little memory. */
export interface CatalogueRun {
  readonly folder: string;
  readonly brief: RunBrief;
  /** Of its events, without steps but for the last one of an epoch under way. */
  readonly progress: RunProgress;
  readonly training: boolean;
  readonly annotations: Annotations;
}

/** A run's record in a few words. */
export interface RunBrief {
  readonly experiment: string;
  /** The path of its spec. */
  readonly source: string;
  /** Equal for runs that differ by their seed alone. */
  readonly family: string;
  readonly seed: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly batch: number;
  readonly folds: readonly number[];
  /** Of the experiment; `folds` may name fewer. */
  readonly foldCount: number;
  /** Metrics that the experiment asks for, as `segmentation.dsc`, in the order of the spec. */
  readonly metrics: readonly string[];
  /** Heads that are trained, in order. */
  readonly heads: readonly string[];
  readonly reported: Readonly<Record<string, number>>;
  readonly overrides: readonly string[];
  /** How often someone changed it while it trained. */
  readonly byHand: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export function briefOf({ plan, folds, overrides, created, byHand = [] }: RunRecord): RunBrief {
  const { hash: _, ...rest } = { ...plan, train: { ...plan.train, seed: 0 } };
  return {
    experiment: plan.experiment,
    source: plan.source,
    family: runHash(rest),
    seed: plan.train.seed,
    epochs: plan.train.epochs,
    learningRate: plan.train.optimizer.lr,
    batch: plan.train.batch,
    folds,
    foldCount: plan.evaluate.folds.count,
    metrics: Object.entries(plan.evaluate.metrics).flatMap(([head, names]) =>
      names.map((name) => `${head}.${name}`),
    ),
    heads: plan.heads.filter((head) => head.trained).map((head) => head.name),
    reported: plan.reported,
    overrides,
    byHand: byHand.length,
    created,
  };
}

interface Entry {
  readonly folder: string;
  reader: JournalReader;
  run: CatalogueRun | null;
  record: string;
  events: number;
  annotations: string;
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
  readonly #entries = new Map<string, Entry>();
  readonly #fresh: Entry[] = [];
  #turn = 0;
  #listed = Number.NEGATIVE_INFINITY;

  constructor(parent: string) {
    this.#parent = parent;
  }

  /** The runs that have been read, newest first. */
  runs(): readonly CatalogueRun[] {
    return [...this.#entries.values()]
      .flatMap(({ run }) => run ?? [])
      .sort((a, b) => b.brief.created - a.brief.created || (a.folder < b.folder ? 1 : -1));
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
    let gone = false;
    for (const name of this.#entries.keys()) {
      if (!names.has(name)) gone = this.#entries.delete(name) || gone;
    }
    const fresh = [...names]
      .filter((name) => !this.#entries.has(name))
      .toSorted()
      .reverse();
    for (const name of fresh) {
      const folder = join(this.#parent, name);
      const reader = new JournalReader(runFiles.events(folder), { thin: true });
      const entry: Entry = { folder, reader, run: null, record: '', events: 0, annotations: '' };
      this.#entries.set(name, entry);
      this.#fresh.push(entry);
    }
    return gone;
  }

  #look(entry: Entry): boolean {
    const { folder } = entry;
    const record = stampOf(runFiles.record(folder));
    if (record === '') {
      const gone = entry.run !== null;
      entry.run = null;
      return gone;
    }
    let changed = false;
    if (record !== entry.record || entry.run === null) {
      entry.record = record;
      const run = openRun(folder, new Bag());
      if (run === null) return false;
      const known = entry.run;
      entry.run = {
        folder,
        brief: briefOf(run.record),
        progress: known?.progress ?? noProgress,
        training: known?.training ?? false,
        annotations: known?.annotations ?? readAnnotations(folder),
      };
      changed = true;
    }
    const size = statOf(runFiles.events(folder))?.size ?? 0;
    if (size < entry.events) {
      // Another journal has taken its place.
      entry.reader = new JournalReader(runFiles.events(folder), { thin: true });
      entry.run = { ...entry.run!, progress: noProgress };
      entry.events = 0;
    }
    const grown = size !== entry.events;
    if (grown) {
      const { events } = entry.reader.read({ events: Infinity, milliseconds: Infinity });
      entry.events = size;
      entry.run = { ...entry.run!, progress: advance(entry.run!.progress, events) };
      changed = changed || events.length > 0;
    }
    const annotations = stampOf(runFiles.annotations(folder));
    if (annotations !== entry.annotations) {
      entry.annotations = annotations;
      entry.run = { ...entry.run!, annotations: readAnnotations(folder) };
      changed = true;
    }
    const says = [...entry.run!.progress.folds.values()].some(({ state }) => state === 'running');
    const training = (grown || says || entry.run!.training) && isTraining(folder);
    if (training !== entry.run!.training) {
      entry.run = { ...entry.run!, training };
      changed = true;
    }
    return changed;
  }
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

function stampOf(path: string): string {
  const stat = statOf(path);
  return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size}`;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
