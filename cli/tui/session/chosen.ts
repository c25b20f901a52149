import type { Graph } from '../../../src/compiler/index.ts';
import type { CatalogueRun } from '../../../src/runtime/index.ts';
import { chosenRuns } from '../state/rows.ts';
import type { SpecExperiment } from '../state/specs.ts';
import type { Session } from './session.ts';

/** The experiment under the cursor, where the spec is sound. */
export function chosenExperiment({ specs }: Session): SpecExperiment | undefined {
  return specs.compiled?.experiments[specs.cursor];
}

/** The graph that is looked at: that of a run, or of the experiment under the cursor in the specs. */
export function chosenGraph(session: Session): Graph | null {
  const { run, wanted } = session.network;
  if (wanted !== null) return null;
  return run?.graph ?? chosenExperiment(session)?.graph ?? null;
}

/** The runs to compare: the marked ones; without any, those of the spec of the run under the cursor. */
export function comparedRuns({ runs }: Session): readonly CatalogueRun[] {
  const marked = runs.all.filter(({ folder }) => runs.marked.has(folder));
  if (marked.length > 0) return marked;
  const [chosen] = chosenRuns(runs);
  return chosen === undefined
    ? []
    : runs.all.filter(({ brief }) => brief.source === chosen.brief.source).slice(0, 24);
}
