import { join } from 'node:path';
import { Bag, type Diagnostic, diagnostic, renderDiagnostics } from '../../compiler/index.ts';
import { judgeOf } from '../metrics/judge.ts';
import type { RunEvent } from '../runs/journal/events.ts';
import { JournalWriter } from '../runs/journal/journal.ts';
import { controlOf } from '../runs/record/control.ts';
import { runFiles } from '../runs/record/folder.ts';
import type { Run } from '../runs/record/store.ts';
import { checkpointEpochs, readLastCheckpoint, writeCheckpoint } from '../runs/results/checkpoint.ts';
import { lastEpoch } from '../runs/results/judged.ts';
import { acquire, isLock } from '../storage/lock.ts';
import { nowhere, systemProblem } from '../storage/problems.ts';
import { writeSealed } from '../storage/seal.ts';
import { trainFold } from '../train/loop.ts';
import { isError, prepare } from './prepare.ts';

/**
 * Trains one fold in this process, from its last checkpoint on. Signals and the end of the parent are wishes to stop.
 * Every way in which it can end is an event; false when it failed.
 */
export async function trainOneFold(run: Run, fold: number): Promise<boolean> {
  const { folder } = run;
  const lock = acquire(runFiles.foldLock(folder, fold));
  if (!isLock(lock)) {
    process.stderr.write(`process ${lock.pid} trains fold ${fold}\n`);
    return false;
  }
  const journal = new JournalWriter(runFiles.events(folder));
  const stop = stopWishes();
  try {
    return await train(run, fold, journal, stop);
  } catch (error) {
    const problem = problemOf(error, folder);
    if (problem.code === 'CMR930') process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    journal.append(failure(fold, problem));
    return false;
  } finally {
    journal.close();
    lock.release();
  }
}

async function train(run: Run, fold: number, journal: JournalWriter, stop: () => boolean): Promise<boolean> {
  const { folder } = run;
  const bag = new Bag();
  const prepared = await prepare(run, bag, null);
  const from = prepared === null ? null : readLastCheckpoint(folder, fold, bag);
  if (prepared !== null) tellLost(folder, fold, from?.epoch ?? 0, bag);
  const findings = bag.sorted();
  const error = findings.find(isError);
  if (prepared === null || error !== undefined) {
    process.stderr.write(renderDiagnostics(findings, { get: () => undefined }));
    journal.append(failure(fold, error ?? findings[0]!));
    return false;
  }
  const { plan, backend, trainer } = prepared;
  const data = prepared.fold(fold);
  try {
    const outcome = await trainFold({
      plan,
      fold,
      trainer,
      data,
      gather: judgeOf(plan, data).gather,
      backend,
      from,
      sink: {
        emit: (event) => {
          journal.append(event);
          // A log begins with what runs; what was found on the way there comes next.
          if (event.type === 'started') for (const item of findings) journal.append(noticeOf(fold, item));
        },
        saveCheckpoint: (checkpoint) => writeCheckpoint(folder, fold, checkpoint),
        savePreview: (epoch, preview) => {
          const file = runFiles.preview(fold, epoch);
          writeSealed(join(folder, file), preview);
          return file;
        },
      },
      stopRequested: stop,
      control: controlOf(folder),
      now: Date.now,
    });
    return outcome !== 'failed';
  } finally {
    await trainer.dispose();
    await data.dispose();
  }
}

/** Tells of epochs that were kept and are gone, which are trained again. */
function tellLost(folder: string, fold: number, from: number, bag: Bag): void {
  const kept = lastEpoch(folder, fold);
  const path = runFiles.checkpoint(fold, kept);
  if (kept <= from || checkpointEpochs(folder, fold).includes(kept)) return;
  bag.report('brokenCheckpoint', {
    at: nowhere(join(folder, path)),
    arguments: { path: join(folder, path), reason: 'it is gone' },
    help: [{ message: `training goes on from epoch ${from}` }],
  });
}

/** Whether anyone has asked this process to stop. */
function stopWishes(): () => boolean {
  let asked = false;
  const ask = (): void => {
    asked = true;
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, ask);
  process.on('disconnect', ask);
  return () => asked;
}

/** A failure as something to tell: the system's refusals and lack of memory are no bugs. */
function problemOf(error: unknown, folder: string): Diagnostic {
  const at = nowhere(folder);
  const reason = error instanceof Error ? error.message : String(error);
  if (/out of memory|could not allocate|allocation failed/i.test(reason)) {
    return diagnostic('outOfMemory', { at, arguments: { reason: reason.split('\n')[0]! } });
  }
  try {
    return systemProblem(error, folder);
  } catch {
    return diagnostic('workerBug', { at, arguments: { reason: reason.split('\n')[0]! } });
  }
}

function failure(fold: number, { code, message, primary }: Diagnostic): RunEvent {
  const place = primary.span.end > 0 ? ` (${primary.span.file})` : '';
  return { type: 'failed', time: Date.now(), fold, code, message: `${message}${place}` };
}

function noticeOf(fold: number, { code, severity, message }: Diagnostic): RunEvent {
  const mild = severity === 'note' ? 'note' : 'warning';
  return { type: 'notice', time: Date.now(), fold, severity: mild, code, message };
}
