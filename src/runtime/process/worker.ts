import { Bag, renderDiagnostics } from '../../compiler/index.ts';
import { openRun } from '../runs/record/store.ts';

/**
 * The entry of a run's processes, started by path:
 *
 * - `worker RUN` trains the run's folds one after another, each in a process of its own, and evaluates them;
 * - `worker RUN --fold 2` trains one fold;
 * - `worker RUN --evaluate` evaluates all folds.
 *
 * What it prints goes to `training.log`. Exits with 0 when it did what it was asked, with 3 when it could not.
 */
const [folder, task, fold] = process.argv.slice(2);
const bag = new Bag();
const run = openRun(folder ?? '', bag);
let done = false;
if (run !== null) {
  if (task === '--fold') done = await (await import('./train-fold.ts')).trainOneFold(run, Number(fold));
  else if (task === '--evaluate')
    done =
      (await (await import('./evaluate.ts')).evaluate(run, bag, { backend: null, reuse: true })) !== null;
  else done = await (await import('./supervise.ts')).supervise(run);
}
process.stderr.write(renderDiagnostics(bag.sorted(), { get: () => undefined }));
// Threads of a backend or an open channel would keep the process alive.
process.exit(done ? 0 : 3);
