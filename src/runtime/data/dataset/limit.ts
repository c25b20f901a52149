import { groupBy } from '../../random/group.ts';

/** What choosing patients needs to know of an image. */
interface Chosen {
  readonly patient: string;
  readonly class: string | null;
}

/**
 * The images of a few patients, for a quick trial: of each class in turn the first that is left, in the order of the data, so
 * that a trial shows every class. All images where there is no limit.
 */
export function withinLimit<T extends Chosen>(images: readonly T[], limit: number | undefined): readonly T[] {
  if (limit === undefined) return images;
  const first = [...groupBy(images, (one) => one.patient).values()].map(([one]) => one!);
  const byClass = [...groupBy(first, (one) => one.class).values()];
  const taken = new Set<string>();
  const longest = Math.max(0, ...byClass.map((group) => group.length));
  for (let round = 0; round < longest; round += 1) {
    for (const group of byClass) {
      const next = group[round];
      if (next !== undefined && taken.size < limit) taken.add(next.patient);
    }
  }
  return images.filter(({ patient }) => taken.has(patient));
}
