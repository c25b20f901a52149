import { advance, noProgress, type RunBrief, type RunEvent } from '../../../src/runtime/index.ts';
import { areaOf, viewTop } from '../drawing/layout.ts';
import { bindingFor } from '../keys/keymap.ts';
import { typedIn } from '../keys/over/typing.ts';
import { goTo, otherImages, planNow } from '../session/go.ts';
import {
  type Effect,
  type Message,
  type Mouse,
  noticed,
  type RunState,
  type Session,
  type Step,
  type ViewName,
} from '../session/session.ts';
import { noNetwork } from '../state/network.ts';
import { wantedPicture, withPicture } from '../state/pictures.ts';
import { noPlan } from '../state/plan.ts';
import { rowsOf } from '../state/rows.ts';
import { noSpecs } from '../state/specs.ts';
import type { Look } from '../theme/theme.ts';
import { tabAt } from '../views/header.ts';
import { helpLines } from '../views/help.ts';
import { views } from '../views/views.ts';

export function initialSession(start: {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
  readonly look: Look;
  readonly parent: string;
  readonly view?: ViewName;
}): Session {
  const { columns, rows, now, look, parent, view = 'runs' } = start;
  const overlay = look.depth < 8 || look.ascii ? 'letters' : 'colours';
  return {
    screen: { columns, rows },
    look,
    now,
    parent,
    view,
    help: null,
    palette: null,
    prompt: null,
    question: null,
    notice: null,
    runs: {
      all: [],
      unreadable: 0,
      loading: true,
      cursor: 0,
      sort: { column: 'started', descending: true },
      filter: '',
      grouped: false,
      marked: new Set(),
    },
    run: null,
    compare: { panel: 'curves', metric: 0, scroll: 0, insight: null, working: null },
    images: {
      folder: null,
      loading: false,
      cases: [],
      pictures: new Map(),
      wanted: null,
      problem: null,
      cursor: 0,
      order: 'worst',
      zoom: true,
      single: false,
      overlay,
    },
    specs: noSpecs,
    plan: noPlan,
    network: noNetwork,
    deleted: [],
  };
}

/** The session after something has happened, and what is to be done about it. Pure. */
export function update(session: Session, message: Message): Step {
  const [next, effects] = happened(session, message);
  const { images } = next;
  const wanted = next.view === 'images' ? wantedPicture(images) : null;
  if (wanted === null || images.folder === null) return [next, effects];
  const effect: Effect = { kind: 'picture', folder: images.folder, wanted };
  return [{ ...next, images: { ...images, wanted: wanted.id, problem: null } }, [...effects, effect]];
}

function happened(session: Session, message: Message): Step {
  switch (message.kind) {
    case 'catalogue':
      return [session.view === 'plan' ? planNow(withRuns(session, message)) : withRuns(session, message), []];
    case 'opened':
      return opened(session, message.folder, message.brief);
    case 'events':
      return message.folder === session.run?.folder
        ? withEvents(session, session.run, message.events, message.loading)
        : [session, []];
    case 'preview':
      return [withPreview(session, message), []];
    case 'alive':
      return session.run?.folder === message.folder && session.run.alive !== message.alive
        ? [{ ...session, run: { ...session.run, alive: message.alive } }, []]
        : [session, []];
    case 'insight': {
      const { compare } = session;
      if (message.insight.key !== compare.working) return [session, []];
      return [{ ...session, compare: { ...compare, insight: message.insight, working: null } }, []];
    }
    case 'cases':
      return message.folder === session.images.folder
        ? [{ ...session, images: { ...session.images, cases: message.cases, loading: false } }, []]
        : [session, []];
    case 'picture': {
      const { images } = session;
      if (message.folder !== images.folder) return [session, []];
      const { id, reply } = message;
      if ('grey' in reply) return [{ ...session, images: withPicture(images, id, reply.grey) }, []];
      return id === images.wanted
        ? [{ ...session, images: { ...images, problem: reply.problem } }, []]
        : [session, []];
    }
    case 'specs': {
      const specs = { ...session.specs, ...message.specs };
      const count = specs.compiled?.experiments.length ?? 0;
      const next = {
        ...session,
        specs: { ...specs, cursor: Math.max(0, Math.min(specs.cursor, count - 1)) },
      };
      // Whoever waits for a plan has a spec now.
      return session.view === 'plan' && session.specs.path === null && specs.path !== null
        ? goTo(next, 'plan')
        : [next, []];
    }
    case 'plan': {
      const { spec = session.plan.spec } = message.plan;
      return spec === session.plan.spec
        ? [{ ...session, plan: { ...session.plan, ...message.plan } }, []]
        : [session, []];
    }
    case 'answer': {
      const { prompt } = session;
      return prompt === null || prompt.text !== message.text
        ? [session, []]
        : [{ ...session, prompt: { ...prompt, answer: message.answer } }, []];
    }
    case 'deleted': {
      const gone = new Set(message.folders);
      const all = session.runs.all.filter(({ folder }) => !gone.has(folder));
      const marked = new Set([...session.runs.marked].filter((folder) => !gone.has(folder)));
      const cursor = Math.max(0, Math.min(session.runs.cursor, all.length - 1));
      const closed = session.run !== null && gone.has(session.run.folder);
      const words = `deleted ${message.folders.length === 1 ? message.folders[0] : `${message.folders.length} runs`}; u brings back`;
      return [
        noticed(
          {
            ...session,
            view: closed ? 'runs' : session.view,
            run: closed ? null : session.run,
            runs: { ...session.runs, all, marked, cursor },
            deleted: [...session.deleted, ...message.folders],
          },
          words,
        ),
        [],
      ];
    }
    case 'restored':
      return [
        noticed(
          { ...session, deleted: session.deleted.filter((folder) => folder !== message.folder) },
          `${message.folder} is back`,
        ),
        [],
      ];
    case 'notice':
      return [noticed(session, message.text, message.bad), []];
    case 'resized': {
      const { columns, rows } = message;
      return [{ ...session, screen: { columns, rows } }, []];
    }
    case 'tick':
      return [{ ...session, now: message.now, notice: stillNew(session, message.now) }, []];
    case 'key':
      return pressed({ ...session, notice: null }, message.key);
    case 'mouse':
      return pointed({ ...session, notice: null }, message.mouse);
    default:
      return message satisfies never;
  }
}

