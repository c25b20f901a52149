import { areaOf, viewTop } from '../drawing/layout.ts';
import { bindingFor } from '../keys/keymap.ts';
import { typeText } from '../keys/over/typing.ts';
import { goTo } from '../session/go.ts';
import type { Mouse } from '../session/messages.ts';
import type { Session, Step } from '../session/session.ts';
import { tabAt } from '../views/header.ts';
import { helpLines } from '../views/help.ts';
import { views } from '../views/views.ts';

/** A key goes to what lies on top: a question, a line to type in, the palette, the help, the view. */
export function afterKey(session: Session, key: string): Step {
  const { prompt, palette, help } = session;
  const binding = bindingFor(session, key);
  if (binding === null) return prompt !== null || palette !== null ? typeText(session, key) : [session, []];
  const [next, effects] = binding.run(session);
  if (help === null || next.help === null) return [next, effects];
  const last = Math.max(0, helpLines(next.view).length - areaOf(next.screen).height + 2);
  return [{ ...next, help: Math.min(next.help, last) }, effects];
}

const wheelLines = 3;

export function afterMouse(session: Session, mouse: Mouse): Step {
  const { row, column, button } = mouse;
  if (session.question !== null || session.prompt !== null) return [session, []];
  if (button !== 'left') {
    const key = button === 'wheelUp' ? 'up' : 'down';
    const { wheel } = views[session.view];
    if (wheel !== undefined && session.help === null && session.palette === null) {
      const area = areaOf(session.screen);
      const next = wheel(session, area, mouse);
      if (next !== session) return [next, []];
    }
    let step: Step = [session, []];
    for (let index = 0; index < wheelLines; index += 1) step = afterKey(step[0], key);
    return step;
  }
  if (session.palette !== null) return [{ ...session, palette: null }, []];
  if (row === 0) {
    const tab = tabAt(session, column);
    return tab === null ? [session, []] : goTo(session, tab);
  }
  if (session.help !== null || row >= session.screen.rows - 1) return [session, []];
  return views[session.view].click?.(session, areaOf(session.screen), row - viewTop, column) ?? [session, []];
}
