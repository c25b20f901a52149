import type { Measured, Played } from './compare.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/** Medians with quartiles, and ratios to the reference within rounds with theirs. */
export function table({ players, reference }: Measured): string {
  const standard = players.find(({ name }) => name === reference);
  const rows = players.map((player) => [
    player.name,
    `${formatSpread(spreadOf(player.step), 0)} ms`,
    ratio(player.step, standard?.step),
    `${formatSpread(spreadOf(player.inference), 1)} ms`,
    ratio(player.inference, standard?.inference),
    `${megabytes(player.memory.peak)} MB`,
    startOf(player),
    processor(player, standard),
  ]);
  const head = [
    'player',
    'step',
    'ratio',
    'inference of an image',
    'ratio',
    'peak memory',
    'start (network)',
    'processor time',
  ];
  return align([head, ...rows]);
}

/** `2.3 s (1.7 s)`: all of it, and the network's part. */
function startOf({ startMs, networkMs }: Played): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return networkMs === null ? seconds(startMs) : `${seconds(startMs)} (${seconds(networkMs)})`;
}

function ratio(own: readonly number[], other: readonly number[] | undefined): string {
  if (other === undefined) return '';
  return formatSpread(spreadOf(own.map((time, round) => time / other[round]!)), 2);
}

/** A second opinion: what the processor worked for a step and an inference, as ratios of medians. */
function processor(player: Played, standard: Played | undefined): string {
  const step = spreadOf(player.stepProcessor).median;
  const inference = spreadOf(player.inferenceProcessor).median;
  if (standard === undefined) return `${step.toFixed(0)} and ${inference.toFixed(1)} ms`;
  const by = (own: number, other: readonly number[]) => (own / spreadOf(other).median).toFixed(2);
  return `${by(step, standard.stepProcessor)} and ${by(inference, standard.inferenceProcessor)}`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** Columns under each other, the first to the left, the others to the right. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
