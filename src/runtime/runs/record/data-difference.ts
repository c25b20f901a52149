import type { ImageContent } from '../../data/dataset/content.ts';

/** How data differ from what was recorded of them. Names of images, but for patients. */
export interface DataDifference {
  /** Patients of whom nothing was recorded, and those of whom nothing is left. */
  readonly patientsAdded: readonly string[];
  readonly patientsRemoved: readonly string[];
  /** Images of known patients. */
  readonly imagesAdded: readonly string[];
  readonly imagesRemoved: readonly string[];
  /** Images whose pixels, masks, labels, attributes, patients, pixel spacing or fold in the manifest are others. */
  readonly images: readonly string[];
  readonly masks: readonly string[];
  readonly labels: readonly string[];
  readonly attributes: readonly string[];
  readonly patients: readonly string[];
  readonly spacing: readonly string[];
  readonly foldColumn: readonly string[];
}

/** Compares data with what was recorded. */
export function dataDifference(
  before: readonly ImageContent[],
  now: readonly ImageContent[],
): DataDifference {
  const [known, found] = [byId(before), byId(now)];
  const [knownPatients, foundPatients] = [patientsOf(before), patientsOf(now)];
  const added = now.filter(({ id }) => !known.has(id));
  const removed = before.filter(({ id }) => !found.has(id));
  const differing = (key: (one: ImageContent) => unknown) =>
    before.flatMap((one) => {
      const other = found.get(one.id);
      return other === undefined || JSON.stringify(key(one)) === JSON.stringify(key(other)) ? [] : [one.id];
    });
  return {
    patientsAdded: [...patientsOf(added)].filter((patient) => !knownPatients.has(patient)),
    patientsRemoved: [...patientsOf(removed)].filter((patient) => !foundPatients.has(patient)),
    imagesAdded: added.filter(({ patient }) => knownPatients.has(patient)).map(({ id }) => id),
    imagesRemoved: removed.filter(({ patient }) => foundPatients.has(patient)).map(({ id }) => id),
    images: differing(({ image }) => image),
    masks: differing(({ mask }) => mask),
    labels: differing((one) => one.class),
    attributes: differing(({ attributes }) => attributes),
    patients: differing(({ patient }) => patient),
    spacing: differing(({ spacing }) => spacing),
    foldColumn: differing(({ column }) => column),
  };
}

/** Whether everything that was recorded still holds: there may be more. */
export function stillHolds({ patientsAdded: _, imagesAdded: _more, ...rest }: DataDifference): boolean {
  return Object.values(rest).every((names) => names.length === 0);
}

export function isSame({ patientsAdded, imagesAdded, ...rest }: DataDifference): boolean {
  return (
    patientsAdded.length === 0 &&
    imagesAdded.length === 0 &&
    stillHolds({ patientsAdded, imagesAdded, ...rest })
  );
}

/** `3 patients added, masks of 2 images differ` */
export function differenceInWords(difference: DataDifference): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const differ = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what} of ${counted(names.length, 'image')} differ`];
  const gone = (names: readonly string[], noun: string, what: string) =>
    names.length === 0 ? [] : [`${counted(names.length, noun)} ${what}`];
  return [
    ...gone(difference.patientsAdded, 'patient', 'added'),
    ...gone(difference.imagesAdded, 'image', 'added'),
    ...gone(difference.patientsRemoved, 'patient', 'removed'),
    ...gone(difference.imagesRemoved, 'image', 'removed'),
    ...differ('pixels', difference.images),
    ...differ('masks', difference.masks),
    ...differ('labels', difference.labels),
    ...differ('attributes', difference.attributes),
    ...differ('patients', difference.patients),
    ...differ('spacings', difference.spacing),
    ...differ('folds', difference.foldColumn),
  ].join(', ');
}

/** The names of what differs, a line for each kind, the first of them only. */
export function differenceDetails(difference: DataDifference): readonly string[] {
  const titles: Readonly<Record<keyof DataDifference, string>> = {
    patientsAdded: 'added patients',
    patientsRemoved: 'removed patients',
    imagesAdded: 'added images',
    imagesRemoved: 'removed images',
    images: 'other pixels',
    masks: 'other masks',
    labels: 'other labels',
    attributes: 'other attributes',
    patients: 'other patients',
    spacing: 'another spacing',
    foldColumn: 'another fold in the manifest',
  };
  return Object.entries(titles).flatMap(([kind, title]) => {
    const names = difference[kind as keyof DataDifference];
    if (names.length === 0) return [];
    const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
    return [`${title}: ${names.slice(0, shownNames).join(', ')}${more}`];
  });
}

const shownNames = 5;

function byId(rows: readonly ImageContent[]): ReadonlyMap<string, ImageContent> {
  return new Map(rows.map((one) => [one.id, one]));
}

function patientsOf(rows: readonly ImageContent[]): ReadonlySet<string> {
  return new Set(rows.map(({ patient }) => patient));
}
