import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { stopTraining } from '../../src/runtime/process/launch.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { readAnnotations } from '../../src/runtime/runs/record/annotations.ts';
import { isTraining } from '../../src/runtime/runs/record/at-work.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { listRuns } from '../../src/runtime/runs/record/store.ts';
import { inFolder } from '../support/folder.ts';
import { recordRuns } from '../support/recorded-runs.ts';
import { hasTmux, inTmux, type Tmux } from '../support/tmux.ts';

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
] as const;

/** A network that trains an epoch in milliseconds, for as long as somebody lets it, and two cells of which one is short. */
const spec = `cmrnet 1

network Tiny {
  input image: [16, 16, 1]
  let features = image |> conv(2) |> relu()
  @allow("small-field")
  head segmentation: mask = features |> conv(1, kernel = 1) |> sigmoid()
}

dataset Hearts {
  source = phantom(images = 8, seed = 1, diseased = 50%)
  image  = [32, 32, 1]
  fit    = resize(16, 16)
}

experiment Tried {
  model = Tiny()
  data  = Hearts
  loss  = jaccard(segmentation)

  train {
    optimizer = rmsprop(lr = 0.01)
    epochs    = 90000
    batch     = 2
    seed      = 3
  }

  evaluate {
    folds        = holdout(50%)
    segmentation = [dsc]
  }
}

sweep Batches of Tried {
  train.epochs = 1
  vary train.batch in [2, 4]
}
`;

/** What a session with seven recorded runs shows, view by view. */
async function views({ keys, type, until, click, wheel, resize }: Tmux, rows: number): Promise<void> {
  await until('7 of 7 runs');
  await keys('s');
  await until(/[▲▼]/);
  await keys('<');
  await keys('/');
  await type('Wide');
  await keys('Enter');
  await until('3 of 7 runs');
  await keys('Space', 'Space');
  await until('2 marked');
  await keys('M', 'Escape');
  await until('7 of 7 runs');
  await keys('v');
  await until(/±[\s\S]*3 groups of 7 runs/);
  await keys('v');

  // A second click opens the run.
  await click(4, 20);
  await until(/^(?:.*\n){4}›/);
  await click(4, 20);
  await until(/loss .*training/);
  await keys('j', 'j', 'j', 'Space');
  await until('─ segmentation.dsc');
  await wheel('up', 6, 30);
  await until('zoomed');
  await keys('l');
  await until('─ log, ');
  await keys('Escape', '1', 'G', 'Space', 'k', 'k', 'k', 'k', 'Space', 'c');

  const parts = [
    'training loss, mean over folds',
    '95 % interval by patients',
    'Holm',
    'layers: ',
    'digits are folds',
    'measures of the heart',
    'truth by row',
    'sensitivity over 1',
    'Dice coefficient by image',
  ];
  for (const part of parts) {
    await until(part);
    await keys('Right');
  }

  await keys('4');
  await until(/worst first[\s\S]*errors/);
  await keys('s');
  await until('best first');
  await keys('Space', '?');
  await until('─ keys');
  await keys('Escape', '1', ':');
  await until('─ actions');
  await type('group');
  await until(/› ?group|group +v/);
  await keys('Enter');
  await until('3 groups of 7 runs');
  await keys('v');

  resize(60, 20);
  for (const view of ['2', '3', '4', '5', '6', '7', '1']) {
    await keys(view);
    const small = await until(new RegExp(` ${view} \\w+`));
    for (const line of small.split('\n')) assert.ok([...line].length <= 60, line);
  }
  await until('7 of 7 runs');
  resize(rows === 24 ? 80 : 120, rows);
  await until(/1 runs +2 run +3 compare/);
}

/** What is done to runs that rest: notes, tags, deletion and its undo, pictures and tables. */
async function keeping({ keys, type, until }: Tmux, folder: string): Promise<void> {
  const first = join(folder, 'runs', 'NoPyramid-20210225-180000');
  await keys('M', 'g', 'n');
  await type('too few pyramids');
  await keys('Enter');
  await until('noted');
  await keys('t');
  await type('old');
  await keys('Enter');
  await until('tagged old');
  assert.equal(readAnnotations(first).tags, ['old']);
  assert.is(readAnnotations(first).notes.at(-1)?.text, 'too few pyramids');
  await keys('D');
  await until(/u brings back/);
  assert.not.ok(existsSync(first));
  await keys('u');
  await until('7 of 7 runs');
  assert.ok(existsSync(runFiles.record(first)));
  await keys('E');
  await until('written: exports/');
  const files = readdirSync(join(folder, 'exports'));
  assert.is(files.filter((name) => /^runs-.*\.(svg|csv)$/.test(name)).length, 2);
}

