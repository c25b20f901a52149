import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Bag } from '../../../src/compiler/index.ts';
import {
  addNote,
  briefOf,
  Catalogue,
  changeLearningRate,
  changeTags,
  deleteRun,
  freshFolder,
  insightInThread,
  isTraining,
  JournalReader,
  launchTraining,
  openRun,
  pauseTraining,
  type RunEvent,
  type RunsInsight,
  readCases,
  readControl,
  restoreRun,
  runFiles,
  stopTraining,
} from '../../../src/runtime/index.ts';
import { storage } from '../../text/quantities.ts';
import { overridesIn } from '../keys/over/prompts.ts';
import type { Effect } from '../session/effects.ts';
import type { Message } from '../session/messages.ts';
import type { Session } from '../session/session.ts';
import { insightKey } from '../state/compare.ts';
import type { CaseImages } from '../state/images.ts';
import type { RunState } from '../state/run.ts';
import { command, commandAlone, reasonOf } from './commands.ts';
import { exportShown } from './export.ts';
import { readSpec, specsHere, stampOf } from './open-spec.ts';
import { type PictureReader, Pictures } from './pictures.ts';
import { planTrials } from './plan-trials.ts';
import { previewAt, previewsOf } from './previews.ts';

const pollMs = 150;
/** How long one turn may read before keys are heard again. */
const turnMs = 14;

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
  told: number;
}

/**
 * All that the interface does and learns: it reads run directories and specs, and carries out effects. It never holds on
 * to a run: whatever happens to this process, training does not notice.
 */
export class World {
  readonly #parent: string;
  readonly #spec: string | null;
  readonly #send: (message: Message) => void;
  readonly #current: () => Session;
  readonly #catalogue: Catalogue;
  readonly #look: (folders: readonly string[]) => Promise<RunsInsight>;
  readonly #pictures: Pictures;
  #reader: Reader | null = null;
  #watched: { readonly path: string; files: readonly string[]; stamp: string } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;

  constructor(options: {
    readonly parent: string;
    readonly spec: string | null;
    readonly send: (message: Message) => void;
    readonly current: () => Session;
    /** How runs are compared; in a thread where it is left out. */
    readonly look?: (folders: readonly string[]) => Promise<RunsInsight>;
    /** How pictures of a run's data are read; in a thread where it is left out. */
    readonly pictures?: (folder: string) => PictureReader;
  }) {
    this.#parent = options.parent;
    this.#spec = options.spec;
    this.#send = options.send;
    this.#current = options.current;
    this.#look = options.look ?? insightInThread;
    this.#pictures = new Pictures(options.send, options.pictures);
    this.#catalogue = new Catalogue(options.parent);
  }

  start(): void {
    const turn = (): void => {
      const busy = this.#turn();
      this.#timer = setTimeout(turn, busy ? 0 : pollMs);
    };
    turn();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#pictures.end();
  }

