import type {
  CheckpointEvent,
  DamagedEvent,
  EpochEvent,
  FailedEvent,
  ImageEvent,
  NoticeEvent,
  RunEvent,
  StartedEvent,
  StepEvent,
} from './events.ts';
import type { LinesRead } from './sequence.ts';

/** What is known about one fold from its events. */
export interface FoldProgress {
  readonly fold: number;
  readonly state: 'running' | 'stopped' | 'failed' | 'finished';
  readonly started: StartedEvent;
  /** The steps that count: those of epochs that were trained again after a stop are gone. */
  readonly steps: readonly StepEvent[];
  readonly epochs: readonly EpochEvent[];
  readonly image: ImageEvent | null;
  readonly checkpoint: CheckpointEvent | null;
  /** The last epoch of a training that ended by itself; null before, and while it goes on. */
  readonly end: number | null;
  /** Whether it waits because it was asked to. */
  readonly paused: boolean;
  /** The first step whose loss is NaN or infinite. */
  readonly diverged: { readonly epoch: number; readonly step: number } | null;
}

/** What is known about a run from its events: a fold over `events.jsonl`. */
export interface RunProgress {
  readonly folds: ReadonlyMap<number, FoldProgress>;
  /** The fold that spoke last, 0 before any did. */
  readonly current: number;
  /** Why training ended, until it goes on; also of a fold that failed before it started. */
  readonly failure: FailedEvent | null;
  /** Everything but steps, in order: what a log shows. */
  readonly log: readonly LogEvent[];
  /** The lines of the journal that are damaged or gone: what they said is not known. */
  readonly damages: readonly DamagedEvent[];
  readonly lines: LinesRead;
}

export type LogEvent = Exclude<RunEvent, StepEvent | ImageEvent>;

export const noProgress: RunProgress = {
  folds: new Map(),
  current: 0,
  failure: null,
  log: [],
  damages: [],
  lines: {},
};

/** What is known after more events. */
export function advance(progress: RunProgress, events: readonly RunEvent[]): RunProgress {
  if (events.length === 0) return progress;
  const folds = new Map<number, Draft>(
    [...progress.folds].map(([fold, known]) => [fold, { ...known, own: false }]),
  );
  const log = [...progress.log];
  const damages = [...progress.damages];
  const lines: Record<string, number> = { ...progress.lines };
  let { current, failure } = progress;
  for (const event of events) {
    if (event.lease !== undefined) lines[event.lease] = Math.max(lines[event.lease] ?? 0, event.nth ?? 0);
    if (isOutdated(event, folds.get(event.fold))) continue;
    if (event.type !== 'step' && event.type !== 'image') log.push(event);
    if (event.type === 'damaged') damages.push(event);
    if (event.type === 'failed') failure = event;
    if (event.type === 'started') failure = null;
    if (event.type === 'started') folds.set(event.fold, begin(event, folds.get(event.fold)));
    const fold = folds.get(event.fold);
    if (fold === undefined) continue;
    current = event.fold;
    apply(fold, event);
  }
  const known = new Map([...folds].map(([fold, { own: _, ...rest }]) => [fold, rest]));
  return { folds: known, current, failure, log, damages, lines };
}

/** Whether a process said something of a fold that another had taken over before. */
function isOutdated({ type, lease }: RunEvent, fold: Draft | undefined): boolean {
  const holder = fold?.started.lease;
  return type !== 'started' && lease !== undefined && holder !== undefined && lease !== holder;
}

/** A fold being brought up to date; `own` says that its arrays are copies already and may grow. */
type Draft = { -readonly [K in keyof FoldProgress]: FoldProgress[K] } & { own: boolean };

function begin(event: StartedEvent, before: Draft | undefined): Draft {
  const { epoch: done, step: within = 0 } = event;
  const steps = (before?.steps ?? []).filter(
    ({ epoch, step }) => epoch <= done || (epoch === done + 1 && step <= within),
  );
  return {
    fold: event.fold,
    state: 'running',
    started: event,
    steps,
    epochs: (before?.epochs ?? []).filter((epoch) => epoch.epoch <= event.epoch),
    image: before?.image ?? null,
    // What is trained again has not been kept yet.
    checkpoint: (before?.checkpoint?.epoch ?? 0) <= event.epoch ? (before?.checkpoint ?? null) : null,
    end: null,
    paused: false,
    diverged: firstDiverged(steps),
    own: true,
  };
}

