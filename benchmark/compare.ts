import { type Case, nameOf } from './cases.ts';
import { Pace } from './pace.ts';
import { type Casting, Player } from './player.ts';
import type { MemoryUse, Timed } from './protocol.ts';
import { removeWorkload, type Workload, workloadOf, writeWorkload } from './workload.ts';

export interface Setting {
  readonly one: Case;
  /** What is done; the case's own network and stripes when left out. */
  readonly workload?: Workload;
  readonly threads: number;
  readonly castings: readonly Casting[];
}

/** Rounds of one case: every player in turn, in each round. */
export interface Rounds {
  readonly rounds: number;
  /** Repetitions of a player within a round, of which the median counts. */
  readonly repeat: number;
  /** No further round begins that would end after as many minutes; null without a limit. */
  readonly minutes: number | null;
}

/** One player's times, one per round: milliseconds of a step, and of the inference of one image. */
export interface Played {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly startMs: number;
  /** Of {@link startMs} what the network took; null where a player does not say. */
  readonly networkMs: number | null;
  readonly step: readonly number[];
  readonly inference: readonly number[];
  /** Processor time of the same, over all threads. */
  readonly stepProcessor: readonly number[];
  readonly inferenceProcessor: readonly number[];
  readonly memory: MemoryUse;
}

export interface Measured {
  readonly case: Case;
  readonly name: string;
  readonly players: readonly Played[];
  readonly absent: readonly { readonly name: string; readonly reason: string }[];
  /** Whom ratios are to; null when nobody else plays. */
  readonly reference: string | null;
}

/** All players that can be started, at the same workload. `use` gets them; they end with it. */
export async function withPlayers<T>(
  { one, workload, threads, castings }: Setting,
  use: (players: readonly Player[], absent: Measured['absent']) => Promise<T>,
): Promise<T> {
  const folder = writeWorkload(workload ?? workloadOf(one));
  const players: Player[] = [];
  const absent: { name: string; reason: string }[] = [];
  try {
    for (const casting of castings) {
      const player = await Player.start(casting, { folder, threads });
      if (typeof player === 'string') absent.push({ name: casting.name, reason: player });
      else players.push(player);
    }
    return await use(players, absent);
  } finally {
    await Promise.all(players.map((player) => player.end()));
    removeWorkload(folder);
  }
}

/** A player with its times so far. */
interface Entry {
  readonly player: Player;
  readonly step: Timed[];
  readonly predict: Timed[];
}

/**
 * Times all players round by round, each round in another order, so that whatever else the machine does meets all of them:
 * only ratios within a round are worth much. A line after every round; a player that fails is left out from there on.
 */
export async function compare(
  setting: Setting,
  { rounds, repeat, minutes }: Rounds,
  reference: string | null,
): Promise<Measured> {
  return withPlayers(setting, async (players, missing) => {
    const absent = [...missing];
    let entries: readonly Entry[] = players.map((player) => ({ player, step: [], predict: [] }));
    const each = async (shift: number, run: (entry: Entry) => Promise<void>) => {
      const failed = new Set<Entry>();
      for (let turn = 0; turn < entries.length; turn++) {
        const entry = entries[(turn + shift) % entries.length]!;
        try {
          await run(entry);
        } catch (error) {
          failed.add(entry);
          absent.push({ name: entry.player.name, reason: (error as Error).message });
        }
      }
      entries = entries.filter((entry) => !failed.has(entry));
    };
    // The first runs find memory and compile.
    await each(0, async ({ player }) => {
      await player.ask({ do: 'step', times: 2 });
      await player.ask({ do: 'predict', times: 1 });
    });
    const pace = new Pace(minutes);
    for (let round = 0; round < rounds; round++) {
      if (round > 0 && !pace.allows(round)) {
        console.log(`  ${minutes} minutes are over after ${round} of ${rounds} rounds`);
        break;
      }
      // One more than counts: the first runs on caches that another player filled.
      await each(round, async ({ player, step }) => {
        step.push(await player.ask({ do: 'step', times: repeat + 1 }));
      });
      await each(round, async ({ player, predict }) => {
        predict.push(await player.ask({ do: 'predict', times: repeat + 1 }));
      });
      console.log(roundLine(entries, round, rounds, pace));
    }
    const played: Played[] = [];
    await each(0, async ({ player, step, predict }) => {
      const perImage = (times: readonly number[]) => times.map((time) => time / setting.one.batch);
      played.push({
        name: player.name,
        version: player.version,
        threads: player.threads,
        startMs: player.startMs,
        networkMs: player.networkMs,
        step: step.map(({ milliseconds }) => middle(milliseconds)),
        inference: perImage(predict.map(({ milliseconds }) => middle(milliseconds))),
        stepProcessor: step.map(({ processor }) => middle(processor)),
        inferenceProcessor: perImage(predict.map(({ processor }) => middle(processor))),
        memory: await player.ask({ do: 'memory' }),
      });
    });
    return {
      case: setting.one,
      name: nameOf(setting.one),
      players: played,
      absent,
      reference: reference ?? bestPeer(played),
    };
  });
}

/** `  round 2 of 7: wasm 1034 ms, pytorch channels-last 680 ms; about 1:20 left`. */
function roundLine(entries: readonly Entry[], round: number, rounds: number, pace: Pace): string {
  const times = entries.map(
    ({ player, step }) => `${player.name} ${middle(step.at(-1)!.milliseconds).toFixed(0)} ms`,
  );
  const rest = round + 1 < rounds ? `; ${pace.left(round + 1, rounds)}` : '';
  return `  round ${round + 1} of ${rounds}: ${times.join(', ')}${rest}`;
}

/** The median of all repetitions but the first. */
function middle(times: readonly number[]): number {
  const sorted = times.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

/** PyTorch in the layout that steps fastest here. */
function bestPeer(played: readonly Played[]): string | null {
  const fair = played.filter(
    ({ name }) => name.startsWith('pytorch') && !['pytorch untuned', 'pytorch double'].includes(name),
  );
  const sorted = fair.toSorted((a, b) => sum(a.step) - sum(b.step));
  return sorted[0]?.name ?? null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
