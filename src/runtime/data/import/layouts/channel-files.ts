import { basename, dirname, join } from 'node:path';
import type { Bag } from '../../../../compiler/index.ts';
import { groupBy } from '../../../random/group.ts';
import { stemOf } from './found.ts';

/** Files that are one image: one, or the files of its channels in their order. */
export interface ImageFiles {
  /** The path without the channel's number and ending for several files, and without the ending for one. */
  readonly base: string;
  readonly files: readonly string[];
}

/** nnU-Net numbers the channels of an image: `heart_0000.nii.gz`, `heart_0001.nii.gz`. */
const channelEnding = /_(\d{4})$/;

/** The path of a file without its channel's number and ending. */
export function channelBase(path: string): string {
  return join(dirname(path), stemOf(basename(path)).replace(channelEnding, ''));
}

/** From 0; null for a file whose name has no number of a channel. */
export function channelNumber(path: string): number | null {
  const number = channelEnding.exec(stemOf(basename(path)))?.[1];
  return number === undefined ? null : Number(number);
}

/**
 * Groups the files of channels by their names. Numbers at the end of names may also count images; they count channels where a
 * mask has the name without the number. Then an image that lacks a channel that others have is an error.
 * @param masked whether there is a mask of a path without number and ending
 */
export function groupChannels(
  paths: readonly string[],
  masked: (base: string) => boolean,
  bag: Bag,
): readonly ImageFiles[] {
  const single = (path: string): ImageFiles => ({
    base: join(dirname(path), stemOf(basename(path))),
    files: [path],
  });
  const numbered = groupBy(
    paths.filter((path) => channelNumber(path) !== null),
    channelBase,
  );
  const numbers = (own: readonly string[]) => own.map((path) => channelNumber(path)!).sort((a, b) => a - b);
  const most = Math.max(0, ...[...numbered.values()].map((own) => own.length));
  const counted = ([base, own]: readonly [string, readonly string[]]) =>
    own.length === most && numbers(own).every((number, place) => number === place) && masked(base);
  if (most < 2 || ![...numbered].some(counted)) return paths.map(single);
  const groups = new Map<string, ImageFiles>();
  for (const path of paths) {
    const base = channelBase(path);
    const own = channelNumber(path) === null ? undefined : numbered.get(base);
    if (own === undefined) {
      groups.set(path, single(path));
      continue;
    }
    if (groups.has(base)) continue;
    const found = numbers(own);
    if (found.length !== most || found.some((number, place) => number !== place)) {
      bag.report('importChannels', {
        at: { file: own[0]!, start: 0, end: 0 },
        arguments: {
          name: basename(base),
          reason: `it has ${found.map(ending).join(' and ')}, others have ${most}`,
        },
        help: [{ message: 'add the file that is missing, or take the others out of the folder' }],
      });
    }
    groups.set(base, { base, files: [...own].sort((a, b) => channelNumber(a)! - channelNumber(b)!) });
  }
  return [...groups.values()];
}

function ending(number: number): string {
  return `_${String(number).padStart(4, '0')}`;
}
