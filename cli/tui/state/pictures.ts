import { type Planes, unpackCase, type WantedPicture } from '../../../src/runtime/index.ts';
import { previewPlanes } from '../widgets/planes.ts';
import { shownCase } from './case-order.ts';
import type { CaseImages, ImagesState } from './images.ts';

/** The picture that is to be read for what is looked at; null where it is there, kept by the run, or asked for. */
export function wantedPicture(images: ImagesState): WantedPicture | null {
  const shown = shownCase(images);
  if (shown?.kind !== 'case' || shown.grey !== null) return null;
  const { id, height, width } = shown;
  return images.pictures.has(id) || images.wanted === id ? null : { id, height, width };
}

/** As many are kept as someone goes through at a time. */
const maxPictures = 200;

/** The pictures with one more; the oldest goes where there are many. */
export function withPicture(images: ImagesState, id: string, grey: Uint8Array): ImagesState {
  const pictures = new Map([...images.pictures, [id, grey] as const].slice(-maxPictures));
  return { ...images, pictures };
}

let planesCache: {
  readonly of: CaseImages;
  readonly structure: string | null;
  readonly grey: Uint8Array | undefined;
  readonly planes: Planes | null;
} | null = null;

/** Its planes, with the picture that was read of it; those of the last one are kept. */
export function planesOf(
  one: CaseImages,
  { pictures, structure }: Pick<ImagesState, 'pictures' | 'structure'>,
): Planes | null {
  const grey = pictures.get(one.id);
  const isKnown = planesCache?.of === one && planesCache.grey === grey && planesCache.structure === structure;
  if (isKnown) return planesCache!.planes;
  const planes = one.kind === 'case' ? unpackCase(one, structure) : previewPlanes(one.preview, structure);
  const fits = one.kind === 'case' && one.grey === null && grey?.length === planes?.grey.length;
  const shown = planes !== null && fits ? { ...planes, grey: grey! } : planes;
  planesCache = { of: one, grey, structure, planes: shown };
  return planesCache.planes;
}
