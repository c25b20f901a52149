import type { Planes } from '../../../src/runtime/index.ts';
import type { Area } from '../layout.ts';
import { beside, filled, fitted, justified, line, type Span } from '../lines.ts';
import { type CaseImages, orderedCases, planesOf } from '../pictures.ts';
import type { ImagesState, Overlay, Session } from '../session.ts';
import type { Theme } from '../theme.ts';
import { frame } from '../widgets/frame.ts';
import { picture, pixelCounts, verdictLetters } from '../widgets/picture.ts';

/** The pictures of one case, in the order shown. */
const panels = ['input', 'truth', 'prediction', 'errors'] as const;
type Panel = (typeof panels)[number];

/** One held-out image: as it is, with its true mask, with its predicted mask, and with what differs. */
export function imagesView(session: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const { images } = session;
  const cases = orderedCases(images);
  const one = cases[Math.min(images.cursor, cases.length - 1)];
  if (one === undefined) {
    const text = images.loading
      ? 'reading predictions'
      : images.folder === null
        ? 'choose a run in the table (1), then come back'
        : 'no picture yet: one comes after each epoch, all held-out images when a fold is finished';
    return filled(['', line(theme, [['quiet', ` ${text}`]], width)], width, height);
  }
  const planes = planesOf(one);
  const body = height - 3;
  const content =
    planes === null
      ? [line(theme, [['bad', ' this case is damaged']], width)]
      : images.single
        ? panelLines(theme, images, planes, 'errors', { width, height: body })
        : rowOfPanels(theme, images, planes, { width, height: body });
  return filled(
    [
      caseLine(theme, one, images, cases.length, width),
      ...filled(content, width, body),
      legendLine(theme, planes, images, width),
      strip(theme, cases, images.cursor, width),
    ],
    width,
    height,
  );
}

/** Four beside each other where the screen is wide, two above two where it is not. */
function rowOfPanels(
  theme: Theme,
  images: ImagesState,
  planes: Planes,
  { width, height }: Area,
): readonly string[] {
  const draw = (panel: Panel, area: Area) => panelLines(theme, images, planes, panel, area);
  const share = (count: number, index: number) =>
    Math.floor((width * (index + 1)) / count) - Math.floor((width * index) / count);
  if (width >= 4 * height * 0.9 || height < 16) {
    const some =
      width >= 96 ? panels : panels.slice(0, 3).map((panel) => (panel === 'prediction' ? 'errors' : panel));
    return beside(...some.map((panel, index) => draw(panel, { width: share(some.length, index), height })));
  }
  const upper = Math.ceil(height / 2);
  const pair = (left: Panel, right: Panel, rows: number) =>
    beside(
      draw(left, { width: share(2, 0), height: rows }),
      draw(right, { width: share(2, 1), height: rows }),
    );
  return [...pair('input', 'truth', upper), ...pair('prediction', 'errors', height - upper)];
}

function panelLines(
  theme: Theme,
  images: ImagesState,
  planes: Planes,
  panel: Panel,
  { width, height }: Area,
): readonly string[] {
  const options = {
    width: width - 2,
    height: height - 2,
    zoom: images.zoom,
    overlay: panel === 'input' ? ('none' as Overlay) : images.overlay,
    around: planes,
  };
  const shown = {
    input: planes,
    truth: { ...planes, prediction: planes.truth },
    prediction: { ...planes, truth: planes.prediction },
    errors: planes,
  }[panel];
  const rows = filled(picture(theme, shown, options), options.width, options.height);
  return frame(theme, [['title', panel]], rows, width, height);
}

function caseLine(
  theme: Theme,
  one: CaseImages,
  { cursor, order }: ImagesState,
  count: number,
  width: number,
): string {
  const score = one.kind === 'case' ? one.dice : one.preview.dsc;
  const left: Span[] = [
    ' ',
    ['title', one.id],
    [
      'quiet',
      one.kind === 'case'
        ? ` of ${one.patient} · fold ${one.fold}`
        : ` · fold ${one.fold} after epoch ${one.epoch}`,
    ],
    score === null ? '' : ['heldOut', `  dsc ${score.toFixed(3)}`],
    ...(one.kind === 'case' && one.grey === null
      ? ([['warning', '  its picture was not kept']] as const)
      : []),
  ];
  return justified(
    theme,
    left,
    [['quiet', ` ${cursor + 1} of ${count}, ${order === 'name' ? 'by name' : `${order} first`} `]],
    width,
  );
}

function legendLine(theme: Theme, planes: Planes | null, images: ImagesState, width: number): string {
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
      ['quiet', '  pixels'],
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
    const score = one.kind === 'case' ? one.dice : one.preview.dsc;
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
