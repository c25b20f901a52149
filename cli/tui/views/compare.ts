import { comparedRuns } from '../keys/go.ts';
import type { Area } from '../layout.ts';
import { filled, line, type Span } from '../lines.ts';
import { type CompareState, comparePanels, type Session } from '../session.ts';
import type { Theme } from '../theme.ts';
import { confusionPanel } from './compare/confusion.ts';
import { curvesPanel } from './compare/curves.ts';
import { foldsPanel } from './compare/folds.ts';
import type { Found } from './compare/panel.ts';
import { rocPanel } from './compare/roc.ts';
import { specPanel } from './compare/spec.ts';
import { tablePanel } from './compare/table.ts';
import { testsPanel } from './compare/tests.ts';
import { worstPanel } from './compare/worst.ts';

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
