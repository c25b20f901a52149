import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { alternatives } from '../../../../compiler/index.ts';
import type { ReaderThread } from '../../../images/formats/reader-thread.ts';
import { groupBy } from '../../../random/group.ts';
import { outlined } from '../convert/outlines.ts';
import { groupChannels } from './channel-files.ts';
import { findSeries } from './dicom-series.ts';
import {
  type FoundImage,
  file,
  fileOrChannels,
  patientOf,
  readIndex,
  reportFile,
  reportFolder,
  reportRow,
  type Search,
  stemOf,
} from './found.ts';
import { Labels } from './labels.ts';
import type { Layout } from './layout-facts.ts';
import { listFolder, listTree } from './list-files.ts';
import { pairMasks, tellSiblingMasks } from './mask-pairs.ts';
import { datasetFile, namedStructures } from './structure-names.ts';
import { findContours } from './sunnybrook.ts';
import { filesUsed, tellUnused } from './unused-files.ts';

/** How the images of a layout are found, and what its masks show. */
export const layouts = {
  acdc: {
    structures: () => ({ right_ventricle: 1, myocardium: 2, left_ventricle: 3 }),
    find: (search: Search) =>
      existsSync(join(search.folder, 'index.csv')) ? acdcArrays(search) : acdcFrames(search),
  },
  emidec: {
    structures: () => ({ left_ventricle: 1, myocardium: 2, infarction: 3, no_reflow: 4 }),
    find: (search: Search) =>
      existsSync(join(search.folder, 'index.csv')) ? emidecPairs(search) : emidecCases(search),
  },
  sunnybrook: {
    structures: () => outlined,
    find: findContours,
  },
  pairs: {
    structures: namedStructures,
    find: findPairs,
  },
  volumes: {
    structures: namedStructures,
    find: findVolumes,
  },
  dicom: {
    structures: () => ({}),
    find: findSeries,
  },
} as const satisfies Record<
  Layout,
  {
    /** Which value of a mask each structure has, as far as the data set or a file of the folder says. */
    readonly structures: (search: Search) => Readonly<Record<string, number>>;
    readonly find: (
      search: Search,
      reader: ReaderThread,
    ) => readonly FoundImage[] | null | Promise<readonly FoundImage[] | null>;
  }
>;

function acdcArrays(search: Search): readonly FoundImage[] | null {
  const rows = readIndex(search, 'index.csv', ['file', 'patient', 'group', 'slices']);
  return withRestTold(
    search,
    rows?.flatMap((row): FoundImage[] => {
      const {
        file: name,
        patient,
        group,
        slices,
        phase,
        voxel_volume_mm3,
      } = row.cells as Record<string, string>;
      const volume = Number(voxel_volume_mm3);
      const count = Number(slices);
      if (!Number.isInteger(count) || count < 1) {
        reportRow(search, 'index.csv', row, `has \`${slices}\` slices`);
        return [];
      }
      const path = join(search.folder, 'volumes', name!);
      return [
        {
          name: stemOf(name!),
          patient: patient!,
          ...(group === undefined ? {} : { label: group }),
          image: file(path, 'image'),
          mask: file(path, 'label'),
          slices: count,
          ...(phase === 'ED' || phase === 'ES' ? { phase } : {}),
          ...(volume > 0 ? { voxelVolume: volume } : {}),
        },
      ];
    }) ?? null,
    [join(search.folder, 'index.csv')],
  );
}

/** The images of a known data set; files of its folder that belong to none are told. */
function withRestTold(
  search: Search,
  found: readonly FoundImage[] | null,
  others: readonly string[],
): readonly FoundImage[] | null {
  if (found !== null) tellUnused(search, listTree(search), [...filesUsed(found), ...others]);
  return found;
}

/** As the challenge hands them out: `patient001/Info.cfg` says the group, `patient001_frame01_gt.nii.gz` is a mask. */
function acdcFrames(search: Search): readonly FoundImage[] | null {
  const files = listTree(search);
  const configurations = files.filter((path) => basename(path) === 'Info.cfg');
  if (configurations.length === 0) {
    if (!search.bag.hasErrors)
      reportFolder(search, 'it has neither index.csv nor a patient folder with Info.cfg');
    return null;
  }
  const found = configurations.flatMap((path) => {
    const folder = dirname(path);
    const said = readFileSync(path, 'utf8');
    const group = /^\s*Group\s*:\s*(\S+)/m.exec(said)?.[1];
    const frames = readdirSync(folder)
      .filter((name) => /_frame\d+\.nii(?:\.gz)?$/.test(name))
      .sort();
    return frames.map((name): FoundImage => {
      const mask = name.replace(/(\.nii(?:\.gz)?)$/, '_gt$1');
      const phase = frameOfCycle(said, name);
      return {
        name: stemOf(name),
        patient: basename(folder),
        ...(group === undefined ? {} : { label: group }),
        image: file(join(folder, name), 'image'),
        mask: existsSync(join(folder, mask)) ? file(join(folder, mask), 'mask') : null,
        slices: null,
        ...(phase === null ? {} : { phase }),
      };
    });
  });
  return withRestTold(search, found, configurations);
}

/**
 * Which end of the cycle a frame is: an `Info.cfg` of the ACDC challenge says `ED: 1` and `ES: 12`, and files are named
 * `patient001_frame12`. Null for frames between them.
 */
export function frameOfCycle(configuration: string, name: string): 'ED' | 'ES' | null {
  const frame = Number(/_frame(\d+)/.exec(name)?.[1]);
  const ends = ['ED', 'ES'] as const;
  return (
    ends.find(
      (end) => Number(new RegExp(`^\\s*${end}\\s*:\\s*(\\d+)`, 'm').exec(configuration)?.[1]) === frame,
    ) ?? null
  );
}

