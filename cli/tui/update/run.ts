import {
  advance,
  type FailedEvent,
  type NoticeEvent,
  noProgress,
  noticeText,
  type RunBrief,
  type RunEvent,
} from '../../../src/runtime/index.ts';
import type { Effect } from '../session/effects.ts';
import { goTo, otherImages } from '../session/go.ts';
import type { Message } from '../session/messages.ts';
import { type Session, type Step, withNotice } from '../session/session.ts';
import type { RunState } from '../state/run.ts';

export function withOpenRun(session: Session, folder: string, brief: RunBrief): Step {
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
    axis: 'epochs',
    window: null,
    zoom: true,
    overlay: session.images.overlay,
    structure: null,
    panel: 'curves',
    scroll: 0,
  };
  const images = otherImages(session.images, null);
  const next = { ...session, run, images };
  return session.view === 'images' ? goTo(next, 'images') : [next, []];
}

export function withEvents(
  session: Session,
  run: RunState,
  events: readonly RunEvent[],
  loading: boolean,
): Step {
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
  const isSeen = session.view === 'network' && session.network.run?.folder === run.folder;
  if (isSeen && events.some(({ type }) => type === 'epoch')) {
    effects.push({ kind: 'network', folder: run.folder, fold: run.fold ?? progress.current });
  }
  const next = { ...session, run: { ...run, progress, loading } };
  // What was said before the run was opened stands in its log.
  const alert = run.loading ? undefined : events.findLast(isAlert);
  return [alert === undefined ? next : withNotice(next, noticeText(alert), true), effects];
}

/** Whether an event is one that nobody should have to look for in the log. */
function isAlert(event: RunEvent): event is NoticeEvent | FailedEvent {
  return event.type === 'failed' || (event.type === 'notice' && event.severity === 'warning');
}

export function withPreview(
  session: Session,
  { folder, fold, preview }: Extract<Message, { kind: 'preview' }>,
): Session {
  const { run } = session;
  if (run?.folder !== folder) return session;
  // An older image says more than none.
  const known = preview ?? run.previews.get(fold) ?? null;
  return { ...session, run: { ...run, previews: new Map([...run.previews, [fold, known]]) } };
}