function apply(known: Draft, event: RunEvent): void {
  switch (event.type) {
    case 'started':
    case 'notice':
    case 'changed':
    case 'kept':
    case 'damaged':
      return;
    case 'paused':
    case 'continued':
      known.paused = event.type === 'paused';
      return;
    case 'step':
      own(known).steps.push(event);
      if (!Number.isFinite(event.loss)) known.diverged ??= { epoch: event.epoch, step: event.step };
      return;
    case 'epoch':
      own(known).epochs.push(event);
      return;
    case 'image':
      known.image = event;
      return;
    case 'checkpoint':
      known.checkpoint = event;
      return;
    case 'stopped':
    case 'finished':
    case 'failed':
      known.state = event.type;
      known.paused = false;
      known.end = event.type === 'finished' ? event.epoch : null;
      return;
    default:
      // A later version's events are passed over.
      event satisfies never;
  }
}

function own(known: Draft): { steps: StepEvent[]; epochs: EpochEvent[] } {
  if (!known.own) {
    known.steps = [...known.steps];
    known.epochs = [...known.epochs];
    known.own = true;
  }
  return known as unknown as { steps: StepEvent[]; epochs: EpochEvent[] };
}

function firstDiverged(steps: readonly StepEvent[]): FoldProgress['diverged'] {
  const step = steps.find(({ loss }) => !Number.isFinite(loss));
  return step === undefined ? null : { epoch: step.epoch, step: step.step };
}

/** The last epoch that a fold has finished. */
export function epochsDone(fold: FoldProgress): number {
  return fold.epochs.at(-1)?.epoch ?? fold.started.epoch;
}

/** The step a fold is at within its unfinished epoch, 0 between epochs. */
export function stepsDone(fold: FoldProgress): number {
  const last = fold.steps.at(-1);
  return last === undefined || last.epoch <= epochsDone(fold) ? 0 : last.step;
}

/** From 0 to 1: how much of a fold's epochs is done. */
export function fractionDone(fold: FoldProgress): number {
  if (fold.state === 'finished') return 1;
  const { epochs, stepsPerEpoch } = fold.started;
  const done = epochsDone(fold) + stepsDone(fold) / Math.max(1, stepsPerEpoch);
  return Math.min(1, done / Math.max(1, epochs));
}

/**
 * Milliseconds until the fold is done, from the last epochs, or from steps while there is no whole epoch yet. The first
 * epoch, in which images are read or drawn and engines warm up, is left out as soon as there is another.
 * Null while nothing is known.
 */
export function timeLeft(fold: FoldProgress): number | null {
  if (fold.state !== 'running') return null;
  const { epochs, stepsPerEpoch } = fold.started;
  const recent = fold.epochs.slice(fold.epochs.length > 1 ? 1 : 0).slice(-5);
  const epochMs = recent.length > 0 ? mean(recent.map((epoch) => epoch.epochMs)) : stepsMs(fold);
  if (epochMs === null) return null;
  return Math.max(0, epochs - epochsDone(fold) - stepsDone(fold) / Math.max(1, stepsPerEpoch)) * epochMs;
}

/** The warm-up of the first step is left out as soon as there is another. */
function stepsMs(fold: FoldProgress): number | null {
  const recent = fold.steps.slice(-20);
  const warm = recent.length > 1 ? recent.filter((step) => step !== fold.steps[0]) : recent;
  return warm.length === 0 ? null : mean(warm.map((step) => step.stepMs)) * fold.started.stepsPerEpoch;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `line 12 is damaged` */
export function damageText({ fold, line, missing }: DamagedEvent): string {
  if (line === null) {
    const last = missing === 1 ? 'the last line' : `the last ${missing} lines`;
    return missing === 0
      ? `the number of lines of fold ${fold} is damaged`
      : `${last} of a process of fold ${fold} ${missing === 1 ? 'is' : 'are'} gone`;
  }
  if (missing === 0) return `line ${line} is damaged`;
  return `${missing === 1 ? 'a line is' : `${missing} lines are`} gone before line ${line}`;
}

/** A notice that reads like a diagnostic: `warning CMR904: …`. */
export function noticeText(event: NoticeEvent | FailedEvent): string {
  const severity = event.type === 'failed' ? 'error' : event.severity;
  return `${severity}${event.code === null ? '' : `[${event.code}]`}: ${event.message}`;
}
