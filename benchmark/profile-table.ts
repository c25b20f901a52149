import { type Setting, withPlayers } from './compare.ts';
import type { Casting } from './player.ts';
import type { Answers } from './protocol.ts';
import { align } from './table.ts';

interface Profiles {
  readonly name: string;
  readonly step: Answers['profile'] | null;
  readonly predict: Answers['profile'] | null;
}

/** Where the time of a step and of an inference goes: by operation, then by operation and shape. */
export async function profileTable(casting: Casting, setting: Setting): Promise<Profiles> {
  return withPlayers({ ...setting, castings: [casting] }, async ([player], absent) => {
    if (player === undefined) {
      console.log(`  ${casting.name} does not play: ${absent[0]!.reason}`);
      return { name: casting.name, step: null, predict: null };
    }
    await player.ask({ do: 'step', times: 3 });
    await player.ask({ do: 'predict', times: 2 });
    const profiles = { name: casting.name, step: null, predict: null } as {
      -readonly [K in keyof Profiles]: Profiles[K];
    };
    for (const what of ['step', 'predict'] as const) {
      const profile = await player.ask({ do: 'profile', what, times: 5 });
      profiles[what] = profile;
      console.log(`  ${casting.name}, ${what}: ${profile.total.toFixed(1)} ms`);
      console.log(`${align(byOperation(profile))}\n\n${align(byShape(profile))}\n`);
    }
    return profiles;
  });
}

function byOperation({ total, lines }: Answers['profile']): readonly (readonly string[])[] {
  const sums = new Map<string, { calls: number; milliseconds: number; operations: number }>();
  for (const { operation, calls, milliseconds, operations } of lines) {
    const sum = sums.get(operation) ?? { calls: 0, milliseconds: 0, operations: 0 };
    sum.calls += calls;
    sum.milliseconds += milliseconds;
    sum.operations += operations ?? 0;
    sums.set(operation, sum);
  }
  const inside = lines.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const row = (name: string, calls: number, milliseconds: number, operations: number) => [
    name,
    calls > 0 ? calls.toFixed(0) : '',
    milliseconds.toFixed(1),
    `${((100 * milliseconds) / total).toFixed(0)} %`,
    operations > 0 ? (operations / milliseconds / 1e6).toFixed(0) : '',
  ];
  return [
    ['operation', 'calls', 'ms', 'share', 'GFLOP/s'],
    ...[...sums]
      .sort(([, a], [, b]) => b.milliseconds - a.milliseconds)
      .filter(([, { milliseconds }]) => milliseconds > total / 500)
      .map(([name, { calls, milliseconds, operations }]) => row(name, calls, milliseconds, operations)),
    row('outside of kernels', 0, total - inside, 0),
  ];
}

function byShape({ lines }: Answers['profile']): readonly (readonly string[])[] {
  return [
    ['operation', 'shape', 'calls', 'ms', 'GFLOP/s'],
    ...lines
      .slice(0, 40)
      .map(({ operation, shape, calls, milliseconds, operations }) => [
        operation,
        shape,
        calls.toFixed(0),
        milliseconds.toFixed(2),
        operations === null ? '' : (operations / milliseconds / 1e6).toFixed(0),
      ]),
  ];
}
