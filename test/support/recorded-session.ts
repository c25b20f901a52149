import { comparedRuns } from '../../cli/tui/session/chosen.ts';
import { initialSession } from '../../cli/tui/session/initial.ts';
import type { Message } from '../../cli/tui/session/messages.ts';
import type { Session } from '../../cli/tui/session/session.ts';
import { insightKey } from '../../cli/tui/state/compare.ts';
import type { Look } from '../../cli/tui/theme/look.ts';
import { themeOf } from '../../cli/tui/theme/theme.ts';
import { update } from '../../cli/tui/update/update.ts';
import { readSpec } from '../../cli/tui/world/open-spec.ts';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { insightOf } from '../../src/runtime/report/insight.ts';
import { Catalogue } from '../../src/runtime/runs/catalogue/catalogue.ts';
import { openRun } from '../../src/runtime/runs/record/store.ts';
import { readCases } from '../../src/runtime/runs/results/cases.ts';
import {
  noon,
  recordedBrief,
  recordedEvents,
  recordedFolder,
  recordedPreview,
  stepEvent,
} from './recorded-run.ts';
import { recordRuns } from './recorded-runs.ts';

export interface Start {
  readonly columns: number;
  readonly rows: number;
  readonly look?: Partial<Look>;
}

/** A session before anything has come. */
export function freshSession({ columns, rows, look = { depth: 1 } }: Start, parent = 'runs'): Session {
  const { depth, ground, masks, ascii, graphics } = themeOf(look);
  return initialSession({
    columns,
    rows,
    now: noon,
    look: { depth, ground, masks, ascii, graphics },
    parent,
  });
}

/** The session after messages, effects left aside. */
export function after(session: Session, ...messages: readonly Message[]): Session {
  return messages.reduce((before, message) => update(before, message)[0], session);
}

/** Presses keys one after another. */
export function pressing(session: Session, ...keys: readonly string[]): Session {
  return after(session, ...keys.map((key): Message => ({ kind: 'key', key })));
}

/** A run that is being trained, in its own view. */
export const training: readonly Message[] = [
  { kind: 'opened', folder: recordedFolder, brief: recordedBrief },
  { kind: 'events', folder: recordedFolder, events: recordedEvents({ done: 5 }), loading: false },
  {
    kind: 'events',
    folder: recordedFolder,
    events: [1, 2, 3].map((step) => stepEvent(1, 6, step, 10, noon + 21_000)),
    loading: false,
  },
  { kind: 'preview', folder: recordedFolder, fold: 1, preview: recordedPreview() },
  { kind: 'alive', folder: recordedFolder, alive: true },
];

/** What the world says of the recorded runs below a folder: the table, a comparison of all, images, a spec. */
export function worldOf(parent: string): readonly Message[] {
  recordRuns(parent);
  const catalogue = new Catalogue(parent);
  while (catalogue.poll(1000).more);
  const runs = catalogue.runs();
  const folders = comparedRuns(
    after(freshSession({ columns: 80, rows: 24 }), { kind: 'catalogue', runs, loading: false }),
  ).map(({ folder }) => folder);
  const first = openRun(`${parent}/Wide-20210225-140000`, new Bag())!;
  const cases = readCases(first, new Bag()).map((one) => ({ kind: 'case' as const, ...one }));
  const { compiled } = readSpec('specs/phantom.cmrnet');
  const key = insightKey(folders);
  return [
    { kind: 'catalogue', runs, loading: false },
    {
      kind: 'specs',
      specs: {
        files: ['specs/paper.cmrnet', 'specs/phantom.cmrnet'],
        path: 'specs/phantom.cmrnet',
        compiled: { ...compiled, milliseconds: 210, time: noon },
      },
    },
    { kind: 'key', key: '3' },
    { kind: 'insight', insight: { key, found: insightOf(folders), problem: null } },
    { kind: 'key', key: '4' },
    { kind: 'cases', folder: `${parent}/NoPyramid-20210225-180000`, cases },
    { kind: 'key', key: '1' },
  ];
}
