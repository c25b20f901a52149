import type { Area } from '../../drawing/layout.ts';
import { filled, line, type Span } from '../../drawing/lines.ts';
import { comparedRuns } from '../../session/chosen.ts';
import type { Session } from '../../session/session.ts';
import { type CompareState, comparePanels } from '../../state/compare.ts';
import type { Theme } from '../../theme/theme.ts';
import { confusionPanel } from './confusion.ts';
import { curvesPanel } from './curves.ts';
import { foldsPanel } from './folds.ts';
import { measuresPanel } from './measures.ts';
import type { Found } from './panel.ts';
import { rocPanel } from './roc.ts';
import { specPanel } from './spec.ts';
import { tablePanel } from './table.ts';
import { testsPanel } from './tests.ts';
import { worstPanel } from './worst.ts';

type Draw = (session: Session, theme: Theme, area: Area) => readonly string[];

/** Runs side by side: one part at a time, so that each has the whole screen. */
export const compareView: Draw = (session, theme, { width, height }) => {
  const { compare } = session;
  const tabs = comparePanels.flatMap((name): Span[] => [
    [name === compare.panel ? 'here' : 'quiet', ` ${name} `],
  ]);
  const runs = comparedRuns(session);
  const area = { width, height: height - 1 };
  const body =
    runs.length === 0
      ? ['', line(theme, [['quiet', ' mark runs in the table (1) with space, then press c']], width)]
      : panels[compare.panel](session, theme, area);
  return [line(theme, tabs, width), ...filled(body, width, area.height)];
};

const panels: Readonly<Record<CompareState['panel'], Draw>> = {
  curves: curvesPanel,
  table: fromInsight(tablePanel),
  tests: fromInsight(testsPanel),
  spec: fromInsight(specPanel),
  folds: fromInsight(foldsPanel),
  measures: fromInsight(measuresPanel),
  confusion: fromInsight(confusionPanel),
  roc: fromInsight(rocPanel),
  worst: fromInsight(worstPanel),
};

/** A panel that shows what was worked out, once it was. */
function fromInsight(
  draw: (session: Session, found: Found, theme: Theme, area: Area) => readonly string[],
): Draw {
  return (session, theme, area) => {
    const { insight, working } = session.compare;
    if (insight?.found) return draw(session, insight.found, theme, area);
    const text =
      working !== null
        ? 'comparing held-out images; intervals take a moment'
        : (insight?.problem ?? 'nothing to compare yet');
    return ['', line(theme, [['quiet', ` ${text}`]], area.width)];
  };
}
