import { type Setting, withPlayers } from './compare.ts';
import type { Casting } from './player.ts';
import type { MemoryUse } from './protocol.ts';
import { align, megabytes } from './table.ts';

interface Flatness {
  readonly name: string;
  /** After every 50 steps. */
  readonly memory: readonly MemoryUse[];
}

/** 500 steps: in steady state a player allocates nothing that it does not free. */
export async function flatness(casting: Casting, setting: Setting): Promise<Flatness> {
  return withPlayers({ ...setting, castings: [casting] }, async ([player], absent) => {
    if (player === undefined) {
      console.log(`  ${casting.name} does not play: ${absent[0]!.reason}`);
      return { name: casting.name, memory: [] };
    }
    const memory: MemoryUse[] = [];
    for (let part = 0; part < 10; part++) {
      await player.ask({ do: 'step', times: 50 });
      memory.push(await player.ask({ do: 'memory' }));
    }
    const rows = memory.map(({ resident, tensors }, part) => [
      `${(part + 1) * 50} steps`,
      tensors === null ? '' : `${tensors} tensors`,
      `${megabytes(resident)} MB`,
    ]);
    console.log(align([[casting.name, '', ''], ...rows]));
    return { name: casting.name, memory };
  });
}
