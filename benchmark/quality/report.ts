import { groupBy } from '../../src/runtime/random/group.ts';
import { drawPlot, palette } from '../../src/runtime/report/plot.ts';
import type { Reached, Result } from './results.ts';

/** One player after one part of the time, over all seeds. */
interface Row {
  readonly player: string;
  readonly minutes: number;
  readonly reached: readonly Reached[];
}

/** A Markdown table: Dice per volume by structure, the mean over seeds, and where there are several the least and the most. */
export function qualityTable(results: readonly Result[]): string {
  const structures = results[0]?.structures ?? [];
  const phases = [...new Set(results.flatMap(({ marks }) => marks).flatMap(phasesOf))].sort();
  const columns = structures.flatMap((name) => [
    name.replaceAll('_', ' '),
    ...(phases.length > 1 ? phases.map((phase) => `phase ${phase}`) : []),
  ]);
  const header = ['player', 'minutes', 'seeds', 'steps', ...columns];
  const rows = rowsOf(results).map(({ player, minutes, reached }) => {
    const cells = structures.flatMap((_, structure) =>
      [null, ...(phases.length > 1 ? phases : [])].map((phase) =>
        over(reached.map((one) => diceOf(one, structure, phase))),
      ),
    );
    const steps = Math.round(mean(reached.map((one) => one.steps)));
    return [player, String(minutes), String(reached.length), String(steps), ...cells];
  });
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Dice against processor time, a plot for each structure. */
export function qualityPlots(results: readonly Result[]): ReadonlyMap<string, string> {
  const players = [...new Set(results.map(({ player }) => player))];
  const color = (player: string) => palette[players.indexOf(player) % palette.length]!;
  const structures = results[0]?.structures ?? [];
  return new Map(
    structures.map((structure, index) => {
      const lines = [...groupBy(rowsOf(results), ({ player }) => player)].map(([player, rows]) => {
        const points = rows.map(
          ({ minutes, reached }) => [minutes, mean(reached.map((one) => diceOf(one, index, null)))] as const,
        );
        return { player, points };
      });
      const single = rowsOf(results).flatMap(({ player, minutes, reached }) =>
        reached.map((one) => ({ player, point: [minutes, diceOf(one, index, null)] as const })),
      );
      const plot = drawPlot({
        title: `${structure.replaceAll('_', ' ')} of held-out patients`,
        caption: 'Dice per volume against processor time; dots are seeds, lines their means',
        x: { label: 'processor minutes of training', range: null },
        y: { label: 'Dice per volume', range: null },
        marks: [
          ...lines.map(({ player, points }) => ({ kind: 'line' as const, points, color: color(player) })),
          ...single.map(({ player, point }) => ({
            kind: 'dots' as const,
            points: [point],
            color: color(player),
          })),
        ],
        legend: players.map((player) => ({ label: player, color: color(player) })),
      });
      return [structure, plot] as const;
    }),
  );
}

function rowsOf(results: readonly Result[]): readonly Row[] {
  const all = results.flatMap(({ player, marks }) => marks.map((reached) => ({ player, reached })));
  const rows = [...groupBy(all, ({ player, reached }) => `${player} ${reached.minutes}`).values()];
  return rows.map((own) => ({
    player: own[0]!.player,
    minutes: own[0]!.reached.minutes,
    reached: own.map(({ reached }) => reached),
  }));
}

/** The mean Dice of a structure over the volumes of a phase, or of all. */
function diceOf({ volumes }: Reached, structure: number, phase: number | null): number {
  const own = volumes.filter((volume) => phase === null || volume.phase === phase);
  return mean(own.map(({ dice }) => dice[structure]!));
}

function phasesOf({ volumes }: Reached): readonly number[] {
  return volumes.map(({ phase }) => phase);
}

/** `0.812`, or `0.812 (0.805 – 0.820)`. */
function over(values: readonly number[]): string {
  const whole = mean(values).toFixed(3);
  if (values.length < 2) return whole;
  return `${whole} (${Math.min(...values).toFixed(3)} – ${Math.max(...values).toFixed(3)})`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