  /** Looks for news. Whether there is more to read at once. */
  #turn(): boolean {
    const turn = this.#turns;
    this.#turns += 1;
    const reading = this.#readOpenRun(turn % 7 === 0);
    const loading = this.#current().runs.loading;
    let listing = false;
    // Who opens a run looks at that one first.
    if (!reading && (loading || turn % 4 === 0)) {
      const { changed, more } = this.#catalogue.poll(turnMs);
      // While thousands of runs are read, the table is drawn now and then only.
      if ((changed && (!more || turn % 8 === 0)) || loading !== more) {
        this.#sendRuns(more);
      }
      listing = more;
    }
    if (turn % 2 === 0) this.#watchSpec();
    if (turn % 7 === 0) this.#send({ kind: 'tick', now: Date.now() });
    return reading || listing;
  }

  #sendRuns(loading: boolean): void {
    const { unreadable } = this.#catalogue;
    this.#send({ kind: 'catalogue', runs: this.#catalogue.runs(), loading, unreadable });
  }

  #readOpenRun(lookWhoTrains: boolean): boolean {
    const reader = this.#reader;
    if (reader === null) return false;
    const { folder, journal } = reader;
    const { events: fresh, more } = journal.read();
    const events = reader.waiting.length === 0 ? fresh : reader.waiting.concat(fresh);
    const open = this.#current().run;
    if (more ? events.length < this.#batch() : this.#canWait(reader, events)) reader.waiting = events;
    else if (events.length > 0 || open?.loading === true) {
      Object.assign(reader, { waiting: [], told: performance.now() });
      this.#send({ kind: 'events', folder, events, loading: more });
    }
    if (lookWhoTrains && !more) {
      this.#send({ kind: 'alive', folder, alive: isTraining(folder) });
      const record = stampOf([runFiles.record(folder)]);
      // More epochs, or a change by hand; a run that is gone is shown as it was.
      if (!existsSync(runFiles.record(folder))) this.#reader = null;
      else if (record !== reader.record) this.#openRun(folder);
    }
    return more;
  }

  /** As many as there are already: each message makes new lists of all that came before. */
  #batch(): number {
    return Math.max(batch, stepsOf(this.#current().run));
  }

  /** Whether nobody misses these events yet: a step among a hundred thousand changes nothing that one sees. */
  #canWait({ told }: Reader, events: readonly RunEvent[]): boolean {
    const { run } = this.#current();
    if (run === null || run.loading || events.some(({ type }) => type !== 'step')) return false;
    return performance.now() - told < Math.min(1000, stepsOf(run) / 100);
  }

  #openRun(folder: string): void {
    const bag = new Bag();
    const run = openRun(folder, bag);
    if (run === null) {
      this.#say(bag.sorted()[0]?.message ?? `${folder} cannot be read`, true);
      return;
    }
    const record = stampOf([runFiles.record(folder)]);
    if (this.#reader?.folder === folder) this.#reader.record = record;
    else {
      const journal = new JournalReader(runFiles.events(folder));
      this.#reader = { folder, journal, record, waiting: [], told: Number.NEGATIVE_INFINITY };
    }
    this.#send({ kind: 'opened', folder, brief: briefOf(run.record) });
    this.#send({ kind: 'alive', folder, alive: isTraining(folder) });
  }

  #watchSpec(): void {
    const watched = this.#watched;
    if (watched === null) return;
    const stamp = stampOf(watched.files);
    if (stamp !== watched.stamp) this.#compile(watched.path);
  }

  #openSpec(path: string | null): void {
    const files = specsHere(this.#spec);
    const source = this.#current().run?.brief.source ?? this.#current().runs.all[0]?.brief.source;
    const wanted = path ?? this.#spec ?? (source !== undefined && existsSync(source) ? source : files[0]);
    this.#send({ kind: 'specs', specs: { files, path: wanted ?? null } });
    if (wanted !== undefined) this.#compile(wanted);
  }

  #compile(path: string): void {
    const { compiled, files } = readSpec(path);
    this.#watched = { path, files, stamp: stampOf(files) };
    this.#send({ kind: 'specs', specs: { compiled, path } });
  }

  perform(effect: Exclude<Effect, { kind: 'leave' }>): void {
    try {
      this.#do(effect);
    } catch (error) {
      // A disk that is full, a folder that is gone: told, and nothing else is lost.
      this.#say(error instanceof Error ? error.message : String(error), true);
    }
  }

  #do(effect: Exclude<Effect, { kind: 'leave' }>): void {
    switch (effect.kind) {
      case 'open':
        this.#openRun(effect.folder);
        return;
      case 'stop': {
        const bag = new Bag();
        if (!stopTraining(effect.folder, bag)) this.#tell(bag);
        return;
      }
      case 'pause':
        this.#pause(effect.folders);
        return;
      case 'resume':
        this.#start(effect.folder);
        return;
      case 'rate': {
        const bag = new Bag();
        if (changeLearningRate(effect.folder, effect.value, bag) === null) this.#tell(bag);
        return;
      }
      case 'epochs':
        void this.#command(['extend', effect.folder, String(effect.value)]);
        return;
      case 'note':
        addNote(effect.folder, effect.text, Date.now());
        return;
      case 'tag': {
        const words = effect.text
          .split(/[\s,]+/)
          .map((word) => word.replace(/^#/, ''))
          .filter((word) => word !== '');
        const gone = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
        changeTags(
          effect.folder,
          words.filter((word) => !word.startsWith('-')),
          gone,
        );
        return;
      }
      case 'delete': {
        const bag = new Bag();
        const gone = effect.folders.filter((folder) => deleteRun(folder, bag) !== null);
        for (const folder of gone) this.#catalogue.readOne(basename(folder));
        if (gone.length > 0) this.#send({ kind: 'deleted', folders: gone });
        if (bag.hasErrors) this.#tell(bag);
        return;
      }
      case 'restore': {
        const bag = new Bag();
        if (restoreRun(effect.folder, bag)) {
          this.#catalogue.readOne(basename(effect.folder));
          this.#sendRuns(this.#current().runs.loading);
          this.#send({ kind: 'restored', folder: effect.folder });
        } else this.#tell(bag);
        return;
      }
      case 'loadPreview': {
        const preview = previewAt(join(effect.folder, effect.file));
        if (preview !== null)
          this.#send({ kind: 'preview', folder: effect.folder, fold: effect.fold, preview });
        return;
      }
      case 'insight':
        void this.#insight(effect.folders);
        return;
      case 'cases':
        this.#cases(effect.folder);
        return;
      case 'picture':
        this.#pictures.ask(effect);
        return;
      case 'openSpec':
        this.#openSpec(effect.path);
        return;
      case 'check':
        this.#check(effect);
        return;
      case 'train':
        this.#train(effect);
        return;
      case 'plan':
        void planTrials(effect.spec, this.#parent, this.#current().specs.compiled?.experiments ?? []).then(
          (plan) => this.#send({ kind: 'plan', plan }),
        );
        return;
      case 'sweep':
        mkdirSync(this.#parent, { recursive: true });
        commandAlone(['sweep', effect.spec, '--runs', this.#parent], join(this.#parent, 'sweep.log'));
        this.#say(`training ${effect.study}; what it says is in ${join(this.#parent, 'sweep.log')}`);
        return;
      case 'export': {
        const files = exportShown(this.#current());
        this.#say(`written: ${files.join(', ')}`);
        return;
      }
      default:
        effect satisfies never;
    }
  }

  /** What was asked for counts, not what came of it: a step may take long, and a key may be pressed again meanwhile. */
  #pause(folders: readonly string[]): void {
    const paused = !folders.every((folder) => readControl(folder).paused);
    const bag = new Bag();
    const reached = folders.filter((folder) => pauseTraining(folder, paused, bag));
    if (reached.length === 0) this.#tell(bag);
    else this.#say(paused ? 'waiting before the next step; p goes on' : 'going on');
  }

  #start(folder: string): void {
    void launchTraining(folder).then((atWork) => {
      if (!atWork) this.#say(`training did not start: see ${runFiles.log(folder)}`, true);
    });
  }

  /** Does a command, and says the first line of what it says. */
  async #command(words: readonly string[]): Promise<void> {
    const ended = await command(words);
    if (ended.code === 0) this.#say(ended.output.split('\n')[0]!);
    else this.#say(reasonOf(ended), true);
  }

  async #insight(folders: readonly string[]): Promise<void> {
    const key = insightKey(folders);
    try {
      const found = await this.#look(folders);
      this.#send({ kind: 'insight', insight: { key, found, problem: null } });
    } catch (error) {
      this.#send({ kind: 'insight', insight: { key, found: null, problem: (error as Error).message } });
    }
  }

  #cases(folder: string): void {
    const run = openRun(folder, new Bag());
    const finished =
      run === null ? [] : readCases(run, new Bag()).map((one): CaseImages => ({ kind: 'case', ...one }));
    this.#send({ kind: 'cases', folder, cases: [...finished, ...previewsOf(folder)] });
  }

  /** What overrides come to, while they are typed. */
  #check({ spec, experiment, text }: Extract<Effect, { kind: 'check' }>): void {
    const overrides = overridesIn(text);
    const { compiled } = readSpec(spec, overrides, this.#current().screen.columns - 4);
    const found = compiled.experiments.find(({ name }) => name === experiment);
    const first = compiled.lines.findIndex((one) => one.startsWith('error'));
    const end = compiled.lines.indexOf('', first);
    const lines = first < 0 ? [] : compiled.lines.slice(first, end < 0 ? undefined : end);
    const answer =
      found === undefined
        ? { text: lines[0] ?? `no experiment ${experiment} in ${spec}`, bad: true, lines }
        : {
            text: `${found.parameters.toLocaleString('en')} weights, ${storage(found.trainingBytes)}, ${found.plan.train.epochs} epochs`,
            bad: false,
          };
    this.#send({ kind: 'answer', text, answer });
  }

  #train({ spec, experiment, overrides }: Extract<Effect, { kind: 'train' }>): void {
    const folder = freshFolder(this.#parent, experiment, new Date());
    const set = overrides.flatMap((one) => ['--set', one]);
    void this.#command(['train', spec, '--experiment', experiment, ...set, '--detach', '--run', folder]);
  }

  #tell(bag: Bag): void {
    this.#say(bag.sorted()[0]?.message ?? 'that did not work', true);
  }

  #say(text: string, bad = false): void {
    this.#send({ kind: 'notice', text, bad });
  }
}

function stepsOf(run: RunState | null): number {
  return [...(run?.progress.folds.values() ?? [])].reduce((sum, fold) => sum + fold.steps.length, 0);
}
