import { basename, dirname, sep } from 'node:path';
import { groupFrames, type PlacedFrame } from '../../../images/dicom/series/placed-frame.ts';
import { placesOf, stepsOf } from '../../../images/dicom/series/places.ts';
import type { ReaderThread } from '../../../images/formats/reader-thread.ts';
import { groupBy } from '../../../random/group.ts';
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
  return withSteps(found, reader);
}

/**
 * The images with the step between the slices of their patient. A file alone often says how thick its slice is, and not what
 * gap follows, which volumes count in.
 */
async function withSteps(
  images: readonly FoundImage[],
  reader: ReaderThread,
): Promise<readonly FoundImage[]> {
  const steps = new Map<FoundImage, number>();
  for (const own of groupBy(images, ({ patient }) => patient).values()) {
    const frames: PlacedFrame[] = [];
    for (const { image } of own) {
      const found = image.kind === 'file' ? await reader.dicom(image.path) : null;
      if (found !== null && 'facts' in found && image.kind === 'file')
        frames.push(...framesOf(image.path, found.facts));
    }
    const placed = frames.filter(({ frame }) => frame.place !== null);
    for (const group of groupFrames(placed)) {
      const places = placesOf(group);
      const corners = places.map((place) => group[place.images[0]!]!.frame.place!.position);
      const found =
        places.length < 2
          ? null
          : stepsOf(
              corners,
              places.map(({ depth }) => depth),
            );
      if (found === null || !found.even) continue;
      const paths = new Set(group.map(({ origin }) => origin.path));
      for (const one of own)
        if (one.image.kind === 'file' && paths.has(one.image.path)) steps.set(one, found.spacing);
    }
  }
  return images.map((one) => (steps.has(one) ? { ...one, thickness: steps.get(one)! } : one));
}

/** The folder of a patient, with numbers as the images' folders have them: `SC-HF-I-01` and `SC-HF-I-1` are one. */
function patientOf(path: string): string | null {
  const folder = dirname(path)
    .split(sep)
    .findLast((name) => /^SC-[A-Z-]+\d+$/.test(name));
  return folder?.replace(/-0*(\d+)$/, '-$1') ?? null;
}
