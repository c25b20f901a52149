import type { Planes } from '../../../../src/runtime/index.ts';
import type { Area } from '../../drawing/layout.ts';
import { beside, filled, line } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import {
  orderedCases,
  scoreOf,
  shownCase,
  structuresOfCase,
  structuresOfCases,
} from '../../state/case-order.ts';
import type { ImagesState } from '../../state/images.ts';
import { planesOf } from '../../state/pictures.ts';
import type { Theme } from '../../theme/theme.ts';
import { frame } from '../../widgets/frame.ts';
import type { Overlay } from '../../widgets/overlay.ts';
import { picture } from '../../widgets/picture.ts';
import { heartBox } from '../../widgets/planes.ts';
import { caseLine, legendLine, strip } from './lines.ts';
import { type Place, placesOf, planesFor } from './places.ts';

/** One held-out image: as it is, with its true mask, with its predicted mask, and with what differs. */
export function imagesView(session: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const { images } = session;
  const cases = orderedCases(images);
  const one = shownCase(images);
  if (one === undefined) {
    const text = images.loading
      ? 'reading predictions'
      : images.folder === null
        ? 'choose a run in the table (1), then come back'
        : 'no picture yet: one comes after each epoch, all held-out images when a fold is finished';
    return filled(['', line(theme, [['quiet', ` ${text}`]], width)], width, height);
  }
  const planes = planesOf(one, images);
  const body = height - 3;
  const content =
    planes === null
      ? [line(theme, [['bad', ' this case is damaged']], width)]
      : panelRows(theme, images, planes, { width, height: body });
  return filled(
    [
      caseLine(theme, one, images, cases.length, width),
      ...filled(content, width, body),
      legendLine(theme, one, planes, images, width),
      strip(theme, cases, images, width),
    ],
    width,
    height,
  );
}

function panelRows(theme: Theme, images: ImagesState, planes: Planes, area: Area): readonly string[] {
  const places = placesOf(images, area, images.zoom ? heartBox(planes) : planes);
  const tops = [...new Set(places.map(({ top }) => top))];
  return tops.flatMap((top) => {
    const own = places.filter((place) => place.top === top);
    const rest = ' '.repeat(area.width - own.reduce((sum, { width }) => sum + width, 0));
    return beside(...own.map((place) => panelLines(theme, images, planes, place))).map((text) => text + rest);
  });
}

function panelLines(
  theme: Theme,
  images: ImagesState,
  planes: Planes,
  { panel, width, height }: Place,
): readonly string[] {
  const options = {
    width: width - 2,
    height: height - 2,
    zoom: images.zoom,
    overlay: panel === 'input' ? ('none' as Overlay) : images.overlay,
    around: planes,
  };
  // Real pixels are drawn over what is left empty here.
  const drawn =
    theme.graphics !== null && images.overlay !== 'letters'
      ? []
      : picture(theme, planesFor(panel, planes), options);
  return frame(theme, [['title', panel]], filled(drawn, options.width, options.height), width, height);
}

/** The scores of all cases, for other programs. */
export function imagesTable({ images }: Session): readonly (readonly string[])[] {
  const cases = orderedCases(images);
  const structures = structuresOfCases(cases);
  const cell = (value: number | null | undefined) => (value == null ? '' : String(value));
  return [
    ['image', 'patient', 'fold', 'epoch', 'dice', ...structures.map((name) => `dice ${name}`)],
    ...cases.map((one) => [
      one.id,
      one.kind === 'case' ? one.patient : '',
      String(one.fold),
      one.kind === 'case' ? '' : String(one.epoch),
      cell(scoreOf(one)),
      ...structures.map((name) => cell(structuresOfCase(one)[name])),
    ]),
  ];
}
