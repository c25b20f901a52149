import { initialSession } from '../session/initial.ts';
import { type Session, type ViewName, viewNames } from '../session/session.ts';
import type { ComparePanel } from '../state/compare.ts';
import type { Look } from '../theme/look.ts';
import { themeOf } from '../theme/theme.ts';
import { createProgram } from '../update/program.ts';
import { exportShown } from '../world/export.ts';
import { World } from '../world/world.ts';
import type { Opening } from './opening.ts';

/** A view to be written instead of shown. */
export interface ViewExport {
  readonly opening: Opening;
  readonly view: ViewName;
  /** The part of a comparison. */
  readonly part?: ComparePanel | undefined;
  /** The runs that a comparison is of; without any, those of the spec of the newest. */
  readonly marked: readonly string[];
  readonly screen: { readonly columns: number; readonly rows: number };
  readonly ground: Look['ground'];
  /** Where to write. */
  readonly folder: string;
}

/** Whether all that a view shows has been read. */
export const isRead: Readonly<Record<ViewName, (session: Session) => boolean>> = {
  runs: () => true,
  run: ({ run }) =>
    run === null ||
    (!run.loading &&
      [...run.progress.folds.values()].every(({ image, fold }) => image === null || run.previews.has(fold))),
  compare: ({ compare }) => compare.working === null,
  images: ({ images: { loading, wanted, pictures, problem } }) =>
    !loading && (wanted === null || pictures.has(wanted) || problem !== null),
  specs: ({ specs }) => specs.path === null || specs.compiled !== null,
  plan: ({ plan }) => !plan.working,
  network: ({ specs, network }) =>
    network.wanted === null && (network.run !== null || specs.path === null || specs.compiled !== null),
};

/** How long nothing new may come of what a view still waits for. */
const patienceMs = 60_000;

/** What a view shows did not come. */
export class ViewIncomplete extends Error {
  override readonly name = 'ViewIncomplete';
}

/**
 * Writes a view as the interface shows it, once all that it shows has been read, as SVG and CSV. The files.
 * @throws ViewIncomplete where a minute brings nothing of what is missing
 */
export async function exportView(wish: ViewExport, patience = patienceMs): Promise<readonly string[]> {
  const { opening, view, part, marked, screen, ground } = wish;
  const { paint: _, cell: __, light: ___, ...look } = themeOf({ ground });
  // Who names a spec means its network, not that of a run.
  const from: ViewName = opening.spec === undefined ? 'runs' : 'specs';
  const first = initialSession({ ...screen, now: Date.now(), look, parent: opening.parent, view: from });
  const program = createProgram(
    {
      ...first,
      runs: { ...first.runs, marked: new Set(marked) },
      compare: { ...first.compare, panel: part ?? first.compare.panel },
    },
    (effect) => {
      if (effect.kind !== 'leave' && effect.kind !== 'suspend') world.perform(effect);
    },
  );
  const world: World = new World({
    parent: opening.parent,
    spec: opening.spec ?? null,
    send: (message) => {
      // The clock, and who works on a run, are told for as long as one waits.
      if (message.kind !== 'tick' && message.kind !== 'alive') heard = performance.now();
      program.send(message);
    },
    current: program.current,
  });
  let heard = performance.now();
  const until = (wanted: (session: Session) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      heard = performance.now();
      const end = (act: () => void): void => {
        clearInterval(timer);
        unsubscribe();
        act();
      };
      const check = (): void => {
        if (wanted(program.current())) end(resolve);
      };
      const timer = setInterval(
        () => {
          if (performance.now() - heard > patience) end(() => reject(new ViewIncomplete(view)));
        },
        Math.min(1000, patience),
      );
      const unsubscribe = program.subscribe(check);
      check();
    });
  if (opening.run !== undefined) world.perform({ kind: 'open', folder: opening.run });
  if (opening.spec !== undefined) world.perform({ kind: 'openSpec', path: opening.spec });
  world.start();
  try {
    await until(({ runs, run }) => !runs.loading && run?.loading !== true);
    program.send({ kind: 'key', key: String(viewNames.indexOf(view) + 1) });
    await until(isRead[view]);
    return exportShown(program.current(), wish.folder);
  } finally {
    world.stop();
  }
}
