import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { decodeTensors, type Tensors } from '../src/runtime/storage/safetensors.ts';
import { type Setting, withPlayers } from './compare.ts';
import type { Player } from './player.ts';
import { align } from './table.ts';

/** How far a player is from the reference. */
interface Distance {
  readonly name: string;
  /** The losses of ten steps at a rate of 1e-5. */
  readonly losses: readonly number[];
  /** The largest relative distance of a loss. */
  readonly loss: number;
  /** `‖g − r‖ / ‖r‖` of the gradients of each weight before the first step, the worst first. */
  readonly gradients: readonly { readonly weight: string; readonly distance: number }[];
  /** The same over all weights together. */
  readonly whole: number;
}

interface Checked {
  readonly reference: string | null;
  readonly distances: readonly Distance[];
}

/**
 * Whether players compute the same: gradients from the same weights, then ten losses at a rate so small that RMSprop's
 * first steps, which are as long whatever the gradient, stay tame.
 */
export async function check(setting: Setting, reference: string | null): Promise<Checked> {
  return withPlayers(setting, async (players, absent) => {
    for (const { name, reason } of absent) console.log(`  ${name} does not play: ${reason}`);
    const standard =
      players.find(({ name }) => name === reference) ??
      players.find(({ name }) => name === 'pytorch double') ??
      players.find(({ name }) => name === 'pytorch default-layout') ??
      players.at(-1);
    if (standard === undefined || players.length < 2) {
      console.log('  nothing to compare with: give `--python` a Python with PyTorch');
      return { reference: null, distances: [] };
    }
    const answers = new Map<Player, { readonly gradients: Tensors; readonly losses: readonly number[] }>();
    for (const player of players) {
      const begin = performance.now();
      answers.set(player, await answersOf(player));
      const seconds = ((performance.now() - begin) / 1000).toFixed(0);
      console.log(`  ${player.name}: gradients and ten steps in ${seconds} s`);
    }
    const truth = answers.get(standard)!;
    const distances = players
      .filter((player) => player !== standard)
      .map((player) => distanceOf(player.name, answers.get(player)!, truth));
    console.log(`  against ${standard.name}: ${truth.losses.map((loss) => loss.toFixed(6)).join(' ')}`);
    console.log(report(distances));
    return { reference: standard.name, distances };
  });
}

async function answersOf(player: Player) {
  const folder = mkdtempSync(join(os.tmpdir(), 'cmrnet-check-'));
  try {
    const file = join(folder, 'gradients.safetensors');
    await player.ask({ do: 'gradients', file });
    const gradients = decodeTensors(readFileSync(file));
    if (typeof gradients === 'string') throw new Error(`${player.name}: ${gradients}`);
    const { losses } = await player.ask({ do: 'step', times: 10, rate: 1e-5 });
    return { gradients, losses };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function distanceOf(
  name: string,
  own: { readonly gradients: Tensors; readonly losses: readonly number[] },
  truth: { readonly gradients: Tensors; readonly losses: readonly number[] },
): Distance {
  let apart = 0;
  let size = 0;
  const gradients = [...truth.gradients].map(([weight, { values }]) => {
    const other = own.gradients.get(weight)?.values;
    if (other === undefined) throw new Error(`${name} has no gradient of ${weight}`);
    const squared = (at: (index: number) => number) =>
      values.reduce((sum, _, index) => sum + at(index) ** 2, 0);
    const difference = squared((index) => other[index]! - values[index]!);
    const norm = squared((index) => values[index]!);
    apart += difference;
    size += norm;
    return { weight, distance: Math.sqrt(difference / norm) };
  });
  const steps = truth.losses.map((loss, step) => Math.abs(own.losses[step]! - loss) / loss);
  return {
    name,
    losses: own.losses,
    loss: Math.max(...steps),
    gradients: gradients.sort((a, b) => b.distance - a.distance),
    whole: Math.sqrt(apart / size),
  };
}

function report(distances: readonly Distance[]): string {
  return align([
    ['player', 'ten losses', 'all gradients', 'the worst weight', ''],
    ...distances.map(({ name, loss, whole, gradients }) => [
      name,
      loss.toExponential(1),
      whole.toExponential(1),
      gradients[0]!.distance.toExponential(1),
      gradients[0]!.weight,
    ]),
  ]);
}
