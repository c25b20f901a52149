import { join } from 'node:path';
import { csvText, writeAtomically } from '../../../src/runtime/index.ts';
import { svgOf } from '../drawing/svg/svg.ts';
import type { Session } from '../session/session.ts';
import { frameOf } from '../views/frame.ts';
import { views } from '../views/views.ts';

/** Writes the screen as it is as SVG, and the numbers of the view as CSV. The files. */
export function exportShown(session: Session, folder = 'exports', now = new Date()): readonly string[] {
  const { view, look, notice: _, ...rest } = session;
  const stamp = now.toLocaleString('sv').replace(/[-:]/g, '').replace(' ', '-');
  const name = join(folder, `${view}-${stamp}`);
  const frame = frameOf({
    ...rest,
    view,
    notice: null,
    palette: null,
    look: { ...look, depth: 24, ascii: false, graphics: null },
  });
  writeAtomically(`${name}.svg`, svgOf(frame, { ground: look.ground, title: `cmrc ${view}` }));
  writeAtomically(`${name}.csv`, csvText(views[view].table(session)));
  return [`${name}.svg`, `${name}.csv`];
}
