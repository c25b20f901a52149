import { type Planes, unpackCase, type WantedPicture } from '../../../src/runtime/index.ts';
import { previewPlanes } from '../widgets/planes.ts';
import type { CaseImages, ImagesState } from './images.ts';

type Ordered = Pick<ImagesState, 'cases' | 'order'>;

let ordered: { readonly of: Ordered; readonly cases: readonly CaseImages[] } | null = null;

/** The cases in the order that is asked for; the last answer is kept, since frames and keys ask again and again. */
export function orderedCases({ cases, order }: Ordered): readonly CaseImages[] {
  if (ordered?.of.cases !== cases || ordered.of.order !== order) {
    const direction = order === 'worst' ? 1 : -1;
    const before = (a: CaseImages, b: CaseImages) =>
      order === 'name' ? byName(a, b) : direction * ((scoreOf(a) ?? 2) - (scoreOf(b) ?? 2));
    ordered = { of: { cases, order }, cases: [...cases].sort(before) };
  }
  return ordered.cases;
}

/** The case that is looked at. */
export function shownCase(images: ImagesState): CaseImages | undefined {
  const cases = orderedCases(images);
  return cases[Math.min(images.cursor, cases.length - 1)];
}

/** The Dice coefficient of its mask; null where it has none. */
export function scoreOf(one: CaseImages): number | null {
  return one.kind === 'case' ? one.dice : one.preview.dsc;
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

/** The picture that is to be read for what is looked at; null where it is there, kept by the run, or asked for. */
export function wantedPicture(images: ImagesState): WantedPicture | null {
  const shown = shownCase(images);
  if (shown?.kind !== 'case' || shown.grey !== null) return null;
  const { id, height, width } = shown;
  return images.pictures.has(id) || images.wanted === id ? null : { id, height, width };
}

/** As many are kept as someone goes through at a time. */
const mostPictures = 200;

/** The pictures with one more; the oldest goes where there are many. */
export function withPicture(images: ImagesState, id: string, grey: Uint8Array): ImagesState {
  const pictures = new Map([...images.pictures, [id, grey] as const].slice(-mostPictures));
  return { ...images, pictures };
}

let known: {
  readonly of: CaseImages;
  readonly grey: Uint8Array | undefined;
  readonly planes: Planes | null;
} | null = null;

/** Its planes, with the picture that was read of it; those of the last one are kept. */
export function planesOf(one: CaseImages, { pictures }: Pick<ImagesState, 'pictures'>): Planes | null {
  const grey = pictures.get(one.id);
  if (known?.of === one && known.grey === grey) return known.planes;
  const planes = one.kind === 'case' ? unpackCase(one) : previewPlanes(one.preview);
  const fits = one.kind === 'case' && one.grey === null && grey?.length === planes?.grey.length;
  known = { of: one, grey, planes: planes !== null && fits ? { ...planes, grey: grey! } : planes };
  return known.planes;
}
