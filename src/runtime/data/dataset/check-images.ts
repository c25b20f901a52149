import {
  alternatives,
  type Bag,
  type DataPlan,
  didYouMean,
  formatShape,
  slicesSeen,
} from '../../../compiler/index.ts';
import {
  type FileProblem,
  FileReader,
  type FileReference,
  filesOf,
  type ImageReference,
  isFileProblem,
} from '../../images/files.ts';
import { type Grid, sameSize } from '../../images/grid.ts';
import { withWholeValues } from '../../images/mask-values.ts';
import type { ManifestRow } from '../manifest/manifest.ts';
import { rowNote } from './check-rows.ts';
import { checkSize } from './check-size.ts';
import { countValues } from './count-values.ts';
import type { Case, DataNeeds } from './dataset.ts';
import type { ContentDigests } from './digests.ts';
import { belongs } from './encode.ts';
import { MaskFindings, type MaskPlace } from './mask-findings.ts';

/** A row with the files it names. */
export interface CheckedRow {
  readonly row: ManifestRow;
  readonly case: Case & { readonly source: { readonly kind: 'files' } };
}

/** What was seen of a dataset's images and masks. */
export interface ImageFacts {
  /** Images by size and channels, such as `256×216×1`. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly masks: number;
  /** By structure: masks that show it, and its pixels in all of them. */
  readonly structures: ReadonlyMap<string, { readonly masks: number; readonly pixels: number }>;
}

/** Told of each image that was looked at. */
export type Progress = (done: number, total: number) => void;

type Role = 'image' | 'mask';

/**
 * Opens every file and checks every pixel. What several rows have in common (a file, a size that does not fit) is
 * reported once, at the first of them.
 */
export function checkImages(
  rows: readonly CheckedRow[],
  plan: DataPlan,
  needs: DataNeeds,
  bag: Bag,
  digests?: ContentDigests,
  progress?: Progress,
): ImageFacts {
  const reader = new FileReader();
  const once = repeats(rows);
  const sizes = new Map<string, number>();
  const kinds = new Set<string>();
  const structures = new Map(plan.structures.map(({ name }) => [name, { masks: 0, pixels: 0 }]));
  const blank: ManifestRow[] = [];
  const findings = new MaskFindings(plan, needs);
  let masks = 0;

  for (const [done, { row, case: one }] of rows.entries()) {
    progress?.(done, rows.length);
    const image = openImage(reader, one.source.image, row, once, bag);
    if (image !== null) {
      digests?.note(one.source.image, image);
      const own = { ...image, channels: image.channels / slicesSeen(plan) };
      const size = formatShape([own.height, own.width, own.channels]);
      checkValues(image, 'image', row, one.source.image, bag);
      // What one image of a size and spacing cannot do, none of them can; a size that was not declared is said of each.
      const undeclared = plan.image !== null && size !== formatShape(plan.image);
      const kind = `${size} ${one.spacing}`;
      if (undeclared || !kinds.has(kind)) {
        const notes = placeNotes(row, one.source.image);
        checkSize(own, one.spacing, { id: row.entry.id, at: row.at('image'), notes }, plan, needs, bag);
      }
      kinds.add(kind);
      sizes.set(size, (sizes.get(size) ?? 0) + 1);
    }
    if (one.source.mask === null) continue;
    const mask = open(reader, one.source.mask, 'mask', row, once, bag);
    if (mask === null) continue;
    masks += 1;
    digests?.note(one.source.mask, mask);
    if (!checkValues(mask, 'mask', row, one.source.mask, bag)) continue;
    if (image !== null && (!sameSize(image, mask) || mask.channels !== 1)) {
      bag.report('maskSize', {
        at: row.at(maskKey(row)),
        arguments: {
          id: row.entry.id,
          size: formatShape(
            mask.channels === 1 ? [mask.height, mask.width] : [mask.height, mask.width, mask.channels],
          ),
          image: formatShape([image.height, image.width]),
        },
        notes: placeNotes(row, one.source.mask),
      });
    }
    if (mask.channels !== 1 || !findings.see(mask, placeOfMask(row, one.source.mask), bag)) continue;
    const whole = { ...mask, values: withWholeValues(mask.values) };
    if (!countStructures(whole, plan, structures)) blank.push(row);
  }
  findings.report(bag);
  reportMasks(blank, masks, structures, plan, needs, rows, bag);
  return { sizes, masks, structures };
}

