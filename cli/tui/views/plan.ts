import { duration, storage } from '../../text/quantities.ts';
import { topOf } from '../drawing/cursor.ts';
import type { Area } from '../drawing/layout.ts';
import { chosenLine, filled, fitted, justified, line, type Span } from '../drawing/lines.ts';
import type { Session } from '../session/session.ts';
import { isOver, type PlannedTrial, type PlanState } from '../state/plan.ts';
import type { Role } from '../theme/colours.ts';
import type { Theme } from '../theme/theme.ts';

/** The trials of a spec with what they are going to take. */
export function planView({ plan }: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const { spec, trials, cursor, working, problem } = plan;
  if (trials.length === 0) {
    const text =
      problem ??
      (spec === null ? 'choose a spec (5)' : working ? `reading ${spec}` : `${spec} trains nothing`);
    const lines = text
      .split('\n')
      .map((one) => line(theme, [[problem === null ? 'quiet' : 'bad', ` ${one}`]], width));
    return filled(['', ...lines], width, height);
  }
  const over = trials.filter(isOver).length;
  const room = height - 4;
  const top = topOf(cursor, trials.length, room);
  const rows = trials.slice(top, top + room).map((trial, index) => {
    const spans = trialSpans(trial, width, top + index === cursor);
    return top + index === cursor ? chosenLine(theme, spans, width) : line(theme, spans, width);
  });
  return [
    justified(
      theme,
      [
        ' ',
        ['title', spec ?? ''],
        ['quiet', `  ${plan.studies.length > 0 ? plan.studies.join(', ') : 'no sweep: every experiment'}`],
      ],
      [['quiet', working ? 'predicting time and memory … ' : ' ']],
      width,
    ),
    line(theme, [['quiet', heading(width)]], width),
    ...filled(rows, width, room),
    line(theme, [' ', ['frame', '─'.repeat(Math.max(0, width - 2))]], width),
    line(theme, [` ${over} of ${trials.length} trials over · `, ...takenSpans(plan)], width),
  ];
}

/** What all trials together are going to take. */
function takenSpans({ trials, milliseconds, limit, problem }: PlanState): readonly Span[] {
  if (problem !== null) return [['bad', problem.split('\n')[0]!]];
  if (milliseconds === null) return [['quiet', 'looking at the images, to predict time and memory']];
  const peak = Math.max(...trials.map(({ bytes }) => bytes ?? 0));
  return [
    ['title', milliseconds === 0 ? 'nothing left to train' : `about ${duration(milliseconds)} left`],
    ' one after another · up to ',
    [peak > limit ? 'bad' : 'title', storage(peak)],
    ` of ${storage(limit)}`,
  ];
}

const nameWidth = (width: number) => Math.max(12, Math.min(40, width - 58));

function heading(width: number): string {
  return `   ${fitted('trial', nameWidth(width))} ${fitted('seed', 5, 'right')} ${fitted('fold', 4, 'right')} ${fitted('epochs', 7, 'right')} ${fitted('time left', 13, 'right')} ${fitted('memory', 8, 'right')}  told from`;
}

const stateRoles: Readonly<Record<string, Role>> = {
  finished: 'good',
  training: 'good',
  stopped: 'warning',
  failed: 'bad',
  diverged: 'bad',
};

function trialSpans(trial: PlannedTrial, width: number, chosen: boolean): readonly Span[] {
  const { state } = trial;
  const mark = { finished: '✓', training: '●', stopped: '■', failed: '✗', diverged: '▲' }[state] ?? '○';
  return [
    chosen ? '›' : ' ',
    [stateRoles[state] ?? 'quiet', `${mark} `],
    fitted(trial.members, nameWidth(width)),
    ' ',
    fitted(String(trial.seed), 5, 'right'),
    ' ',
    fitted(String(trial.fold), 4, 'right'),
    ' ',
    fitted(`${trial.epochs}/${trial.allEpochs}`, 7, 'right'),
    ' ',
    fitted(
      trial.milliseconds === null ? '…' : trial.milliseconds === 0 ? '–' : duration(trial.milliseconds),
      13,
      'right',
    ),
    ' ',
    fitted(trial.bytes === null ? '…' : storage(trial.bytes), 8, 'right'),
    ['quiet', `  ${state === 'waiting' ? trial.basis : state}`],
  ];
}

/** The trials for other programs. */
export function planTable({ plan }: Session): readonly (readonly string[])[] {
  return [
    ['trial', 'seed', 'fold', 'state', 'epochs', 'of', 'milliseconds left', 'bytes', 'told from', 'run'],
    ...plan.trials.map((one) => [
      one.members,
      String(one.seed),
      String(one.fold),
      one.state,
      String(one.epochs),
      String(one.allEpochs),
      one.milliseconds === null ? '' : String(Math.round(one.milliseconds)),
      one.bytes === null ? '' : String(one.bytes),
      one.basis,
      one.folder,
    ]),
  ];
}