/** A spec that is changed, a network, trials, and a run that is steered through everything until it is left alone. */
async function training({ keys, type, until }: Tmux, folder: string): Promise<void> {
  const file = join(folder, 'tiny.cmrnet');
  await keys('5');
  await until('3 experiments');
  writeFileSync(file, spec.replace('relu()', 'relux()'));
  await until(/error\[CMR\d+\][\s\S]*relux/);
  writeFileSync(file, spec);
  await until('3 experiments');
  await keys('7');
  await until(/conv[\s\S]*segmentation/);

  // A clone that is wrong first, then one that is trained.
  await keys('5', 'C');
  await type('train.epochz = 1');
  await until(/error.*epochz/);
  await keys('Enter');
  await until('Tried with:');
  await keys('C-u');
  await type('train.epochs = 1');
  await until(/weights,.* 1 epochs/);
  await keys('Enter');
  await until('training in runs/Tried-');
  const cloned = newest(folder, 'Tried-');
  await waitFor(
    () => readEvents(runFiles.events(cloned)).some(({ type }) => type === 'finished') && !isTraining(cloned),
  );

  // Of the sweep's cells one is that very run.
  await keys('6');
  await until(/1 of 2 trials over/);
  await keys('S');
  await until(/train 1 trial, about/);
  await keys('y');
  await until('training Batches');
  await waitFor(() => existsSync(join(folder, 'runs', 'sweep.log')));

  await keys('5', 't');
  await until('train Tried: 90000 epochs, 1 fold?');
  await keys('y');
  await until('training in runs/Tried-');
  await keys('1', '/');
  await type('Tried');
  await keys('Enter');
  // The clone and this one; the newest comes first.
  await until(/ 2 of \d+ runs/);
  await keys('g', 'Enter');
  await until('● training');
  const run = newest(folder, 'Tried-');
  const events = () => readEvents(runFiles.events(run));
  const counted = (kind: string) => events().filter(({ type }) => type === kind).length;
  await waitFor(() => counted('epoch') > 0);
  await keys('p');
  await until('= paused');
  await keys('p');
  await until('● training');
  await keys('R');
  await type('0.002');
  await keys('Enter');
  await waitFor(() => counted('changed') === 1);
  await keys('e', 'C-u');
  await type('95000');
  await keys('Enter');
  await until('goes on to epoch 95000 (it was 90000)');
  await waitFor(() => counted('started') === 2);
  await keys('x');
  await until(/stop Tried after the current step\?/);
  await keys('y');
  await until('■ stopped');
  // It is said to be stopped a moment before its process is gone.
  await waitFor(() => !isTraining(run));
  await until(/✗ process lost|■ stopped/);
  for (let attempt = 0; attempt < 20 && counted('started') < 3; attempt += 1) {
    await keys('r');
    await new Promise((go) => setTimeout(go, 1000));
  }
  await waitFor(() => counted('started') === 3);
  await until('● training');

  // Whoever leaves disturbs nothing, and comes back to the same run.
  await keys('q');
  await until('left with 0');
  assert.ok(isTraining(run));
  await type(`clear; cmrc tui runs/${run.split('/').at(-1)}; echo left with $?`);
  await keys('Enter');
  await until('● training');
  await keys('x', 'y');
  await until('■ stopped');
  await waitFor(() => /2 of 2 trials finished/.test(readFileSync(join(folder, 'runs', 'sweep.log'), 'utf8')));
  await keys('q');
  await until('left with 0');
}

function newest(folder: string, start: string): string {
  const names = readdirSync(join(folder, 'runs')).filter((name) => name.startsWith(start));
  return join(folder, 'runs', names.toSorted().at(-1)!);
}

async function waitFor(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${isSo}`);
    await new Promise((go) => setTimeout(go, 50));
  }
}

for (const size of sizes) {
  const test = suite(`tmux at ${size.columns}×${size.rows}${hasTmux ? '' : ' (SKIPPED: there is no tmux)'}`);

  (hasTmux ? test : test.skip)('every view and every action of a session, from its start to its end', () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'runs'));
      recordRuns(join(folder, 'runs'));
      writeFileSync(join(folder, 'tiny.cmrnet'), spec);
      mkdirSync(join(folder, '.engines', 'engines'), { recursive: true });
      writeFileSync(
        join(folder, '.engines', 'engines', 'selection.json'),
        JSON.stringify({ version: 1, order: ['cpu'] }),
      );
      try {
        await inTmux(size, folder, async (terminal) => {
          await terminal.type('clear; cmrc; echo left with $?');
          await terminal.keys('Enter');
          await views(terminal, size.rows);
          await keeping(terminal, folder);
          await training(terminal, folder);
        });
      } finally {
        for (const { folder: run } of listRuns(join(folder, 'runs'))) stopTraining(run, new Bag());
      }
    }),
  );

  test.run();
}

const shell = suite(`a shell around the interface${hasTmux ? '' : ' (SKIPPED: there is no tmux)'}`);

(hasTmux ? shell : shell.skip)(
  'Ctrl-Z gives the terminal back, `fg` draws the interface again; a dumb terminal gets lines',
  () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'runs'));
      recordRuns(join(folder, 'runs'));
      await inTmux(sizes[0], folder, async ({ keys, type, until }) => {
        await type('clear; cmrc');
        await keys('Enter');
        await until('7 of 7 runs');
        for (const round of ['once', 'twice']) {
          await keys('C-z');
          await until(/Stopped|[Ss]uspended/);
          await type(`clear; echo here ${round}`);
          await keys('Enter');
          await until(new RegExp(`^here ${round}`, 'm'));
          await type('fg');
          await keys('Enter');
          await until('7 of 7 runs');
        }
        await keys('q');
        await type('clear; TERM=dumb cmrc; echo left with $?');
        await keys('Enter');
        // As without a terminal: what there is to say, and no interface.
        await until('left with 2');
        await until('cmrc train specs/phantom.cmrnet');
      });
    }),
);

shell.run();
