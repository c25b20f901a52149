import { readdirSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { groupBy } from '../../../random/group.ts';
import { groupChannels, type ImageFiles } from './channel-files.ts';
import { reportFile, type Search, stemOf } from './found.ts';

/** An image's file, or those of its channels, with the one that holds its mask. */
export interface ImageAndMask extends ImageFiles {
  readonly mask: string | null;
}

const maskEnding = /[_-](?:gt|mask|seg|segmentation|labels?)$/i;

/** Whether a file's name says that it is a mask. */
export function isMaskName(path: string): boolean {
  return maskEnding.test(stemOf(basename(path)));
}
/** Folders of masks and of images, as data sets have them: `labelsTr` belongs to `imagesTr`. */
const maskFolder =
  /^(?:labels?|masks?|segs?|segmentations?|gt|ground[_-]?truths?|annotations?)([_-]?(?:tr|ts|train|test|val)\w*)?$/i;
const imageFolder = /^(?:images?|imgs?|scans?|volumes?|data|raw)([_-]?(?:tr|ts|train|test|val)\w*)?$/i;
/** nnU-Net numbers the channels of images, whose masks have none. */
const firstChannel = /_0000$/;

/**
 * Pairs the files of a folder: a mask is a neighbour `NAME_gt`, `NAME_mask` or `NAME_seg`, or has the image's name in a
 * folder of masks beside that of the images. A mask without an image and an image with several masks are told and left out.
 */
export function pairMasks(search: Search, files: readonly string[]): readonly ImageAndMask[] {
  const named = files.map((path) => ({ path, ...place(search, path) }));
  // Where everything lies in a folder of masks, its name means something else.
  const folders = named.some(({ inMasks, ending }) => !inMasks && !ending);
  const isMask = ({ inMasks, ending }: (typeof named)[number]) => ending || (folders && inMasks);
  const masks = groupBy(named.filter(isMask), ({ key }) => key);
  const images = groupChannels(
    named.filter((one) => !isMask(one)).map(({ path }) => path),
    (base) => masks.has(place(search, `${base}_0000`).key),
    search.bag,
  ).map((one) => ({ ...one, key: place(search, one.files[0]!).key }));
  const known = new Set(images.map(({ key }) => key));
  for (const [key, own] of masks) {
    if (known.has(key)) continue;
    for (const { path } of own) reportFile(search.bag, path, 'it is a mask, and no image belongs to it');
  }
  return images.flatMap(({ base, files, key }): ImageAndMask[] => {
    const own = exactly(masks.get(key) ?? [], place(search, files[0]!).written);
    if (own.length <= 1) return [{ base, files, mask: own[0]?.path ?? null }];
    const list = own.map((one) => `\`${relative(search.folder, one.path)}\``).join(' and ');
    reportFile(search.bag, files[0]!, `it has ${own.length} masks, ${list}, and one is to be chosen`);
    return [];
  });
}

/** Of several masks those whose names are written like the image's to the byte, which tells composed letters apart. */
function exactly<T extends Place>(masks: readonly T[], written: string): readonly T[] {
  const own = masks.filter((mask) => mask.written === written);
  return masks.length > 1 && own.length > 0 ? own : masks;
}

/** Tells of a folder of masks that lies beside the folder that is looked through, and so is not. */
export function tellSiblingMasks(search: Search): void {
  const folder = resolve(search.folder);
  const own = imageFolder.exec(basename(folder));
  if (own === null) return;
  let names: readonly string[];
  try {
    names = readdirSync(dirname(folder));
  } catch {
    return;
  }
  const beside = names.find(
    (name) => maskFolder.exec(name)?.[1]?.toLowerCase() === own[1]?.toLowerCase() && maskFolder.test(name),
  );
  if (beside === undefined) return;
  search.bag.report('importRemark', {
    at: { file: search.folder, start: 0, end: 0 },
    arguments: {
      path: search.folder,
      remark: `the folder \`${beside}\` beside it is not looked at: import the folder of both where it holds the masks`,
    },
  });
}

interface Place {
  /** What an image and its mask have in common: their folders and names without what tells them apart. */
  readonly key: string;
  /** The same as the file system has it; in the key composed letters are one with their parts. */
  readonly written: string;
  readonly inMasks: boolean;
  /** Whether its name says that it is a mask. */
  readonly ending: boolean;
}

function place({ folder }: Search, path: string): Place {
  const parts = relative(folder, dirname(path)).split(sep).filter(Boolean);
  const stem = stemOf(basename(path));
  const common = parts.flatMap((part) => {
    const match = maskFolder.exec(part) ?? imageFolder.exec(part);
    return match === null ? [part] : match[1] === undefined ? [] : [match[1].toLowerCase()];
  });
  const name = stem.replace(maskEnding, '').replace(firstChannel, '');
  const written = [...common, name].join('/');
  return {
    key: written.normalize('NFC'),
    written,
    inMasks: parts.some((part) => maskFolder.test(part)),
    ending: maskEnding.test(stem),
  };
}