/** An image with all its channels. Its files are looked at one by one, so that what is said is said of one of them. */
function openImage(
  reader: FileReader,
  reference: ImageReference,
  row: ManifestRow,
  once: (key: string) => readonly string[] | null,
  bag: Bag,
): Grid | null {
  const parts = filesOf(reference).map((file) => open(reader, file, 'image', row, once, bag));
  if (parts.includes(null)) return null;
  const [first, ...others] = parts as [Grid, ...Grid[]];
  const other = others.find((grid) => !sameSize(grid, first));
  if (other !== undefined) {
    bag.report('channelSize', {
      at: row.at('image'),
      arguments: {
        id: row.entry.id,
        first: formatShape([first.height, first.width]),
        second: formatShape([other.height, other.width]),
      },
      notes: [
        rowNote(row),
        ...filesOf(reference).map(({ path, array }) => `\`${path}\`, array \`${array}\``),
      ],
      help: [
        { message: '`cmrc data import` brings the files of channels to one grid, or says why it cannot' },
      ],
    });
    return null;
  }
  // Rows without a slice have no neighbours, which is said of the rows.
  if (reference.neighbours !== undefined && reference.slice === null) return null;
  const whole = reader.image(reference);
  if (!isFileProblem(whole)) return whole;
  reportFile(whole, reference, 'image', row, [], bag);
  return null;
}

function open(
  reader: FileReader,
  file: FileReference,
  role: Role,
  row: ManifestRow,
  once: (key: string) => readonly string[] | null,
  bag: Bag,
): Grid | null {
  const found = reader.read(file, role);
  if (!isFileProblem(found)) return found;
  const shared = found.problem === 'slice' ? [] : once(`${role} ${file.path} ${file.array}`);
  if (shared !== null) reportFile(found, file, role, row, shared, bag);
  return null;
}

function reportFile(
  found: FileProblem,
  file: FileReference,
  role: Role,
  row: ManifestRow,
  shared: readonly string[],
  bag: Bag,
): void {
  const { id } = row.entry;
  const notes = [...placeNotes(row, file), ...shared];
  const at = row.at(role === 'image' ? 'image' : maskKey(row));
  switch (found.problem) {
    case 'missing':
      bag.report('missingImage', { at, arguments: { role, id }, notes });
      break;
    case 'damaged':
      bag.report('damagedImage', { at, arguments: { role, id, reason: found.reason }, notes });
      break;
    case 'array': {
      const key = role === 'image' ? 'image_array' : 'mask_array';
      bag.report('missingArray', {
        at: row.at(key),
        arguments: { role, id, array: file.array },
        notes: [
          ...notes,
          `it holds ${found.arrays.length === 0 ? 'none' : alternatives(found.arrays, 'and')}`,
        ],
        help:
          row.entry[key] === undefined
            ? [{ message: `name the array with \`${key}\`` }]
            : didYouMean(row.at(key), file.array, found.arrays),
      });
      break;
    }
    case 'slice':
      bag.report('sliceRange', {
        at: row.at('slice'),
        arguments: { role, id, problem: found.reason },
        notes,
      });
  }
}

/** Where a mask is from. Rows of a cine say their point in time in their names, as imports write them. */
function placeOfMask(row: ManifestRow, file: FileReference): MaskPlace {
  const time = /_t(\d+)_s(\d+)$/.exec(row.entry.id);
  return {
    id: row.entry.id,
    at: row.at(maskKey(row)),
    notes: placeNotes(row, file),
    volume: `${file.path} ${file.array} ${time?.[1] ?? ''}`,
    slice: time === null ? file.slice : Number(time[2]),
  };
}

