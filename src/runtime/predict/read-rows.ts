import type { Case } from '../data/dataset/dataset.ts';
import { reasonOf } from '../data/import/convert/convert.ts';
import { FileReader, isFileProblem } from '../images/files.ts';
import type { Volume } from '../images/formats/volume.ts';
import type { Grid } from '../images/grid.ts';

/** The volume that rows of a manifest are the slices of, in their order, or why they are none. */
export function readRows(rows: readonly Case[]): Volume | { readonly reason: string } {
  const reader = new FileReader();
  const grids: Grid[] = [];
  for (const { id, source } of rows) {
    if (source.kind !== 'files') return { reason: `\`${id}\` is drawn, not read` };
    const grid = reader.image({ ...source.image, neighbours: 0 });
    if (isFileProblem(grid)) return { reason: `of \`${id}\`, ${source.image.path}: ${reasonOf(grid)}` };
    grids.push(grid);
  }
  const [first] = grids as [Grid];
  const other = grids.findIndex(
    ({ height, width, channels }) =>
      height !== first.height || width !== first.width || channels !== first.channels,
  );
  if (other > 0)
    return {
      reason: `\`${rows[other]!.id}\` has another size than \`${rows[0]!.id}\`, and they are one volume by patient and phase`,
    };
  const each = first.values.length;
  const values = new Float32Array(grids.length * each);
  for (const [slice, grid] of grids.entries()) values.set(grid.values, slice * each);
  const { spacing, place } = rows[0]!;
  const voxel = place?.voxelVolume ?? 0;
  return {
    ...{
      columns: first.width,
      rows: first.height,
      slices: grids.length,
      frames: 1,
      channels: first.channels,
      values,
    },
    spacing: spacing === null ? null : [...spacing, voxel / (spacing[0] * spacing[1])],
    affine: null,
    ...(place?.trigger == null ? {} : { times: [place.trigger] }),
    source: { kind: 'array' },
  };
}
