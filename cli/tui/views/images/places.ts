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

/** Four beside each other where the screen is wide, two above two where it is not, one large where that is asked for. */
export function placesOf({ single }: ImagesState, { width, height }: Area): readonly Place[] {
  if (single) return [{ panel: 'errors', left: 0, top: 0, width, height }];
  const cut = (count: number, index: number) => Math.floor((width * index) / count);
  const row = (names: readonly Panel[], top: number, rows: number): readonly Place[] =>
    names.map((panel, index) => ({
      panel,
      left: cut(names.length, index),
      top,
      width: cut(names.length, index + 1) - cut(names.length, index),
      height: rows,
    }));
  if (width >= 4 * height * 0.9 || height < 16) {
    return row(width >= 96 ? panels : ['input', 'truth', 'errors'], 0, height);
  }
  const upper = Math.ceil(height / 2);
  return [...row(['input', 'truth'], 0, upper), ...row(['prediction', 'errors'], upper, height - upper)];
}

/** What a panel shows of the planes. */
export function planesFor(panel: Panel, planes: Planes): Planes {
  if (panel === 'truth') return { ...planes, prediction: planes.truth };
  return panel === 'prediction' ? { ...planes, truth: planes.prediction } : planes;
}
