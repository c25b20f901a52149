/**
 * What a training process says, one JSON object per line of `events.jsonl`, in order. The file is append-only;
 * a reader treats a half-written last line as not yet there. `time` is milliseconds since 1970.
 */
export type RunEvent =
  | StartedEvent
  | StepEvent
  | EpochEvent
  | ImageEvent
  | CheckpointEvent
  | KeptEvent
  | NoticeEvent
  | PausedEvent
  | ContinuedEvent
  | ChangedEvent
  | StoppedEvent
  | FailedEvent
  | FinishedEvent
  | DamagedEvent;

interface Stamp {
  readonly time: number;
  /** The token of the fold's lock under which it was written; none in logs of older versions and of who only looks on. */
  readonly lease?: string;
  /** The how-manieth line under this token it is, from 1 on, so that lines that are gone are missed; as `lease`. */
  readonly nth?: number;
  /** Starts at 1. */
  readonly fold: number;
}

/** A process begins, or goes on after a stop: then `epoch` is the last one finished. */
export interface StartedEvent extends Stamp {
  readonly type: 'started';
  readonly pid: number;
  readonly epoch: number;
  /** How many steps of the next epoch were kept, which it goes on after; absent where none were. */
  readonly step?: number;
  readonly epochs: number;
  readonly folds: number;
  readonly stepsPerEpoch: number;
  readonly backend: string;
  readonly threads: number;
  readonly parameters: number;
  readonly images: { readonly train: number; readonly heldOut: number };
  readonly patients: { readonly train: number; readonly heldOut: number };
}

export interface StepEvent extends Stamp {
  readonly type: 'step';
  /** Starts at 1, as does `step` within the epoch. */
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  /** Unweighted loss per head. */
  readonly heads: Readonly<Record<string, number>>;
  readonly stepMs: number;
  /** What the process uses: with a step every few seconds. Absent in logs of older versions. */
  readonly usage?: Usage;
}

/** What a process uses, all its threads together. */
export interface Usage {
  /** Resident memory. */
  readonly memoryBytes: number;
  /** Processor time by wall time since it was asked before: 2 is two cores that do nothing else. */
  readonly cores: number;
}

export interface EpochEvent extends Stamp {
  readonly type: 'epoch';
  readonly epoch: number;
  /** Means over the epoch's steps. */
  readonly loss: number;
  readonly heads: Readonly<Record<string, number>>;
  /** On the held-out images with this epoch's weights: `segmentation.dsc` and so on, and `loss`. Null where undefined. */
  readonly heldOut: Readonly<Record<string, number | null>>;
  /** Mean loss of the training images that only judge, where `validation` sets some aside. */
  readonly validation?: number;
  /** At the epoch's last step. */
  readonly learningRate: number;
  readonly epochMs: number;
  /** Of it, how long steps waited for their images. Absent in logs of older versions. */
  readonly inputMs?: number;
  /** Resident memory of the process. */
  readonly memoryBytes: number;
  /** Live tensors, which must not grow. */
  readonly tensors: number;
}

/** The held-out image that shows most of the heart as it is predicted now, written to `file` (relative to the run directory) as a {@link Preview}. */
export interface ImageEvent extends Stamp {
  readonly type: 'image';
  readonly epoch: number;
  readonly file: string;
}

export interface CheckpointEvent extends Stamp {
  readonly type: 'checkpoint';
  readonly epoch: number;
  /** Relative to the run directory. */
  readonly folder: string;
}

/** What was trained within an epoch was kept, to go on from; nothing is judged by it. */
export interface KeptEvent extends Stamp {
  readonly type: 'kept';
  /** The epoch under way. */
  readonly epoch: number;
  /** The last step that is kept. */
  readonly step: number;
  /** Relative to the run directory. */
  readonly folder: string;
}

/** Something worth reading in the log, such as a warning about few steps. */
export interface NoticeEvent extends Stamp {
  readonly type: 'notice';
  readonly severity: 'warning' | 'note';
  /** A diagnostic's code where it has one. */
  readonly code: string | null;
  readonly message: string;
}

/** Training waits before this step because it was asked to. */
export interface PausedEvent extends Stamp {
  readonly type: 'paused';
  readonly epoch: number;
  readonly step: number;
}

/** A pause is over, or ends because training is to stop. */
export interface ContinuedEvent extends Stamp {
  readonly type: 'continued';
  readonly epoch: number;
  readonly step: number;
}

/** From this step on the optimizer's learning rate is not that of the spec: someone changed it by hand. */
export interface ChangedEvent extends Stamp {
  readonly type: 'changed';
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: { readonly from: number; readonly to: number };
}

/** The process ended before its last epoch because it was asked to; `epoch` is the last one kept. */
export interface StoppedEvent extends Stamp {
  readonly type: 'stopped';
  readonly epoch: number;
  /** The last step of the next epoch that is kept as well, of how many; absent where none is. */
  readonly step?: number;
  readonly stepsPerEpoch?: number;
}

export interface FailedEvent extends Stamp {
  readonly type: 'failed';
  readonly code: string;
  readonly message: string;
}

export interface FinishedEvent extends Stamp {
  readonly type: 'finished';
  readonly epoch: number;
}

/**
 * A line that can no longer be believed, in the place of what it said, or lines that are gone. No file holds this: whoever
 * reads finds it.
 */
export interface DamagedEvent extends Stamp {
  readonly type: 'damaged';
  /** Whose last lines are gone, or whose count of lines is damaged; 0 where a line of the file is meant: nobody knows whose. */
  readonly fold: number;
  /** Of the file, from 1 on; null where a fold is meant. */
  readonly line: number | null;
  /** How many lines are gone, before this line or at the end; 0 where the line itself, or the count, is damaged. */
  readonly missing: number;
}

/** One held-out image with its true and predicted mask at the network's size, for pictures in the interface. */
export interface Preview {
  readonly image: string;
  readonly height: number;
  readonly width: number;
  /** Base64 of bytes, row by row: grey 0 to 255. */
  readonly grey: string;
  /** Base64 of bytes: 0 or 1, any of the structures. */
  readonly truth: string;
  readonly prediction: string;
  /** The mean over the structures that the image or its prediction holds; null where there is none. */
  readonly dsc: number | null;
  /** The same by structure, where there are several; absent in files of older versions. */
  readonly structures?: Readonly<Record<string, number | null>>;
  /** The masks of each, as {@link packMask} packs them, where there are several; absent in files of older versions. */
  readonly parts?: Readonly<Record<string, { readonly truth: string; readonly prediction: string }>>;
}
