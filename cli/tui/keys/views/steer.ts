import type { CatalogueRun, RunBrief, RunProgress } from '../../../../src/runtime/index.ts';
import { stateOfRun } from '../../../runs/state.ts';
import { counted } from '../../../text/quantities.ts';
import type { Effect } from '../../session/effects.ts';
import { type Session, type Step, withNotice } from '../../session/session.ts';
import { chosenRuns } from '../../state/rows.ts';
import { type Binding, bindingsIn } from '../binding.ts';
import { openPrompt } from '../over/prompts.ts';

/** A run that an action is about. */
interface Subject {
  readonly folder: string;
  readonly brief: RunBrief;
  readonly progress: RunProgress;
  readonly training: boolean;
}

/** The open run in its view; in the table the marked runs, or those under the cursor. */
function subjects(session: Session): readonly Subject[] {
  const { run, runs, view } = session;
  if (view === 'runs') return chosenRuns(runs);
  if (run === null) return [];
  return [
    {
      ...run,
      training: run.alive ?? [...run.progress.folds.values()].some(({ state }) => state === 'running'),
    },
  ];
}

const first = (session: Session): Subject | undefined => subjects(session)[0];
const hasSubject = (session: Session) => subjects(session).length > 0;
const stateOf = (run: Subject) => stateOfRun(run as CatalogueRun);
const isTraining = (session: Session) =>
  hasSubject(session) && subjects(session).some(({ training }) => training);
const isResting = (session: Session) =>
  hasSubject(session) && subjects(session).some((run) => !run.training && stateOf(run) !== 'finished');

function withOne(session: Session, how: (run: Subject) => Step): Step {
  const run = first(session);
  return run === undefined ? [withNotice(session, 'no run is chosen'), []] : how(run);
}

function namesOf(runs: readonly Subject[]): string {
  return runs.length === 1 ? runs[0]!.brief.experiment : counted(runs.length, 'run');
}

/** What is done to runs: in their table and in the view of one. */
export const steerKeys: readonly Binding[] = bindingsIn(
  ['runs', 'run'],
  [
    {
      keys: ['x'],
      shown: 'x',
      name: 'stop',
      description: 'stop training after its step, after asking',
      footer: ['x', 'stop'],
      when: isTraining,
      run: (session) => {
        const runs = subjects(session).filter(({ training }) => training);
        const question = {
          text: `stop ${namesOf(runs)} after the current step?`,
          yes: 'yes, stop',
          no: 'no, go on',
          notice: 'stopping after the current step',
          effects: runs.map(({ folder }): Effect => ({ kind: 'stop', folder })),
        };
        return [{ ...session, question }, []];
      },
    },
    {
      keys: ['p'],
      shown: 'p',
      name: 'pause or go on',
      description: 'let training wait before its next step, or go on',
      footer: ['p', 'pause'],
      when: isTraining,
      run: (session) => {
        const runs = subjects(session).filter(({ training }) => training);
        return [session, [{ kind: 'pause', folders: runs.map(({ folder }) => folder) }]];
      },
    },
    {
      keys: ['r'],
      shown: 'r',
      name: 'go on with a stopped run',
      description: 'go on with a stopped run from its last checkpoint',
      footer: ['r', 'go on'],
      when: isResting,
      run: (session) => {
        const runs = subjects(session).filter((run) => !run.training && stateOf(run) !== 'finished');
        return [
          withNotice(session, `going on with ${namesOf(runs)}`),
          runs.map(({ folder }): Effect => ({ kind: 'resume', folder })),
        ];
      },
    },
    {
      keys: ['R'],
      shown: 'R',
      name: 'learning rate',
      description: 'another learning rate from the next step on; the record of the run says so',
      when: hasSubject,
      run: (session) =>
        withOne(session, ({ folder, brief }) =>
          openPrompt(
            session,
            'rate',
            `learning rate of ${brief.experiment} (spec: ${brief.learningRate}):`,
            folder,
          ),
        ),
    },
    {
      keys: ['e'],
      shown: 'e',
      name: 'more epochs',
      description: 'train to a later epoch; a run at work stops and goes on',
      when: hasSubject,
      run: (session) =>
        withOne(session, ({ folder, brief }) =>
          openPrompt(session, 'epochs', `epochs of ${brief.experiment}:`, folder, String(brief.epochs)),
        ),
    },
    {
      keys: ['C'],
      shown: 'C',
      name: 'clone with a change',
      description: 'train the experiment anew with overrides such as `train.epochs = 4; train.batch = 4`',
      when: hasSubject,
      run: (session) =>
        withOne(session, ({ brief }) =>
          openPrompt(
            session,
            'clone',
            `${brief.experiment} with:`,
            `${brief.source}\n${brief.experiment}`,
            // More are typed behind those that there are.
            brief.overrides.map((one) => `${one}; `).join(''),
          ),
        ),
    },
    {
      keys: ['n'],
      shown: 'n',
      name: 'note',
      description: 'write a note to the run',
      when: hasSubject,
      run: (session) =>
        withOne(session, ({ folder, brief }) =>
          openPrompt(session, 'note', `note on ${brief.experiment}:`, folder),
        ),
    },
    {
      keys: ['t', '#'],
      shown: 't',
      name: 'tag',
      description: 'tag the run; `-name` takes a tag away',
      when: hasSubject,
      run: (session) =>
        withOne(session, ({ folder, brief }) =>
          openPrompt(session, 'tag', `tags of ${brief.experiment}:`, folder),
        ),
    },
    {
      keys: ['D'],
      shown: 'D',
      name: 'delete',
      description: 'move runs among the deleted ones; u brings them back',
      when: hasSubject,
      run: (session) => {
        const runs = subjects(session);
        const busy = runs.find(({ training }) => training);
        if (busy !== undefined)
          return [withNotice(session, `${busy.brief.experiment} is being trained: stop it first`, true), []];
        return [session, [{ kind: 'delete', folders: runs.map(({ folder }) => folder) }]];
      },
    },
  ],
);
