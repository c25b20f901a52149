import type { Planes } from '../../../../src/runtime/index.ts';
import type { Area } from '../../drawing/layout.ts';
import { filled, line, type Span } from '../../drawing/lines.ts';
import { shownFold } from '../../state/curves.ts';
import type { RunState } from '../../state/run.ts';
import type { Theme } from '../../theme/theme.ts';
import { frame } from '../../widgets/frame.ts';
import { picture, verdictLetters } from '../../widgets/picture.ts';
import { pixelCounts, previewPlanes } from '../../widgets/planes.ts';
import { structureSpans } from '../structures.ts';

export function picturePanel(theme: Theme, run: RunState, size: Area): readonly string[] {
  const fold = shownFold(run);
  const preview = fold === undefined ? undefined : run.previews.get(fold.fold);
  if (preview == null) {
    const said = preview === null ? [' its file is', ' gone or damaged'] : [' comes after', ' each epoch'];
    const words = said.map((text) => line(theme, [['quiet', text]], size.width - 2));
    return frame(theme, [['title', 'held-out image']], words, size.width, size.height);
  }
  const wide = size.width >= 40;
  const epoch = wide && fold?.image ? ` epoch ${fold.image.epoch}` : '';
  const dsc = preview.dsc === null ? '' : ` ${wide ? 'dsc ' : ''}${preview.dsc.toFixed(2)}`;
  const title: Span[] = [
    ['title', preview.image],
    ['quiet', epoch + dsc],
    ...(wide ? structureSpans(Object.entries(preview.structures ?? {}), 'dsc', run.structure) : []),
  ];
  const options = { width: size.width - 2, height: size.height - 3, zoom: run.zoom, overlay: run.overlay };
  const planes = previewPlanes(preview, run.structure);
  const rows =
    planes === null
      ? [line(theme, [['quiet', ' the picture is damaged']], options.width)]
      : picture(theme, planes, { ...options, around: previewPlanes(preview) ?? planes });
  const legend = planes === null ? [] : [pictureLegend(theme, run, planes, options.width)];
  return frame(
    theme,
    title,
    [...filled(rows, options.width, options.height), ...legend],
    size.width,
    size.height,
  );
}

/** Words, letters and counts beside the colours. */
function pictureLegend(theme: Theme, run: RunState, planes: Planes, width: number): string {
  const counts = pixelCounts(planes);
  const letters = theme.depth < 8 || theme.ascii || run.overlay === 'letters';
  const entry = (role: 'correct' | 'missed' | 'false'): Span[] => {
    const mark = letters ? verdictLetters[role] : '█';
    const name = width >= 40 ? `${role} ` : '';
    return [' ', [role, mark], ` ${name}${counts[role]}`];
  };
  return line(theme, [...entry('correct'), ...entry('missed'), ...entry('false')], width);
}