/** The cursor stays on its run when others come and go. */
function withRuns(
  session: Session,
  { runs: all, loading, unreadable = 0 }: Extract<Message, { kind: 'catalogue' }>,
): Session {
  const before = rowsOf(session.runs)[session.runs.cursor]?.runs[0]?.folder;
  const runs = { ...session.runs, all, loading, unreadable };
  const rows = rowsOf(runs);
  const at = rows.findIndex((row) => row.runs.some(({ folder }) => folder === before));
  const cursor =
    session.runs.cursor === 0 || at === -1 ? Math.max(0, Math.min(session.runs.cursor, rows.length - 1)) : at;
  return { ...session, runs: { ...runs, cursor } };
}

function opened(session: Session, folder: string, brief: RunBrief): Step {
  if (session.run?.folder === folder) return [{ ...session, run: { ...session.run, brief } }, []];
  const run: RunState = {
    folder,
    brief,
    progress: noProgress,
    previews: new Map(),
    alive: null,
    loading: true,
    curve: 0,
    pinned: new Set(),
    fold: null,
    allFolds: false,
    smoothing: 0,
    log: false,
    window: null,
    zoom: true,
    overlay: session.images.overlay,
    panel: 'curves',
    scroll: 0,
  };
  const images = otherImages(session.images, null);
  const next = { ...session, run, images };
  return session.view === 'images' ? goTo(next, 'images') : [next, []];
}

function withEvents(session: Session, run: RunState, events: readonly RunEvent[], loading: boolean): Step {
  const progress = advance(run.progress, events);
  const effects = loading
    ? []
    : [...progress.folds.values()].flatMap(({ fold, image }): Effect[] =>
        image === null ||
        (run.previews.get(fold) !== undefined && image === run.progress.folds.get(fold)?.image)
          ? []
          : [{ kind: 'loadPreview', folder: run.folder, fold, file: image.file }],
      );
  // Who looks at the images sees those that come.
  if (effects.length > 0 && session.images.folder === run.folder && session.view === 'images') {
    effects.push({ kind: 'cases', folder: run.folder });
  }
  return [{ ...session, run: { ...run, progress, loading } }, effects];
}

function withPreview(
  session: Session,
  { folder, fold, preview }: Extract<Message, { kind: 'preview' }>,
): Session {
  const { run } = session;
  if (run?.folder !== folder) return session;
  return { ...session, run: { ...run, previews: new Map([...run.previews, [fold, preview]]) } };
}

const noticeMs = 5000;

function stillNew({ notice }: Session, now: number): Session['notice'] {
  return notice !== null && now - notice.since < noticeMs ? notice : null;
}

/** A key goes to what lies on top: a question, a line to type in, the palette, the help, the view. */
function pressed(session: Session, key: string): Step {
  const { prompt, palette, help } = session;
  const binding = bindingFor(session, key);
  if (binding === null) return prompt !== null || palette !== null ? typedIn(session, key) : [session, []];
  const [next, effects] = binding.run(session);
  if (help === null || next.help === null) return [next, effects];
  const last = Math.max(0, helpLines(next.view).length - areaOf(next.screen).height + 2);
  return [{ ...next, help: Math.min(next.help, last) }, effects];
}

const wheelLines = 3;

function pointed(session: Session, mouse: Mouse): Step {
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
    for (let index = 0; index < wheelLines; index += 1) step = pressed(step[0], key);
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
