import { shownMetrics } from '../../text/metric-names.ts';
import { topOf } from '../drawing/cursor.ts';
import type { Area } from '../drawing/layout.ts';
import { arrangeRun } from '../drawing/layout.ts';
import type { Placement } from '../drawing/pixels.ts';
import { chosenGraph } from '../session/chosen.ts';
import { openChosen } from '../session/go.ts';
import type { Mouse } from '../session/messages.ts';
import type { Session, Step, ViewName } from '../session/session.ts';
import { comparePanels } from '../state/compare.ts';
import { chainAt, chainsOf, treeOf } from '../state/network.ts';
import { rowsOf } from '../state/rows.ts';
import { zoomed } from '../state/zoom.ts';
import type { Theme } from '../theme/theme.ts';
import { compareView } from './compare/compare.ts';
import { compareTable } from './compare/table.ts';
import { imagesGraphics } from './images/graphics.ts';
import { imagesTable, imagesView } from './images/images.ts';
import { lowerRows, networkTable, networkView } from './network.ts';
import { planTable, planView } from './plan.ts';
import { wideMetrics } from './run/metrics.ts';
import { runTable, runView } from './run/run.ts';
import { columnAt, runsHeading, runsTable, runsView } from './runs.ts';
import { specsTable, specsView } from './specs.ts';

/** What a view is: how it is drawn, what a mouse does in it, and what other programs get of it. */
interface View {
  readonly draw: (session: Session, theme: Theme, area: Area) => readonly string[];
  /** A click; rows count from the first line of the view. Null does nothing. */
  readonly click?: (session: Session, area: Area, row: number, column: number) => Step | null;
  /** The wheel; views without it move their list. */
  readonly wheel?: (session: Session, area: Area, mouse: Mouse) => Session;
  /** Pictures over the lines, on terminals that show pixels. */
  readonly graphics?: (session: Session, theme: Theme, area: Area) => readonly Placement[];
  readonly table: (session: Session) => readonly (readonly string[])[];
}

/** Every view there is. */
export const views: Readonly<Record<ViewName, View>> = {
  runs: {
    draw: runsView,
    table: runsTable,
    click: (session, { width, height }, row, column) => {
      const { runs } = session;
      if (row < runsHeading) {
        const name = columnAt(column, width);
        if (name === null) return null;
        const descending = runs.sort.column === name ? !runs.sort.descending : false;
        return [{ ...session, runs: { ...runs, sort: { column: name, descending } } }, []];
      }
      const rows = rowsOf(runs);
      const cursor = topOf(runs.cursor, rows.length, height - runsHeading - 1) + row - runsHeading;
      if (cursor >= rows.length || row >= height - 1) return null;
      const next = { ...session, runs: { ...runs, cursor } };
      // A second click on a row opens it.
      return cursor === runs.cursor ? openChosen(next) : [next, []];
    },
  },
  run: {
    draw: runView,
    table: runTable,
    wheel: (session, area, { button, column }) => {
      const { run } = session;
      if (run === null || run.panel === 'log') return session;
      const { chart } = arrangeRun(area, shownMetrics(run.brief).length, wideMetrics(run));
      const around = Math.max(0, Math.min(1, (column - 7) / Math.max(1, chart.width - 9)));
      return {
        ...session,
        run: { ...run, window: zoomed(run, button === 'wheelUp' ? 0.7 : 1 / 0.7, around) },
      };
    },
  },
  compare: {
    draw: compareView,
    table: compareTable,
    click: (session, _area, row, column) => {
      if (row !== 0) return null;
      let left = 0;
      for (const panel of comparePanels) {
        left += panel.length + 2;
        if (column < left) return [{ ...session, compare: { ...session.compare, panel, scroll: 0 } }, []];
      }
      return null;
    },
  },
  images: {
    draw: imagesView,
    graphics: imagesGraphics,
    table: imagesTable,
    click: (session, { width, height }, row, column) => {
      const { images } = session;
      if (row !== height - 1) return null;
      const room = width - 2;
      const first = Math.max(0, Math.min(images.cursor - Math.floor(room / 2), images.cases.length - room));
      const cursor = Math.max(0, Math.min(images.cases.length - 1, first + column - 1));
      return [{ ...session, images: { ...images, cursor } }, []];
    },
  },
  specs: {
    draw: specsView,
    table: specsTable,
    click: (session, { height }, row) => {
      const { specs } = session;
      const count = specs.compiled?.experiments.length ?? 0;
      const detailRows = Math.min(9, Math.max(4, Math.floor(height / 3)));
      const cursor = topOf(specs.cursor, count, height - 3 - detailRows) + row - 2;
      return row < 2 || row >= height - 1 - detailRows || cursor >= count
        ? null
        : [{ ...session, specs: { ...specs, cursor } }, []];
    },
  },
  plan: {
    draw: planView,
    table: planTable,
    click: (session, { height }, row) => {
      const { plan } = session;
      const cursor = topOf(plan.cursor, plan.trials.length, height - 4) + row - 2;
      return row < 2 || cursor >= plan.trials.length ? null : [{ ...session, plan: { ...plan, cursor } }, []];
    },
  },
  network: {
    draw: networkView,
    table: networkTable,
    click: (session, { height }, row) => {
      const graph = chosenGraph(session);
      if (graph === null || row < 2) return null;
      const rows = treeOf(graph, session.network.closed);
      const chosen = rows[Math.min(session.network.cursor, rows.length - 1)];
      const chain = (chosen && chainAt(graph, chosen.path)) ?? chainsOf(graph)[0] ?? null;
      const room = height - 2 - lowerRows(session, chain, height);
      const cursor = topOf(session.network.cursor, rows.length, room) + row - 2;
      return row - 2 >= room || cursor >= rows.length
        ? null
        : [{ ...session, network: { ...session.network, cursor } }, []];
    },
  },
};
