import type { Effect } from '../session/effects.ts';
import { goTo, withCurrentPlan } from '../session/go.ts';
import type { Message } from '../session/messages.ts';
import { type Session, type Step, withNotice } from '../session/session.ts';
import { wantedPicture, withPicture } from '../state/pictures.ts';
import { afterKey, afterMouse } from './input.ts';
import { withEvents, withOpenRun, withPreview } from './run.ts';
import { withoutRuns, withRuns } from './runs.ts';

/** The session after something has happened, and what is to be done about it. Pure. */
export function update(session: Session, message: Message): Step {
  const [next, effects] = afterMessage(session, message);
  const { images } = next;
  const wanted = next.view === 'images' ? wantedPicture(images) : null;
  if (wanted === null || images.folder === null) return [next, effects];
  const effect: Effect = { kind: 'picture', folder: images.folder, wanted };
  return [{ ...next, images: { ...images, wanted: wanted.id, problem: null } }, [...effects, effect]];
}

function afterMessage(session: Session, message: Message): Step {
  switch (message.kind) {
    case 'catalogue':
      return [
        session.view === 'plan' ? withCurrentPlan(withRuns(session, message)) : withRuns(session, message),
        [],
      ];
    case 'opened':
      return withOpenRun(session, message.folder, message.brief);
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
    case 'network': {
      const { network } = session;
      // What was asked for before something else was looked at is not shown.
      if (message.folder !== (network.wanted ?? network.run?.folder)) return [session, []];
      const next = { ...network, run: message.run ?? network.run, wanted: null };
      return [{ ...session, network: next }, []];
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
    case 'deleted':
      return [withoutRuns(session, message.folders), []];
    case 'restored':
      return [
        withNotice(
          { ...session, deleted: session.deleted.filter((folder) => folder !== message.folder) },
          `${message.folder} is back`,
        ),
        [],
      ];
    case 'notice':
      return [withNotice(session, message.text, message.bad), []];
    case 'resized': {
      const { columns, rows } = message;
      return [{ ...session, screen: { columns, rows } }, []];
    }
    case 'tick':
      return [{ ...session, now: message.now, notice: stillNew(session, message.now) }, []];
    case 'key':
      return afterKey({ ...session, notice: null }, message.key);
    case 'mouse':
      return afterMouse({ ...session, notice: null }, message.mouse);
    default:
      return message satisfies never;
  }
}

const noticeMs = 5000;

function stillNew({ notice }: Session, now: number): Session['notice'] {
  return notice !== null && now - notice.since < noticeMs ? notice : null;
}
