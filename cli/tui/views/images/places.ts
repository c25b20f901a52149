import type { Planes } from '../../../../src/runtime/index.ts';
import type { Area } from '../../drawing/layout.ts';
import type { ImagesState } from '../../state/images.ts';

/** The pictures of one case, in the order shown. */
const panels = ['input', 'truth', 'prediction', 'errors'] as const;
type Panel = (typeof panels)[number];

/** A panel and where it goes, in the area of the pictures. */
export interface Place extends Area {
  readonly panel: Panel;
  readonly left: number;
  readonly top: number;
}

/**
 * Four beside each other or two above two, whatever shows them larger, or three where four would be tiny; one large where that
 * is asked for. All are of one size.
 * @param shape of what is shown, in pixels
 */
export function placesOf(
  { single }: Pick<ImagesState, 'single'>,
  { width, height }: Area,
  shape: Pick<Planes, 'height' | 'width'>,
): readonly Place[] {
  if (single) return [{ panel: 'errors', left: 0, top: 0, width, height }];
  const row = (names: readonly Panel[], top: number, rows: number): readonly Place[] => {
    const own = Math.floor(width / names.length);
    return names.map((panel, index) => ({ panel, left: index * own, top, width: own, height: rows }));
  };
  const half = Math.floor(height / 2);
  const square = [...row(['input', 'truth'], 0, half), ...row(['prediction', 'errors'], half, half)];
  const line = row(width >= 96 ? panels : ['input', 'truth', 'errors'], 0, height);
  return scaleOf(square, shape) > scaleOf(line, shape) ? square : line;
}

/** How many columns a pixel becomes in the first of some panels: a character is about twice as high as wide. */
function scaleOf([first]: readonly Place[], { height, width }: Pick<Planes, 'height' | 'width'>): number {
  return Math.min((2 * (first!.height - 2)) / height, (first!.width - 2) / width);
}

/** What a panel shows of the planes. */
export function planesFor(panel: Panel, planes: Planes): Planes {
  if (panel === 'truth') return { ...planes, prediction: planes.truth };
  return panel === 'prediction' ? { ...planes, truth: planes.prediction } : planes;
}
