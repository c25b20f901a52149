import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isRead } from '../../cli/tui/app/export-view.ts';
import { svgOf } from '../../cli/tui/drawing/svg/svg.ts';
import { initialSession } from '../../cli/tui/session/initial.ts';
import type { Session } from '../../cli/tui/session/session.ts';
import { themeOf } from '../../cli/tui/theme/theme.ts';
import { createProgram, type Program } from '../../cli/tui/update/program.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import { World } from '../../cli/tui/world/world.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { isTraining } from '../../src/runtime/runs/record/at-work.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { keysPage } from '../support/keys-page.ts';

/** Three networks on the phantom's 64 hearts at 112 × 112, each heart held out once: some minutes of training in all. */
const spec = `cmrnet 1

import { Demo } from "./specs/phantom.cmrnet"

/// Every heart is held out once.
variant Folds of Demo {
  evaluate.folds = kfold(2, stratify = diagnosis)
}

/// Half as many features again.
variant Wide of Folds {
  model.width = 6
}

/// Without the pyramid of holes.
variant NoPyramid of Folds {
  model.parallel_rates = [1, 1]
}

/// How wide a network has to be.
sweep Widths of Folds {
  vary model.width in [4, 6, 8]
  report segmentation.dsc, diagnosis.auc
}
`;

/** A view as the documentation shows it: what is opened first, and the keys that lead there. */
interface Shot {
  readonly name: string;
  readonly run?: string;
  readonly keys: readonly string[];
}

const chosen = 'runs/Folds';
const marked = [' ', 'j', ' ', 'j', ' ', 'c'] as const;
const right = (times: number) => Array.from({ length: times }, () => 'right');

/** Of a run that is being trained. */
const whileTraining: readonly Shot[] = [{ name: 'run', run: chosen, keys: ['2'] }];

/** Of runs that are finished. */
const finished: readonly Shot[] = [
  { name: 'runs', keys: [] },
  { name: 'runs-grouped', keys: ['v'] },
  { name: 'palette', keys: [':', 's', 'o', 'r', 't'] },
  { name: 'run-several', run: chosen, keys: ['2', ' ', 'down', ' ', 'down', 'down', 'down', 'm', 'w'] },
  { name: 'compare-curves', keys: [...marked, 'm'] },
  { name: 'compare-table', keys: [...marked, ...right(1)] },
  { name: 'compare-tests', keys: [...marked, ...right(2)] },
  { name: 'compare-folds', keys: [...marked, ...right(4)] },
  { name: 'compare-confusion', keys: [...marked, ...right(6)] },
  { name: 'compare-roc', keys: [...marked, ...right(7)] },
  { name: 'compare-worst', keys: [...marked, ...right(8)] },
  { name: 'images', run: chosen, keys: ['4', ...Array.from({ length: 30 }, () => 'j')] },
  { name: 'specs', keys: ['5'] },
  { name: 'plan', keys: ['6'] },
  { name: 'network', keys: ['5', '7', 'j', 'j', 'j', 'j'] },
  { name: 'network-run', run: chosen, keys: ['7', 'j', 'j', 'j', 'j', 'j'] },
  { name: 'help', keys: ['?'] },
];

const patienceMs = 300_000;

/** Draws a view of what lies in this folder as the interface does, once all of it has been read. */
async function draw({ name, run, keys }: Shot, out: string): Promise<void> {
  const { paint: _, cell: __, light: ___, ...look } = themeOf({ ground: 'dark' });
  const program: Program = createProgram(
    initialSession({ columns: 110, rows: 32, now: Date.now(), look, parent: 'runs' }),
    (effect) => {
      if (effect.kind !== 'leave' && effect.kind !== 'suspend') world.perform(effect);
    },
  );
  const world: World = new World({
    ...{ parent: 'runs', spec: 'hearts.cmrnet' },
    send: program.send,
    current: program.current,
  });
  const ready = async (isSo: (session: Session) => boolean) => {
    const end = Date.now() + patienceMs;
    while (!isSo(program.current())) {
      if (Date.now() > end) throw new Error(`${name} is not there`);
      await new Promise((go) => setTimeout(go, 50));
    }
  };
  if (run !== undefined) world.perform({ kind: 'open', folder: run });
  world.start();
  try {
    await ready((session) => !session.runs.loading && session.run?.loading !== true);
    for (const key of keys) {
      program.send({ kind: 'key', key });
      await ready((session) => isRead[session.view](session));
    }
    const frame = frameOf({ ...program.current(), notice: null });
    writeFileSync(join(out, `${name}.svg`), svgOf(frame, { ground: 'dark', title: `cmrc: ${name}` }));
    process.stdout.write(`${name}\n`);
  } finally {
    world.stop();
  }
}

const main = resolve('cli/main.ts');

/** Does a command of `cmrc`, until it ends. */
function command(...words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, main, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => (code === 0 ? done() : failed(new Error(`${words.join(' ')}: ${code}`))));
  });
}

const train = (experiment: string) =>
  command('train', 'hearts.cmrnet', '--experiment', experiment, '--run', `runs/${experiment}`, '--plain');

const out = resolve('docs/screenshots');
const keys = resolve('docs/keys.md');
const specs = resolve('specs');
const folder = mkdtempSync(join(tmpdir(), 'cmrnet-screenshots-'));
process.chdir(folder);
try {
  cpSync(specs, 'specs', { recursive: true });
  writeFileSync('hearts.cmrnet', spec);
  mkdirSync(out, { recursive: true });
  await train('NoPyramid');
  await train('Wide');
  const last = train(chosen.slice('runs/'.length));
  while (!isTraining(chosen)) await new Promise((go) => setTimeout(go, 200));
  await untilEpoch(chosen, 5);
  for (const shot of whileTraining) await draw(shot, out);
  await last;
  for (const shot of finished) await draw(shot, out);
  writeFileSync(keys, keysPage());
  process.stdout.write(`${whileTraining.length + finished.length} screenshots in ${out}, and docs/keys.md\n`);
} finally {
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true, force: true });
}

/** Waits until the second fold of a run has trained so many epochs. */
async function untilEpoch(run: string, epoch: number): Promise<void> {
  const isThere = () =>
    readEvents(runFiles.events(run)).some(
      (event) => event.type === 'epoch' && event.fold === 2 && event.epoch >= epoch,
    );
  while (!isThere()) await new Promise((go) => setTimeout(go, 200));
}
