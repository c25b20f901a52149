import { toAscii } from '../drawing/ascii.ts';
import { drawGraphics } from '../drawing/graphics.ts';
import { areaOf, smallest, viewTop } from '../drawing/layout.ts';
import { filled, line } from '../drawing/lines.ts';
import type { Session } from '../session/session.ts';
import { themeOf } from '../theme/theme.ts';
import { withAnswer } from './answer.ts';
import { footer } from './footer.ts';
import { header } from './header.ts';
import { helpView } from './help.ts';
import { withPalette } from './palette.ts';
import { views } from './views.ts';

/** A session as the lines of its screen. */
export function frameOf(session: Session): readonly string[] {
  const { screen, look, view, help } = session;
  const theme = themeOf(look);
  if (screen.columns < smallest.columns || screen.rows < smallest.rows) {
    const text = `too small: ${smallest.columns}×${smallest.rows} at least`;
    return [look.ascii ? toAscii(text) : text].map((one) => line(theme, [one], screen.columns));
  }
  const area = areaOf(screen);
  const body = help === null ? views[view].draw(session, theme, area) : helpView(session, theme, area);
  const lines = [
    header(theme, session),
    ...withAnswer(
      session,
      theme,
      withPalette(session, theme, filled(body, area.width, area.height)),
      area.width,
    ),
    footer(theme, session),
  ];
  return look.ascii ? lines.map(toAscii) : lines;
}

/** The sequences that draw pixels over the lines of a session's screen; empty on terminals that show characters only. */
export function graphicsOver(session: Session): string {
  const { screen, look, view, help, palette, prompt } = session;
  const { graphics } = views[view];
  if (look.graphics === null) return '';
  const hidden =
    prompt?.answer?.lines !== undefined ||
    help !== null ||
    palette !== null ||
    screen.columns < smallest.columns ||
    screen.rows < smallest.rows;
  if (hidden || graphics === undefined) return drawGraphics(look.graphics, []);
  const placements = graphics(session, themeOf(look), areaOf(screen));
  return drawGraphics(
    look.graphics,
    placements.map((placement) => ({ ...placement, row: placement.row + viewTop })),
  );
}
