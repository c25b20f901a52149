import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files of a run directory:
 *
 * ```text
 * run.json                      the resolved experiment and what it was resolved from
 * data.json                     the images that it trains on and judges, by fold, with their digests
 * spec/                         copies of the spec and its imports, for readers
 * events.jsonl                  what training said, append-only
 * control.json                  what people want of training while it runs
 * annotations.json              notes and tags
 * lock, fold-1/lock             who is at work
 * training.log                  what its processes printed, by start
 * fold-1/journal.json           how many lines of events.jsonl the fold's processes wrote
 * fold-1/start.json             the logits at which heads start, and which draw of the weights
 * fold-1/previews/epoch-003.json
 * fold-1/distributions/epoch-003.json  histograms of weights and of their gradients
 * fold-1/checkpoints/epoch-003/ weights.safetensors, optimizer.safetensors, checkpoint.json
 * fold-1/checkpoints/epoch-004-step-37/  the same within an epoch: to go on from, never judged
 * fold-1/predictions.json       what the fold's last weights say about its held-out images
 * evaluation.json               the metrics on held-out images
 * evaluation-epoch-002.json     the same by the weights of another epoch, for who asked
 * ```
 *
 * JSON files end with a seal (storage/seal.ts), as does each line of `events.jsonl`.
 */
export const runFiles = {
  record: (run: string) => join(run, 'run.json'),
  specs: (run: string) => join(run, 'spec'),
  events: (run: string) => join(run, 'events.jsonl'),
  control: (run: string) => join(run, 'control.json'),
  annotations: (run: string) => join(run, 'annotations.json'),
  evaluation: (run: string) => join(run, 'evaluation.json'),
  /** Of weights that do not count any more, or not yet. */
  olderEvaluation: (run: string, epoch: number) => join(run, `evaluation-${epochName(epoch)}.json`),
  data: (run: string) => join(run, 'data.json'),
  predictions: (run: string, fold: number) => join(run, `fold-${fold}`, 'predictions.json'),
  /** Of the process that trains fold after fold. */
  lock: (run: string) => join(run, 'lock'),
  log: (run: string) => join(run, 'training.log'),
  foldLock: (run: string, fold: number) => join(run, `fold-${fold}`, 'lock'),
  start: (run: string, fold: number) => join(run, `fold-${fold}`, 'start.json'),
  lineCounts: (run: string, fold: number) => join(run, `fold-${fold}`, 'journal.json'),
  checkpoints: (run: string, fold: number) => join(run, `fold-${fold}`, 'checkpoints'),
  /** Relative to the run directory, as events name it. */
  checkpoint: (fold: number, epoch: number, step = 0) =>
    `fold-${fold}/checkpoints/${checkpointName({ epoch, step })}`,
  /** Relative to the run directory, as events name it. */
  preview: (fold: number, epoch: number) => `fold-${fold}/previews/${epochName(epoch)}.json`,
  /** Relative to the run directory. */
  distributions: (fold: number, epoch: number) => `fold-${fold}/distributions/${epochName(epoch)}.json`,
} as const;

/** The folds that have a folder in a run directory. */
export function foldsIn(run: string): readonly number[] {
  if (!existsSync(run)) return [];
  return readdirSync(run).flatMap((name) => {
    const digits = /^fold-(\d+)$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

/** `epoch-003`: sorts by name as by number. */
export function epochName(epoch: number): string {
  return `epoch-${String(epoch).padStart(3, '0')}`;
}

/** The number in such a name, or null for any other name. */
export function epochOf(name: string): number | null {
  const digits = /^epoch-(\d{3,})$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** How far a fold was trained: the last epoch finished, and how many steps of the next one. */
export interface Place {
  readonly epoch: number;
  /** 0 at the end of an epoch. */
  readonly step: number;
}

/** `epoch-003` at the end of an epoch, `epoch-004-step-37` within the one that follows. */
function checkpointName({ epoch, step }: Place): string {
  return step === 0 ? epochName(epoch) : `${epochName(epoch + 1)}-step-${step}`;
}

/** The place in the name of a checkpoint's folder, or null for any other name. */
export function placeOf(name: string): Place | null {
  const [, digits, step] = /^epoch-(\d{3,})(?:-step-([1-9]\d*))?$/.exec(name) ?? [];
  if (digits === undefined) return null;
  return step === undefined
    ? { epoch: Number(digits), step: 0 }
    : { epoch: Number(digits) - 1, step: Number(step) };
}

/** `Demo-20240131-154501`, in local time; brackets of sweep cells become dots, which shells leave alone. */
export function runName(experiment: string, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const name = experiment.replace(/\[(\d+)\]/g, '.$1').replace(/[^\w.-]/g, '_');
  return `${name}-${date}-${time}`;
}
