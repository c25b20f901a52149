import { basename, dirname, sep } from 'node:path';
import { phasesOf } from '../../../images/dicom/series/phases.ts';
import { groupFrames, type PlacedFrame } from '../../../images/dicom/series/placed-frame.ts';
import { placesOf, stepsOf } from '../../../images/dicom/series/places.ts';
import type { ReaderThread } from '../../../images/formats/reader-thread.ts';
import { framesOf } from './dicom-series.ts';
import { type FoundImage, file, reportFile, reportFolder, type Search } from './found.ts';
import { listTree } from './list-files.ts';
import { filesUsed, tellUnused } from './unused-files.ts';

const contourName = /^(IM-\d+-(\d+))-([io])contour-manual\.txt$/;

/**
 * Slices with both outlines; one that has the inner or the outer alone says nothing of the muscle, and is left out and named.
 * So is, by number, what else lies there: images without outlines, and outlines of papillary muscles. The images of a
 * patient may be numbered by another series than the outlines: then the image's number alone decides.
 */
export async function findContours(
  search: Search,
  reader: ReaderThread,
): Promise<readonly FoundImage[] | null> {
  const files = listTree(search);
  const outlines = new Map<
    string,
    { readonly patient: string; readonly stem: string; inner?: string; outer?: string }
  >();
  for (const path of files) {
    const match = contourName.exec(basename(path));
    const patient = patientOf(path);
    if (match === null || patient === null) continue;
    const key = `${patient}/${match[1]}`;
    const known = outlines.get(key) ?? { patient, stem: match[1]! };
    outlines.set(key, { ...known, [match[3] === 'i' ? 'inner' : 'outer']: path });
  }
  if (outlines.size === 0) {
    reportFolder(search, 'it has no IM-…-icontour-manual.txt below a folder such as SC-HF-I-01');
    return null;
  }
  const images = files.filter((path) => /IM-\d+-\d+\.dcm$/.test(path));
  const lone: string[] = [];
  const found = [...outlines.values()].flatMap(({ patient, stem, inner, outer }): FoundImage[] => {
    if (inner === undefined || outer === undefined) {
      const path = (inner ?? outer)!;
      const [here, missing] = inner === undefined ? ['outer', 'inner'] : ['inner', 'outer'];
      reportFile(
        search.bag,
        path,
        `it is an ${here} outline without the ${missing} one: the muscle lies between both`,
      );
      lone.push(path);
      return [];
    }
    const own = images.filter((path) => patientOf(path) === patient);
    const named = own.filter((path) => basename(path) === `${stem}.dcm`);
    const numbered = own.filter((path) => path.endsWith(`-${stem.split('-')[2]}.dcm`));
    const candidates = named.length > 0 ? named : numbered;
    if (candidates.length !== 1) {
      reportFolder(
        search,
        `${candidates.length === 0 ? 'no image' : 'more than one image'} belongs to ${patient}/${stem}`,
      );
      return [];
    }
    return [
      {
        name: `${patient}_${stem}`,
        patient,
        label: patient.replace(/-\d+$/, '').replace(/^SC-/, ''),
        image: file(candidates[0]!, 'image'),
        mask: { kind: 'contours', inner, outer },
        slices: null,
      },
    ];
  });
  tellUnused(search, files, [...filesUsed(found), ...lone]);
  return withPlaces(found, images, reader);
}

/** What the other images of its series tell of an image. */
type PlaceInSeries = Pick<FoundImage, 'thickness' | 'phase'>;

/**
 * The images with the step between the slices of their series and the number of their phase in its cycle, so that the slices
 * of a moment are known as those. A file alone says how thick its slice is, and not what gap follows, which volumes count in.
 */
async function withPlaces(
  found: readonly FoundImage[],
  images: readonly string[],
  reader: ReaderThread,
): Promise<readonly FoundImage[]> {
  const places = new Map<string, PlaceInSeries>();
  for (const patient of new Set(found.map((one) => one.patient))) {
    const frames: PlacedFrame[] = [];
    for (const path of images.filter((one) => patientOf(one) === patient)) {
      const file = await reader.dicom(path);
      if ('facts' in file) frames.push(...framesOf(path, file.facts));
    }
    const placed = frames.filter(({ frame }) => frame.place !== null);
    for (const group of groupFrames(placed))
      for (const [path, place] of placesInSeries(group)) places.set(path, place);
  }
  return found.map((one) => ({
    ...one,
    ...(one.image.kind === 'file' ? places.get(one.image.path) : {}),
  }));
}

/** By path. A series of one phase has no phases, and one of which nothing says which are missing tells none. */
function placesInSeries(group: readonly PlacedFrame[]): ReadonlyMap<string, PlaceInSeries> {
  const slices = placesOf(group);
  const corners = slices.map((place) => group[place.images[0]!]!.frame.place!.position);
  const depths = slices.map(({ depth }) => depth);
  const steps = slices.length < 2 ? null : stepsOf(corners, depths);
  const thickness = steps?.even ? { thickness: steps.spacing } : {};
  // Copies have equal numbers; their pixels are not read for this, and what is odd is told of the images that are imported.
  const order = phasesOf(
    group,
    slices,
    () => null,
    () => undefined,
  );
  const phases = 'phases' in order && order.phases.length > 1 ? order.phases : [];
  const phaseOf = new Map(
    phases.flatMap((own, phase) => own.map((index) => [index, String(phase)] as const)),
  );
  return new Map(
    group.map(({ origin }, index) => [
      origin.path,
      { ...thickness, ...(phaseOf.has(index) && { phase: phaseOf.get(index)! }) },
    ]),
  );
}

/** The folder of a patient, with numbers as the images' folders have them: `SC-HF-I-01` and `SC-HF-I-1` are one. */
function patientOf(path: string): string | null {
  const folder = dirname(path)
    .split(sep)
    .findLast((name) => /^SC-[A-Z-]+\d+$/.test(name));
  return folder?.replace(/-0*(\d+)$/, '-$1') ?? null;
}
