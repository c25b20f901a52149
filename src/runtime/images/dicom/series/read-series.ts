import type { FileProblem } from '../../files.ts';
import type { VolumeFinding } from '../../formats/findings.ts';
import type { ReaderThread } from '../../formats/reader-thread.ts';
import { tooLarge, type Volume } from '../../formats/volume.ts';
import type { Pixels } from '../dicom-pixels.ts';
import { assemble, frameOf } from '../read-dicom.ts';
import type { PlacedFrame } from './placed-frame.ts';

/**
 * The images of one group as a volume. A file whose pixels cannot be read is left out and named, and the rest is arranged
 * without it.
 */
export async function readSeries(
  images: readonly PlacedFrame[],
  reader: ReaderThread,
): Promise<Volume | FileProblem> {
  const { rows, columns, channels } = images[0]!.facts;
  const large = tooLarge([images.length, rows, columns, channels]);
  if (large !== null) return { problem: 'damaged', reason: large.damage };
  const findings: VolumeFinding[] = [];
  const files = new Map<string, Pixels>();
  let problem: FileProblem | null = null;
  for (const path of new Set(images.map(({ origin }) => origin.path))) {
    const found = await reader.frames(path);
    if ('problem' in found) {
      problem ??= found;
      const reason = found.problem === 'damaged' ? found.reason : 'it can no longer be read';
      findings.push({ kind: 'left out', path, reason });
    } else {
      files.set(path, found);
      if (found.inverted) findings.push({ kind: 'inverted', path });
    }
  }
  const first = [...files.values()][0];
  if (first === undefined) return problem!;
  const own = images.filter(({ origin, facts }) => {
    const found = files.get(origin.path);
    return found?.channels === first.channels && found.frames === facts.frames.length;
  });
  const pixels = (index: number) => frameOf(files.get(own[index]!.origin.path)!, own[index]!.origin.frame);
  const found = assemble(own, pixels, first.channels);
  if ('damage' in found) return { problem: 'damaged', reason: found.damage };
  return { ...found, findings: [...findings, ...(found.findings ?? [])] };
}
