import { justified, line, type Span } from '../drawing/lines.ts';
import type { Session, ViewName } from '../session/session.ts';
import { viewNames } from '../session/session.ts';
import { shownFold } from '../state/curves.ts';
import { runMarks } from '../state/row-figures.ts';
import type { RunState } from '../state/run.ts';
import type { Theme } from '../theme/theme.ts';

/** What a tab shows: the number that leads there, and the name where there is room. */
function tabText(name: ViewName, index: number, columns: number, here: boolean): string {
  return columns >= 76 || here ? ` ${index + 1} ${name} ` : ` ${index + 1} `;
}

/** The top line: the views, and how the open run is doing. */
export function header(theme: Theme, session: Session): string {
  const { columns } = session.screen;
  const tabs = viewNames.map((name, index): Span => {
    const here = session.view === name && session.help === null;
    return [here ? 'here' : 'quiet', tabText(name, index, columns, session.view === name)];
  });
  const right = rightEnd(session);
  const room =
    columns -
    viewNames.reduce(
      (sum, name, index) => sum + tabText(name, index, columns, session.view === name).length,
      0,
    );
  return room > 8 ? justified(theme, tabs, right, columns) : line(theme, tabs, columns);
}

/** The view whose tab is at a column, or null. */
export function tabAt(session: Session, column: number): ViewName | null {
  let left = 0;
  for (const [index, name] of viewNames.entries()) {
    left += tabText(name, index, session.screen.columns, session.view === name).length;
    if (column < left) return name;
  }
  return null;
}

function rightEnd({ view, run, runs, compare, screen }: Session): readonly Span[] {
  if ((view === 'run' || view === 'images') && run !== null) {
    const fold = shownFold(run);
    const many = run.brief.foldCount > 1 && fold !== undefined && screen.columns >= 106;
    return [
      ' ',
      ['quiet', screen.columns >= 130 ? `${run.brief.source} · ` : ''],
      ['title', screen.columns >= 94 ? run.brief.experiment : ''],
      ['quiet', many ? ` · fold ${fold.fold} of ${run.brief.foldCount}` : ''],
      ' ',
      ['warning', screen.columns >= 80 + marksOf(run.brief).length ? marksOf(run.brief) : ''],
      condition(run),
      ' ',
    ];
  }
  if (view === 'compare' && compare.working !== null) return [' ', ['quiet', 'working …'], ' '];
  const training = runs.all.filter((one) => one.training).length;
  return training > 0 ? [' ', ['good', `● ${training} training`], ' '] : [' ', ['quiet', 'cmrc'], ' '];
}

/** Why a run's numbers are not those of its plan, before its condition. */
function marksOf({ accepted, byHand, limit }: RunState['brief']): string {
  return runMarks({ accepted, byHand, limit })
    .map((mark) => `${mark} · `)
    .join('');
}

/** Symbols differ as well as colours. */
export function condition(run: RunState): Span {
  const fold = shownFold(run);
  if (isDone(run)) return ['good', '✓ finished'];
  if (fold === undefined && run.progress.failure !== null) return ['bad', '✗ failed'];
  if (fold === undefined) return isActive(run) ? ['quiet', '○ starting'] : ['quiet', '○ not started'];
  switch (fold.state) {
    case 'running':
      if (run.alive === false) return ['bad', '✗ process lost'];
      if (fold.paused) return ['warning', '= paused'];
      return fold.diverged === null ? ['good', '● training'] : ['bad', '▲ diverged'];
    case 'stopped':
      return ['warning', '■ stopped'];
    case 'failed':
      return ['bad', '✗ failed'];
    case 'finished':
      return ['good', '✓ fold finished'];
  }
}

/** Whether a process works on the run, as far as is known. */
export function isActive(run: RunState): boolean {
  if (run.alive !== null) return run.alive;
  return [...run.progress.folds.values()].some((fold) => fold.state === 'running');
}

/** Whether every fold of the run is finished. */
export function isDone({ brief, progress }: RunState): boolean {
  return brief.folds.every((fold) => progress.folds.get(fold)?.state === 'finished');
}
