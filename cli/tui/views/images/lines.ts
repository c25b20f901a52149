import type { Planes } from '../../../../src/runtime/index.ts';
import { shortStructure } from '../../../text/structures.ts';
import { fitted, justified, line, type Span } from '../../drawing/lines.ts';
import { scoreOf, slicesOf, structuresOfCase } from '../../state/case-order.ts';
import type { CaseImages, ImagesState } from '../../state/images.ts';
import type { Theme } from '../../theme/theme.ts';
import { verdictLetters } from '../../widgets/picture.ts';
import { pixelCounts } from '../../widgets/planes.ts';
import { structureSpans } from '../structures.ts';

export function caseLine(
  theme: Theme,
  one: CaseImages,
  images: ImagesState,
  count: number,
  width: number,
): string {
  const { cursor, order, structure } = images;
  const { slices, at } = slicesOf(images);
  const score = scoreOf(one);
  const dice: Span[] = score === null ? [] : [['heldOut', `  dsc ${score.toFixed(3)}`]];
  const structures = structureSpans(Object.entries(structuresOfCase(one)), 'dsc', structure);
  const place: Span = [
    'quiet',
    one.kind === 'case'
      ? ` · ${at + 1} of ${slices.length} of ${one.patient} · fold ${one.fold}`
      : ` · fold ${one.fold} after epoch ${one.epoch}`,
  ];
  const by = structure === null ? '' : ` by ${shortStructure(structure)}`;
  const counted = `${cursor + 1} of ${count}`;
  const ordered = order === 'name' ? `${counted}, by name` : `${counted}, ${order} first${by}`;
  // Where there are structures they come first: what gives way in a narrow terminal is where the image belongs.
  return structures.length === 0
    ? justified(theme, [' ', ['title', one.id], place, ...dice], [['quiet', ` ${ordered} `]], width)
    : justified(
        theme,
        [' ', ['title', one.id], ...dice, ...structures, place],
        [['quiet', width >= 100 ? ` ${ordered} ` : ` ${counted} `]],
        width,
      );
}

/** What there is to say about a picture that is not there. */
function pictureSpans(one: CaseImages, { pictures, problem }: ImagesState): readonly Span[] {
  if (one.kind !== 'case' || one.grey !== null || pictures.has(one.id)) return [];
  return problem === null ? [['quiet', '  reading the image …']] : [['warning', `  masks alone: ${problem}`]];
}

export function legendLine(
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

/** All cases as bars by their score, or by that of a structure, the shown one marked: where this one stands among the others. */
export function strip(
  theme: Theme,
  cases: readonly CaseImages[],
  { cursor, structure }: Pick<ImagesState, 'cursor' | 'structure'>,
  width: number,
): string {
  const bars = [...'▁▂▃▄▅▆▇█'];
  const room = width - 2;
  const first = Math.max(0, Math.min(cursor - Math.floor(room / 2), cases.length - room));
  const text = cases.slice(first, first + room).map((one) => {
    const score = scoreOf(one, structure);
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
