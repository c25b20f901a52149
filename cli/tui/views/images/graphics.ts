import type { Planes } from '../../../../src/runtime/index.ts';
import type { Area } from '../../drawing/layout.ts';
import { type Placement, pixelsOf } from '../../drawing/pixels.ts';
import type { Session } from '../../session/session.ts';
import { shownCase } from '../../state/case-order.ts';
import { planesOf } from '../../state/pictures.ts';
import type { Theme } from '../../theme/theme.ts';
import { heartBox, heartOf } from '../../widgets/planes.ts';
import { placesOf, planesFor } from './places.ts';

/** Pictures in the pixels of the terminal, for those that can; rows count from the first line of the view. */
export function imagesGraphics(
  session: Session,
  theme: Theme,
  { width, height }: Area,
): readonly Placement[] {
  const { images } = session;
  const one = shownCase(images);
  const planes = one === undefined ? null : planesOf(one, images);
  if (planes === null || images.overlay === 'letters') return [];
  const shape = images.zoom ? heartBox(planes) : planes;
  return placesOf(images, { width, height: height - 3 }, shape).map(({ panel, left, top, ...size }) => {
    const shown = planesFor(panel, images.zoom ? heartOf(planes) : planes);
    const light = panel === 'input' || images.overlay === 'none' ? null : theme.light;
    const fitted = fit(shown, { width: size.width - 2, height: size.height - 2 });
    return {
      row: 1 + top + 1,
      column: left + 1 + Math.floor((size.width - 2 - fitted.columns) / 2),
      ...fitted,
      picture: pixelsOf(shown, light),
    };
  });
}

/** The most cells that a picture fills without being stretched; a cell is about twice as high as wide. */
function fit({ height, width }: Planes, area: Area): { readonly columns: number; readonly rows: number } {
  const scale = Math.min((area.height * 2) / height, area.width / width);
  return {
    columns: Math.max(1, Math.floor(width * scale)),
    rows: Math.max(1, Math.floor((height * scale) / 2)),
  };
}
