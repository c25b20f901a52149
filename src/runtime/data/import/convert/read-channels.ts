import type { FileProblem } from '../../../images/files.ts';
import { oddities, type VolumeFinding } from '../../../images/formats/findings.ts';
import { onGridOf } from '../../../images/formats/image-grid.ts';
import { tooLarge, type Volume } from '../../../images/formats/volume.ts';

/** A file, or a series, of an image's channels. */
export interface ChannelSource {
  /** Named where it does not fit. */
  readonly name: string;
  readonly read: () => Promise<Volume | FileProblem>;
}

/**
 * Files or series of the same pixels as one volume, whose channels are theirs in their order. Each is brought to the grid
 * of the first by what both say of their places, and one that lies between its pixels or covers a part of it is refused:
 * nothing is interpolated.
 */
export async function readChannels(sources: readonly ChannelSource[]): Promise<Volume | FileProblem> {
  const parts: Volume[] = [];
  const findings: VolumeFinding[] = [];
  for (const { name, read } of sources) {
    const found = await read();
    if ('problem' in found) {
      return found.problem === 'damaged' ? damaged(`its channel ${name}: ${found.reason}`) : found;
    }
    findings.push(...(found.findings ?? []));
    const [first] = parts;
    if (first === undefined) {
      parts.push(found);
      continue;
    }
    const placed = onGridOf(first, found, 'channel');
    if ('reason' in placed) return damaged(`${placed.reason} (\`${name}\`)`);
    if (placed.remark !== null) findings.push(...oddities([`${placed.remark} (\`${name}\`)`]));
    parts.push(placed.volume);
  }
  const [first] = parts as [Volume, ...Volume[]];
  const channels = parts.reduce((sum, part) => sum + part.channels, 0);
  const { rows, columns, slices, frames } = first;
  const large = tooLarge([frames, slices, rows, columns, channels]);
  if (large !== null) return damaged(large.damage);
  return { ...first, channels, values: interleave(parts, channels), findings };
}

function interleave(parts: readonly Volume[], channels: number): Float32Array {
  const [first] = parts as [Volume, ...Volume[]];
  const values = new Float32Array((first.values.length / first.channels) * channels);
  let start = 0;
  for (const part of parts) {
    for (let channel = 0; channel < part.channels; channel += 1, start += 1) {
      for (let from = channel, to = start; to < values.length; from += part.channels, to += channels)
        values[to] = part.values[from]!;
    }
  }
  return values;
}

function damaged(reason: string): FileProblem {
  return { problem: 'damaged', reason };
}
