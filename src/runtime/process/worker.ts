import { Bag } from '../../compiler/index.ts';
import { openRun } from '../runs/record/store.ts';
import { workerExit } from './launch.ts';
import { stopWishes } from './stop-wishes.ts';
import { tell } from './tell.ts';

/**
 * The entry of a run's processes, started by path:
 *
 * - `worker RUN` trains the run's folds one after another, each in a process of its own, and evaluates them;
 * - `worker RUN --fold 2` trains one fold;
 * - `worker RUN --evaluate` evaluates all folds.
 *
 * What it prints goes to `training.log`. Exits with a {@link workerExit}.
 */
const [folder, task, fold] = process.argv.slice(2);
// What is heard before anyone listens is lost, and the modules of an engine take seconds to load.
const stop = task === '--fold' ? stopWishes() : null;
if (task === '--evaluate') process.on('disconnect', () => process.exit(workerExit.failed));
const bag = new Bag();
const run = openRun(folder ?? '', bag);
let code: number = workerExit.failed;
if (run !== null) {
  if (stop !== null) {
    const { trainOneFold } = await import('./train-fold.ts');
    code = workerExit[await trainOneFold(run, Number(fold), stop)];
  } else if (task === '--evaluate') {
    const { evaluate } = await import('./evaluate.ts');
    if ((await evaluate(run, bag, { backend: null, reuse: true })) !== null) code = workerExit.done;
  } else {
    const { supervise } = await import('./supervise.ts');
    if (await supervise(run)) code = workerExit.done;
  }
}
tell(bag.sorted());
// Threads of a backend or an open channel would keep the process alive.
process.exit(code);
