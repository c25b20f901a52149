import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../src/runtime/storage/atomic.ts';
import type { VolumeScore } from './score.ts';

/** What one player reached with one seed, so far. */
export interface Result {
  readonly player: string;
  readonly version: string;
  readonly seed: number;
  /** Processor minutes in all. */
  readonly minutes: number;
  readonly threads: number;
  readonly structures: readonly string[];
  readonly marks: readonly Reached[];
}

/** How good the masks were after a part of the time. */
export interface Reached {
  /** Processor minutes, as asked for. */
  readonly minutes: number;
  readonly steps: number;
  readonly volumes: readonly VolumeScore[];
}

/** Keeps the results of a folder, one file for each player, seed and time, so that runs beside each other and after each other add up. */
export class Results {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'results');
    mkdirSync(this.#folder, { recursive: true });
  }

  write(result: Result): void {
    const { player, seed, minutes } = result;
    const name = `${player}-seed-${seed}-${minutes}-minutes.json`;
    writeAtomically(join(this.#folder, name), `${JSON.stringify(result)}\n`);
  }

  /** All that take so many minutes, by player and then by seed. */
  read(minutes: number): readonly Result[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as Result)
      .filter((result) => result.minutes === minutes)
      .sort((a, b) => a.player.localeCompare(b.player) || a.seed - b.seed);
  }
}
