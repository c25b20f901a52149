import { existsSync } from 'node:fs';
import { storage } from '../../text/quantities.ts';
import { overridesIn } from '../keys/over/prompts.ts';
import type { Effect } from '../session/effects.ts';
import type { Session } from '../session/session.ts';
import type { Send } from './notices.ts';
import { readSpec, specsHere, stampOf } from './open-spec.ts';

/** Reads the spec that is open, and again when one of its files changes. */
export class SpecWatch {
  readonly #given: string | null;
  readonly #send: Send;
  readonly #current: () => Session;
  #watched: {
    readonly path: string;
    readonly width: number;
    files: readonly string[];
    stamp: string;
  } | null = null;

  /** @param given the spec that the command line names */
  constructor(given: string | null, send: Send, current: () => Session) {
    this.#given = given;
    this.#send = send;
    this.#current = current;
  }

  /** Reads the spec anew when it was written since. */
  look(): void {
    const watched = this.#watched;
    if (watched === null) return;
    // Diagnostics are broken into lines for the terminal that they are read on.
    const isResized = this.#current().screen.columns !== watched.width;
    if (isResized || stampOf(watched.files) !== watched.stamp) this.#read(watched.path);
  }

  /** Opens a spec; without a path the one given, that of the open run or the newest, or the first that lies here. */
  open(path: string | null): void {
    const files = specsHere(this.#given);
    const { run, runs } = this.#current();
    const source = run?.brief.source ?? runs.all[0]?.brief.source;
    const wanted = path ?? this.#given ?? (source !== undefined && existsSync(source) ? source : files[0]);
    this.#send({ kind: 'specs', specs: { files, path: wanted ?? null } });
    if (wanted !== undefined) this.#read(wanted);
  }

  /** What overrides come to, while they are typed. */
  check({ spec, experiment, text }: Extract<Effect, { kind: 'check' }>): void {
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

  #read(path: string): void {
    const width = this.#current().screen.columns;
    const { compiled, files } = readSpec(path, [], width - 2);
    this.#watched = { path, width, files, stamp: stampOf(files) };
    this.#send({ kind: 'specs', specs: { compiled, path } });
  }
}
