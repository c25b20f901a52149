import { type Case, nameOf } from './cases.ts';
import { type Casting, Player } from './player.ts';
import type { MemoryUse, Timed } from './protocol.ts';
import { removeWorkload, workloadOf, writeWorkload } from './workload.ts';

export interface Setting {
  readonly one: Case;
  readonly threads: number;
  readonly castings: readonly Casting[];
}

/** Rounds of one case: every player in turn, in each round. */
export interface Pace {
  readonly rounds: number;
  /** Repetitions of a player within a round, of which the median counts. */
  readonly repeat: number;
}

/** One player's times, one per round: milliseconds of a step, and of the inference of one image. */
export interface Played {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly startMs: number;
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
  { one, threads, castings }: Setting,
  use: (players: readonly Player[], absent: Measured['absent']) => Promise<T>,
): Promise<T> {
  const folder = writeWorkload(workloadOf(one));
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

/**
 * Times all players round by round, each round in another order, so that whatever else the machine does meets all of them:
 * only ratios within a round are worth much.
 */
export async function compare(setting: Setting, pace: Pace, reference: string | null): Promise<Measured> {
  return withPlayers(setting, async (players, absent) => {
    const tallies = players.map(() => ({ step: [] as Timed[], predict: [] as Timed[] }));
    // The first runs find memory and compile.
    for (const player of players) {
      await player.ask({ do: 'step', times: 3 });
      await player.ask({ do: 'predict', times: 2 });
    }
    for (let round = 0; round < pace.rounds; round++) {
      for (let turn = 0; turn < players.length; turn++) {
        const index = (turn + round) % players.length;
        // One more than counts: the first runs on caches that another player filled.
        tallies[index]!.step.push(await players[index]!.ask({ do: 'step', times: pace.repeat + 1 }));
      }
      for (let turn = 0; turn < players.length; turn++) {
        const index = (turn + round) % players.length;
        tallies[index]!.predict.push(await players[index]!.ask({ do: 'predict', times: pace.repeat + 1 }));
      }
    }
    const played: Played[] = [];
    for (const [index, player] of players.entries()) {
      const { step, predict } = tallies[index]!;
      const perImage = (times: readonly number[]) => times.map((time) => time / setting.one.batch);
      played.push({
        name: player.name,
        version: player.version,
        threads: player.threads,
        startMs: player.startMs,
        step: step.map(({ milliseconds }) => middle(milliseconds)),
        inference: perImage(predict.map(({ milliseconds }) => middle(milliseconds))),
        stepProcessor: step.map(({ processor }) => middle(processor)),
        inferenceProcessor: perImage(predict.map(({ processor }) => middle(processor))),
        memory: await player.ask({ do: 'memory' }),
      });
    }
    return {
      case: setting.one,
      name: nameOf(setting.one),
      players: played,
      absent,
      reference: reference ?? bestPeer(played),
    };
  });
}

/** The median of all repetitions but the first. */
function middle(times: readonly number[]): number {
  const sorted = times.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

/** PyTorch in the layout that steps fastest here. */
function bestPeer(played: readonly Played[]): string | null {
  const fair = played.filter(({ name }) => name.startsWith('pytorch') && name !== 'pytorch untuned');
  const sorted = fair.toSorted((a, b) => sum(a.step) - sum(b.step));
  return sorted[0]?.name ?? null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
