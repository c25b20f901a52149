import { partsOfMetric } from '../../../compiler/index.ts';
import { emptyText, neverFound } from '../../metrics/masks/empty-masks.ts';
import { untrained } from '../../metrics/untrained.ts';
import { type Column, structurePaths } from './columns.ts';
import type { ComparedMember, ComparedValue } from './members.ts';

/** How many masks of each row are empty, and which structures a row never finds: the means do not show it. */
export function maskNotes(
  members: readonly ComparedMember[],
  columns: readonly Column[],
  values: readonly Readonly<Record<string, ComparedValue>>[],
): readonly string[] {
  const paths = columns.flatMap((column) =>
    column.structures.length > 0 ? structurePaths(column) : [column.path],
  );
  const notes = members.flatMap((member, row) => paths.flatMap((path) => notesOn(member, values[row], path)));
  // Metrics that run over the same masks have the same to say.
  return [...new Set(notes)];
}

function notesOn(
  { label, runs }: ComparedMember,
  values: Readonly<Record<string, ComparedValue>> | undefined,
  path: string,
): readonly string[] {
  const value = values?.[path];
  if (value?.empty == null || value.reason === untrained) return [];
  const { head, structure } = partsOfMetric(path);
  const what = `\`${structure ?? head}\``;
  const seeds = runs.length > 1 ? `, over ${runs.length} seeds` : '';
  const missed = neverFound(value.empty);
  const counts = emptyText(value.empty);
  return [
    ...(missed > 0
      ? [`\`${label}\` never predicts ${what}, which ${missed} ${value.empty.of}s hold${seeds}`]
      : []),
    ...(counts === null ? [] : [`masks of ${what} in \`${label}\`, ${counts}${seeds}`]),
  ];
}
