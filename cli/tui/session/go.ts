import { insightKey } from '../state/compare.ts';
import { shownFold } from '../state/curves.ts';
import type { ImagesState } from '../state/images.ts';
import { currentPlan, trialsOfSpec } from '../state/plan.ts';
import { chosenRuns } from '../state/rows.ts';
import { comparedRuns } from './chosen.ts';
import type { Effect } from './effects.ts';
import { type Session, type Step, type ViewName, withNotice } from './session.ts';

/** Shows a view, and asks for what it shows. */
export function goTo(session: Session, view: ViewName): Step {
  const next = { ...session, view, help: null };
  switch (view) {
    case 'compare':
      return openCompare(next);
    case 'images':
      return openImages(next);
    case 'network':
      return openNetwork(next, session.view);
    case 'specs':
      return session.specs.path === null ? [next, [{ kind: 'openSpec', path: null }]] : [next, []];
    case 'plan':
      return openPlan(next);
    case 'run':
      return session.run === null ? openChosen(next) : [next, []];
    case 'runs':
      return [next, []];
    default:
      return view satisfies never;
  }
}

/** Opens the run under the cursor. */
export function openChosen(session: Session): Step {
  const [run] = chosenRuns({ ...session.runs, marked: new Set() });
  return run === undefined
    ? [withNotice(session, 'there is no run to open'), []]
    : [{ ...session, view: 'run' }, [{ kind: 'open', folder: run.folder }]];
}

function openCompare(session: Session): Step {
  const folders = comparedRuns(session).map(({ folder }) => folder);
  const key = insightKey(folders);
  const { insight, working } = session.compare;
  if (folders.length === 0 || insight?.key === key || working === key) return [session, []];
  return [{ ...session, compare: { ...session.compare, working: key } }, [{ kind: 'insight', folders }]];
}

function openImages(session: Session): Step {
  const folder = session.run?.folder ?? chosenRuns(session.runs)[0]?.folder;
  if (folder === undefined || session.images.folder === folder) return [session, []];
  const effects: Effect[] = [{ kind: 'cases', folder }];
  if (session.run === null) effects.unshift({ kind: 'open', folder });
  return [{ ...session, images: { ...otherImages(session.images, folder), loading: true } }, effects];
}

/** Whoever comes from a spec looks at its experiment; everybody else at the open run, or the one under the cursor. */
function openNetwork(session: Session, from: ViewName): Step {
  if (from === 'network') return [session, []];
  const folder = session.run?.folder ?? chosenRuns({ ...session.runs, marked: new Set() })[0]?.folder;
  if (from === 'specs' || from === 'plan' || folder === undefined) return ofExperiment(session);
  const fold = session.run === null ? null : (shownFold(session.run)?.fold ?? null);
  const known = session.network.run?.folder === folder;
  const network = known ? session.network : { ...session.network, run: null, wanted: folder, cursor: 0 };
  return [{ ...session, network }, [{ kind: 'network', folder, fold }]];
}

/** The network of the experiment under the cursor in the specs. */
export function ofExperiment(session: Session): Step {
  const { network, specs } = session;
  const isRuns = network.run !== null || network.wanted !== null;
  const next = isRuns ? { ...network, run: null, wanted: null, cursor: 0 } : network;
  return [{ ...session, network: next }, specs.path === null ? [{ kind: 'openSpec', path: null }] : []];
}

/** The images of another run, of which nothing is known yet. */
export function otherImages(images: ImagesState, folder: string | null): ImagesState {
  return {
    ...images,
    folder,
    cases: [],
    pictures: new Map(),
    wanted: null,
    problem: null,
    cursor: 0,
    structure: null,
  };
}

function openPlan(session: Session): Step {
  const { path, compiled } = session.specs;
  if (path === null) return [session, [{ kind: 'openSpec', path: null }]];
  if (session.plan.spec === path) return [withCurrentPlan(session), []];
  // What there is to train is known at once; what it takes is told later.
  const trials = compiled === null ? [] : trialsOfSpec(compiled, session.runs.all);
  const studies = compiled?.studies ?? [];
  const plan = {
    ...session.plan,
    spec: path,
    working: true,
    problem: null,
    trials,
    studies,
    milliseconds: null,
  };
  return [{ ...session, plan }, [{ kind: 'plan', spec: path }]];
}

/** The session with the trials of its plan as they are by now. */
export function withCurrentPlan(session: Session): Session {
  const { plan, specs, runs } = session;
  return specs.compiled === null || specs.compiled.path !== plan.spec || plan.trials.length === 0
    ? session
    : { ...session, plan: currentPlan(plan, specs.compiled, runs.all) };
}
