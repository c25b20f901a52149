import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Bag, graphOfPlan } from '../../../src/compiler/index.ts';
import {
  Catalogue,
  deleteRun,
  freshFolder,
  insightInThread,
  openRun,
  type RunsInsight,
  readCases,
  readDistributions,
  restoreRun,
} from '../../../src/runtime/index.ts';
import type { Effect, WorldEffect } from '../session/effects.ts';
import type { Session } from '../session/session.ts';
import { insightKey } from '../state/compare.ts';
import type { CaseImages } from '../state/images.ts';
import { command, commandAlone, reasonOf } from './commands.ts';
import { exportShown } from './export.ts';
import { type Send, say, sayFindings } from './notices.ts';
import { type PictureReader, Pictures } from './pictures.ts';
import { planTrials } from './plan-trials.ts';
import { previewAt, previewsOf } from './previews.ts';
import { RunReader } from './run-reader.ts';
import { SpecWatch } from './spec-watch.ts';
import { steer } from './steering.ts';

/** So many epochs tell how weights have moved. */
const mostDistributions = 8;

const pollMs = 150;
/** How long one turn may read before keys are heard again. */
const turnMs = 14;

/**
 * All that the interface does and learns: it reads run directories and specs, and carries out effects. It never holds on
 * to a run: whatever happens to this process, training does not notice.
 */
export class World {
  readonly #parent: string;
  readonly #send: Send;
  readonly #current: () => Session;
  readonly #catalogue: Catalogue;
  readonly #run: RunReader;
  readonly #spec: SpecWatch;
  readonly #look: (folders: readonly string[]) => Promise<RunsInsight>;
  readonly #pictures: Pictures;
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;

  constructor(options: {
    readonly parent: string;
    readonly spec: string | null;
    readonly send: Send;
    readonly current: () => Session;
    /** How runs are compared; in a thread where it is left out. */
    readonly look?: (folders: readonly string[]) => Promise<RunsInsight>;
    /** How pictures of a run's data are read; in a thread where it is left out. */
    readonly pictures?: (folder: string) => PictureReader;
  }) {
    this.#parent = options.parent;
    this.#send = options.send;
    this.#current = options.current;
    this.#look = options.look ?? insightInThread;
    this.#pictures = new Pictures(options.send, options.pictures);
    this.#catalogue = new Catalogue(options.parent);
    this.#run = new RunReader(options.send, options.current);
    this.#spec = new SpecWatch(options.spec, options.send, options.current);
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
    const reading = this.#run.read(turn % 7 === 0);
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
    if (turn % 2 === 0) this.#spec.look();
    if (turn % 7 === 0) this.#send({ kind: 'tick', now: Date.now() });
    return reading || listing;
  }

  #sendRuns(loading: boolean): void {
    const damaged = this.#catalogue.damaged();
    this.#send({ kind: 'catalogue', runs: this.#catalogue.runs(), loading, damaged });
  }

  perform(effect: WorldEffect): void {
    try {
      this.#do(effect);
    } catch (error) {
      // A disk that is full, a folder that is gone: told, and nothing else is lost.
      say(this.#send, error instanceof Error ? error.message : String(error), true);
    }
  }

  #do(effect: WorldEffect): void {
    switch (effect.kind) {
      case 'open':
        this.#run.open(effect.folder);
        return;
      case 'stop':
      case 'resume':
      case 'pause':
      case 'rate':
      case 'note':
      case 'tag':
        steer(effect, this.#send);
        return;
      case 'epochs':
        void this.#command(['extend', effect.folder, String(effect.value)]);
        return;
      case 'delete': {
        const bag = new Bag();
        const gone = effect.folders.filter((folder) => deleteRun(folder, bag) !== null);
        for (const folder of gone) this.#catalogue.readOne(basename(folder));
        if (gone.length > 0) this.#send({ kind: 'deleted', folders: gone });
        if (bag.hasErrors) sayFindings(this.#send, bag);
        return;
      }
      case 'restore': {
        const bag = new Bag();
        if (restoreRun(effect.folder, bag)) {
          this.#catalogue.readOne(basename(effect.folder));
          this.#sendRuns(this.#current().runs.loading);
          this.#send({ kind: 'restored', folder: effect.folder });
        } else sayFindings(this.#send, bag);
        return;
      }
      case 'loadPreview': {
        const { folder, fold, file } = effect;
        this.#send({ kind: 'preview', folder, fold, preview: previewAt(join(folder, file)) });
        return;
      }
      case 'insight':
        void this.#insight(effect.folders);
        return;
      case 'cases':
        this.#cases(effect.folder);
        return;
      case 'network':
        this.#network(effect.folder, effect.fold);
        return;
      case 'picture':
        this.#pictures.ask(effect);
        return;
      case 'openSpec':
        this.#spec.open(effect.path);
        return;
      case 'check':
        this.#spec.check(effect);
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
        say(this.#send, `training ${effect.study}; what it says is in ${join(this.#parent, 'sweep.log')}`);
        return;
      case 'export': {
        const files = exportShown(this.#current());
        say(this.#send, `written: ${files.join(', ')}`);
        return;
      }
      default:
        effect satisfies never;
    }
  }

  /** Does a command, and says the first line of what it says. */
  async #command(words: readonly string[]): Promise<void> {
    const ended = await command(words);
    if (ended.code === 0) say(this.#send, ended.output.split('\n')[0]!);
    else say(this.#send, reasonOf(ended), true);
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
    // Of a fold with predictions only these are shown: what it drew while it was trained is of earlier weights.
    const judged = new Set(finished.map(({ fold }) => fold));
    const drawn = previewsOf(folder).filter(({ fold }) => !judged.has(fold));
    this.#send({ kind: 'cases', folder, cases: [...finished, ...drawn] });
  }

  #network(folder: string, wanted: number | null): void {
    const bag = new Bag();
    const run = openRun(folder, bag);
    if (run === null) {
      sayFindings(this.#send, bag, `${folder} cannot be read`);
      this.#send({ kind: 'network', folder, run: null });
      return;
    }
    const { experiment, network } = run.record.plan;
    const fold = wanted ?? run.record.folds[0]!;
    const distributions = readDistributions(folder, fold, mostDistributions);
    const graph = graphOfPlan(network);
    const shown = { folder, experiment, graph, fold, distributions };
    this.#send({ kind: 'network', folder, run: shown });
  }

  #train({ spec, experiment, overrides }: Extract<Effect, { kind: 'train' }>): void {
    const folder = freshFolder(this.#parent, experiment, new Date());
    const set = overrides.flatMap((one) => ['--set', one]);
    void this.#command(['train', spec, '--experiment', experiment, ...set, '--detach', '--run', folder]);
  }
}
