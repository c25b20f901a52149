import type { Planes } from '../../../src/runtime/index.ts';
import type { Area } from '../drawing/layout.ts';
import { beside, filled, fitted, justified, line, type Span } from '../drawing/lines.ts';
import { type Placement, pixelsOf } from '../drawing/pixels.ts';
import type { Session } from '../session/session.ts';
import type { CaseImages, ImagesState } from '../state/images.ts';
import { orderedCases, planesOf, scoreOf, shownCase, slicesOf } from '../state/pictures.ts';
import type { Theme } from '../theme/theme.ts';
import { frame } from '../widgets/frame.ts';
import type { Overlay } from '../widgets/overlay.ts';
import { picture, verdictLetters } from '../widgets/picture.ts';
import { heartOf, pixelCounts } from '../widgets/planes.ts';

/** The pictures of one case, in the order shown. */
const panels = ['input', 'truth', 'prediction', 'errors'] as const;
type Panel = (typeof panels)[number];

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
      strip(theme, cases, images.cursor, width),
    ],
    width,
    height,
  );
}

/** A panel and where it goes, in the area of the pictures. */
interface Place extends Area {
  readonly panel: Panel;
  readonly left: number;
  readonly top: number;
}

/** Four beside each other where the screen is wide, two above two where it is not, one large where that is asked for. */
function placesOf({ single }: ImagesState, { width, height }: Area): readonly Place[] {
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

function panelRows(theme: Theme, images: ImagesState, planes: Planes, area: Area): readonly string[] {
  const places = placesOf(images, area);
  const tops = [...new Set(places.map(({ top }) => top))];
  return tops.flatMap((top) =>
    beside(
      ...places.filter((place) => place.top === top).map((place) => panelLines(theme, images, planes, place)),
    ),
  );
}

/** What a panel shows of the planes. */
function planesFor(panel: Panel, planes: Planes): Planes {
  if (panel === 'truth') return { ...planes, prediction: planes.truth };
  return panel === 'prediction' ? { ...planes, truth: planes.prediction } : planes;
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
  return placesOf(images, { width, height: height - 3 }).map(({ panel, left, top, ...size }) => {
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

function caseLine(theme: Theme, one: CaseImages, images: ImagesState, count: number, width: number): string {
  const { cursor, order } = images;
  const { slices, at } = slicesOf(images);
  const score = scoreOf(one);
  const left: Span[] = [
    ' ',
    ['title', one.id],
    [
      'quiet',
      one.kind === 'case'
        ? ` · ${at + 1} of ${slices.length} of ${one.patient} · fold ${one.fold}`
        : ` · fold ${one.fold} after epoch ${one.epoch}`,
    ],
    score === null ? '' : ['heldOut', `  dsc ${score.toFixed(3)}`],
  ];
  return justified(
    theme,
    left,
    [['quiet', ` ${cursor + 1} of ${count}, ${order === 'name' ? 'by name' : `${order} first`} `]],
    width,
  );
}

/** What there is to say about a picture that is not there. */
function pictureSpans(one: CaseImages, { pictures, problem }: ImagesState): readonly Span[] {
  if (one.kind !== 'case' || one.grey !== null || pictures.has(one.id)) return [];
  return problem === null ? [['quiet', '  reading the image …']] : [['warning', `  masks alone: ${problem}`]];
}

function legendLine(
  theme: Theme,
  one: CaseImages,
  planes: Planes | null,
  images: ImagesState,
  width: number,
): string {
  if (planes === null) return line(theme, [], width);
  const counts = pixelCounts(planes);
  const letters = theme.depth < 8 || theme.ascii || images.overlay === 'letters';
  const entry = (role: 'correct' | 'missed' | 'false', word: string): Span[] => [
    '  ',
    [role, letters ? verdictLetters[role] : '█'],
    ` ${word} ${counts[role]}`,
  ];
  return line(
    theme,
    [
      ...entry('correct', 'correct'),
      ...entry('missed', 'missed'),
      ...entry('false', 'false'),
      ['quiet', ' pixels'],
      ...pictureSpans(one, images),
    ],
    width,
  );
}

/** All cases as bars by their score, the shown one marked: where this one stands among the others. */
function strip(theme: Theme, cases: readonly CaseImages[], cursor: number, width: number): string {
  const bars = [...'▁▂▃▄▅▆▇█'];
  const room = width - 2;
  const first = Math.max(0, Math.min(cursor - Math.floor(room / 2), cases.length - room));
  const text = cases.slice(first, first + room).map((one) => {
    const score = scoreOf(one);
    return score === null ? '·' : bars[Math.max(0, Math.min(7, Math.floor(score * 8)))]!;
  });
  const at = cursor - first;
  return line(
    theme,
    [
      ' ',
      ['train', text.slice(0, at).join('')],
      ['here', text[at] ?? ''],
      ['train', fitted(text.slice(at + 1).join(''), Math.max(0, room - at - 1))],
    ],
    width,
  );
}

/** The scores of all cases, for other programs. */
export function imagesTable({ images }: Session): readonly (readonly string[])[] {
  return [
    ['image', 'patient', 'fold', 'epoch', 'dice'],
    ...orderedCases(images).map((one) =>
      one.kind === 'case'
        ? [one.id, one.patient, String(one.fold), '', one.dice === null ? '' : String(one.dice)]
        : [
            one.id,
            '',
            String(one.fold),
            String(one.epoch),
            one.preview.dsc === null ? '' : String(one.preview.dsc),
          ],
    ),
  ];
}