/** Whether all values are numbers; an image of one value is told. */
function checkValues(grid: Grid, role: Role, row: ManifestRow, file: FileReference, bag: Bag): boolean {
  const { id } = row.entry;
  let bad = 0;
  let constant = true;
  for (const value of grid.values) {
    if (!Number.isFinite(value)) bad += 1;
    if (value !== grid.values[0]) constant = false;
  }
  if (bad > 0) {
    bag.report('notFinite', {
      at: row.at(role === 'image' ? 'image' : maskKey(row)),
      arguments: { role, id, count: bad },
      notes: [...placeNotes(row, file), `it has ${grid.values.length} values`],
    });
  } else if (constant && role === 'image') {
    bag.report('constantImage', {
      at: row.at('image'),
      arguments: { id, value: grid.values[0] ?? 0 },
      notes: placeNotes(row, file),
    });
  }
  return bad === 0;
}

/** Adds a mask to the counts; false when it shows none of the structures. */
function countStructures(
  mask: Grid,
  plan: DataPlan,
  structures: Map<string, { readonly masks: number; readonly pixels: number }>,
): boolean {
  const areas = countValues(mask.values);
  let any = false;
  for (const structure of plan.structures) {
    let pixels = 0;
    for (const [value, area] of areas) if (belongs(structure, value)) pixels += area;
    if (pixels === 0) continue;
    any = true;
    const before = structures.get(structure.name)!;
    structures.set(structure.name, { masks: before.masks + 1, pixels: before.pixels + pixels });
  }
  return any;
}

function reportMasks(
  blank: readonly ManifestRow[],
  masks: number,
  structures: ReadonlyMap<string, { readonly masks: number }>,
  plan: DataPlan,
  needs: DataNeeds,
  rows: readonly CheckedRow[],
  bag: Bag,
): void {
  const first = rows[0]?.row;
  if (masks === 0 || first === undefined || !needs.masks) return;
  for (const { name, values } of plan.structures) {
    if (structures.get(name)!.masks > 0) continue;
    bag.report('absentStructure', {
      at: first.at(maskKey(first)),
      arguments: { structure: name },
      notes: [values.length === 0 ? 'its values are all but 0' : `its mask values are ${values.join(', ')}`],
    });
  }
  const sample = blank[0];
  if (sample === undefined || blank.length === masks) return;
  bag.report('emptyMasks', {
    at: sample.at(maskKey(sample)),
    arguments: { count: blank.length, total: masks },
    label: 'the first of them',
    notes: ['predicting nothing there counts as a Dice of 1'],
  });
}

/** Where a finding about a file is, for readers who do not see the code frame. */
function placeNotes(row: ManifestRow, { path, slice }: FileReference): readonly string[] {
  return [rowNote(row), `the file is \`${path}\`${slice === null ? '' : `, slice ${slice}`}`];
}

function maskKey(row: ManifestRow): 'mask' | 'mask_array' {
  return row.entry.mask === undefined ? 'mask_array' : 'mask';
}

/** Lets the first of several equal findings pass, with a note on how many rows name the same file; null for the others. */
function repeats(rows: readonly CheckedRow[]): (key: string) => readonly string[] | null {
  const users = new Map<string, number>();
  for (const { case: one } of rows) {
    const { image, mask } = one.source;
    const files = filesOf(image).map((file) => ['image', file] as const);
    for (const [role, file] of mask === null ? files : [...files, ['mask', mask] as const]) {
      const key = `${role} ${file.path} ${file.array}`;
      users.set(key, (users.get(key) ?? 0) + 1);
    }
  }
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key)) return null;
    seen.add(key);
    const others = (users.get(key) ?? 1) - 1;
    return others > 0 ? [`${others} more ${others === 1 ? 'row names' : 'rows name'} it`] : [];
  };
}
