import type { CaseImages, ImagesState } from './images.ts';

type Ordered = Pick<ImagesState, 'cases' | 'order' | 'structure'>;

let orderCache: { readonly of: Ordered; readonly cases: readonly CaseImages[] } | null = null;

/** The cases in the order that is asked for; the last answer is kept, since frames and keys ask again and again. */
export function orderedCases({ cases, order, structure }: Ordered): readonly CaseImages[] {
  const { of } = orderCache ?? {};
  if (orderCache === null || of?.cases !== cases || of.order !== order || of.structure !== structure) {
    const direction = order === 'worst' ? 1 : -1;
    const before = (a: CaseImages, b: CaseImages) =>
      order === 'name'
        ? byName(a, b)
        : direction * ((scoreOf(a, structure) ?? 2) - (scoreOf(b, structure) ?? 2));
    orderCache = { of: { cases, order, structure }, cases: [...cases].sort(before) };
  }
  return orderCache.cases;
}

/** The case that is looked at. */
export function shownCase(images: ImagesState): CaseImages | undefined {
  const cases = orderedCases(images);
  return cases[Math.min(images.cursor, cases.length - 1)];
}

/** The Dice coefficient of its mask, or of one structure's; null where it has none. */
export function scoreOf(one: CaseImages, structure: string | null = null): number | null {
  if (structure !== null) return structuresOfCase(one)[structure] ?? null;
  return one.kind === 'case' ? one.dice : one.preview.dsc;
}

/** The same by structure, where there are several. */
export function structuresOfCase(one: CaseImages): Readonly<Record<string, number | null>> {
  return one.kind === 'case' ? one.structures : (one.preview.structures ?? {});
}

/** The structures that the images tell apart, in order; none where there is a single one. */
export function structuresOfCases(cases: readonly CaseImages[]): readonly string[] {
  return [...new Set(cases.flatMap((one) => Object.keys(structuresOfCase(one))))];
}

/** The structure after one in a list, and all as one (null) after the last. */
export function nextStructure(structures: readonly string[], shown: string | null): string | null {
  return structures[shown === null ? 0 : structures.indexOf(shown) + 1] ?? null;
}

/** Images that belong together: those of a patient; those drawn while training, which show how it went, by image. */
function groupOf(one: CaseImages): string {
  return one.kind === 'case' ? `patient ${one.patient}` : `image ${one.id}`;
}

const { compare } = new Intl.Collator('en', { numeric: true });

function byName(a: CaseImages, b: CaseImages): number {
  return compare(a.id, b.id) || (a.kind === 'preview' && b.kind === 'preview' ? a.epoch - b.epoch : 0);
}

/** The slices of the patient whose image is looked at, by name, and which of them that is. */
export function slicesOf(images: ImagesState): {
  readonly slices: readonly CaseImages[];
  readonly at: number;
} {
  const shown = shownCase(images);
  if (shown === undefined) return { slices: [], at: -1 };
  const group = groupOf(shown);
  const slices = images.cases.filter((one) => groupOf(one) === group).sort(byName);
  return { slices, at: slices.indexOf(shown) };
}

/** Where a slice after or before the shown one is in the order asked for. */
export function sliceBeside(images: ImagesState, by: number): number {
  const { slices, at } = slicesOf(images);
  const next = slices[Math.max(0, Math.min(slices.length - 1, at + by))];
  return next === undefined ? images.cursor : orderedCases(images).indexOf(next);
}

/** Where the next image of another patient is in the order asked for. */
export function patientBeside(images: ImagesState, by: 1 | -1): number {
  const cases = orderedCases(images);
  const shown = shownCase(images);
  if (shown === undefined) return images.cursor;
  let at = Math.min(images.cursor, cases.length - 1) + by;
  while (at >= 0 && at < cases.length && groupOf(cases[at]!) === groupOf(shown)) at += by;
  return at < 0 || at >= cases.length ? images.cursor : at;
}
