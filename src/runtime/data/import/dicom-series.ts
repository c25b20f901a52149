import type { PlacedFrame } from '../../images/formats/dicom.ts';
import type { ReaderThread } from '../../images/formats/reader-thread.ts';
import { groupBy } from '../../random/group.ts';
import { type FoundImage, listTree, reportFile, type Search } from './found.ts';
import { Labels } from './labels.ts';

/**
 * The series of a folder. Images of a series that differ in size or plane are several images of the manifest: a localiser
 * has three planes in one series. Names count patients and series, since nothing that identifies a person may be one.
 */
export async function findSeries(search: Search, reader: ReaderThread): Promise<readonly FoundImage[]> {
  const frames: PlacedFrame[] = [];
  for (const path of listTree(search)) {
    const found = await reader.dicom(path);
    if ('problem' in found)
      reportFile(search.bag, path, found.problem === 'damaged' ? found.reason : found.problem);
    else if ('facts' in found) {
      for (const [frame, one] of found.facts.frames.entries()) {
        frames.push({ frame: one, facts: found.facts, origin: { path, frame } });
      }
    }
  }
  const labels = new Labels(search);
  const patients = [...groupBy(frames, ({ facts }) => facts.patient || facts.series)];
  const found = patients.flatMap(([patient, own], number) => {
    const label = labels.get(patient);
    return [...groupBy(own, seriesKey).values()].map(
      (images, series): FoundImage => ({
        name: `p${pad(number + 1)}_series${pad(series + 1)}`,
        patient,
        ...(label === undefined ? {} : { label }),
        image: { kind: 'series', frames: images },
        mask: null,
        slices: null,
      }),
    );
  });
  labels.tellRest();
  return found;
}

function seriesKey({ facts, frame }: PlacedFrame): string {
  const { series, rows, columns, channels } = facts;
  const plane = frame.place?.orientation.map((value) => value.toFixed(2) + 0).join(' ') ?? '';
  return [series, rows, columns, channels, plane].join('|');
}

function pad(value: number): string {
  return String(value).padStart(3, '0');
}