function emidecPairs(search: Search): readonly FoundImage[] | null {
  const rows = readIndex(search, 'index.csv', ['file', 'patient', 'label']);
  return withRestTold(
    search,
    rows?.map(({ cells }): FoundImage => {
      const { file: name, patient, label } = cells as Record<'file' | 'patient' | 'label', string>;
      return {
        name: stemOf(name),
        patient,
        label,
        image: file(join(search.folder, 'images', name), 'image'),
        mask: file(join(search.folder, 'masks', name), 'mask'),
        slices: null,
      };
    }) ?? null,
    [join(search.folder, 'index.csv')],
  );
}

/** As the challenge hands them out: `Case_P001/Images/Case_P001.nii.gz`; an N after `Case_` is a normal examination. */
function emidecCases(search: Search): readonly FoundImage[] | null {
  const images = listTree(search).filter((path) =>
    /Case_[NP]?\d+[\\/]Images[\\/][^\\/]+\.nii(?:\.gz)?$/.test(path),
  );
  if (images.length === 0) {
    if (!search.bag.hasErrors)
      reportFolder(search, 'it has neither index.csv nor a folder such as Case_P001/Images');
    return null;
  }
  const found = images.map((path): FoundImage => {
    const name = stemOf(basename(path));
    const mask = join(dirname(dirname(path)), 'Contours', basename(path));
    const kind = /Case_([NP])/.exec(name)?.[1];
    return {
      name,
      patient: name,
      ...(kind === undefined ? {} : { label: kind === 'N' ? 'normal' : 'pathological' }),
      image: file(path, 'image'),
      mask: existsSync(mask) ? file(mask, 'mask') : null,
      slices: null,
    };
  });
  return withRestTold(search, found, []);
}

const readable = /\.(?:png|npy|npz|nii|nii\.gz|hdr|hdr\.gz|h5|hdf5|tiff?|dcm|dicom|mat)$/i;

function findPairs(search: Search): readonly FoundImage[] | null {
  const images = listFolder(search, 'images')?.filter((name) => readable.test(name));
  const masks = listFolder(search, 'masks')?.filter((name) => readable.test(name));
  if (images === undefined || masks === undefined) return null;
  const byStem = groupBy(masks, stemOf);
  const labels = new Labels(search);
  const used = new Set<string>();
  const groups = groupChannels(images, (base) => byStem.has(base), search.bag);
  const found = groups.flatMap(({ base: stem, files }): FoundImage[] => {
    const name = files[0]!;
    // nnU-Net numbers the channels of images, whose masks have none.
    const own = byStem.get(stem) ?? byStem.get(stem.replace(/_0000$/, '')) ?? [];
    for (const mask of own) used.add(mask);
    if (own.length === 0) reportFolder(search, `masks/ has no \`${name}\``);
    if (own.length > 1)
      reportFolder(search, `masks/ has ${alternatives(own, 'and')} for the one image \`${name}\``);
    if (own.length !== 1) return [];
    const patient = patientOf(search, stem);
    const known = labels.get(name, stem, patient);
    return [
      {
        name: stem,
        patient,
        ...known,
        image: fileOrChannels(
          files.map((one) => join(search.folder, 'images', one)),
          search.imageArray,
        ),
        mask: file(join(search.folder, 'masks', own[0]!), search.maskArray),
        slices: null,
      },
    ];
  });
  for (const mask of masks) {
    if (used.has(mask)) continue;
    reportFile(search.bag, join(search.folder, 'masks', mask), 'it is a mask, and no image belongs to it');
  }
  labels.tellRest();
  return found;
}

/** Files that hold an image, and perhaps its mask. */
export function findVolumes(search: Search): readonly FoundImage[] {
  const files = listTree(search).filter((path) => {
    const reason = notVolume(path);
    if (reason !== null) reportFile(search.bag, path, reason);
    return reason === null && readable.test(path);
  });
  const labels = new Labels(search);
  const found = pairMasks(search, files).map(({ base, files: own, mask }): FoundImage => {
    const image = own[0]!;
    const name = relative(search.folder, base).replace(/[\\/]+/g, '_');
    const patient = patientOf(search, name);
    const known = labels.get(basename(image), stemOf(basename(image)), name, patient);
    const holdsArrays = own.length === 1 && /\.(?:npz|h5|hdf5|mat)$/i.test(image);
    const masked = mask ?? (holdsArrays ? image : null);
    return {
      name,
      patient,
      ...known,
      image: fileOrChannels(own, search.imageArray),
      mask: masked === null ? null : file(masked, search.maskArray),
      slices: null,
    };
  });
  labels.tellRest();
  if (found.every(({ mask }) => mask === null)) tellSiblingMasks(search);
  return found;
}

/** Whether a file holds the values of a header beside it, and is read with that. */
export function isCompanion(path: string): boolean {
  return /\.img(?:\.gz)?$/i.test(path) && existsSync(path.replace(/\.img(\.gz)?$/i, '.hdr$1'));
}

/** Why the layout leaves a file out, as far as its name tells; null for what it reads, or knows without reading. */
function notVolume(path: string): string | null {
  if (/\.(?:dcm|dicom)$/i.test(path)) return 'it is DICOM, of which the layout `dicom` makes series';
  if (readable.test(path) || isCompanion(path) || basename(path) === 'labels.csv') return null;
  if (basename(path) === datasetFile) return null;
  return 'its name has no ending of an image that the layout `volumes` reads';
}
