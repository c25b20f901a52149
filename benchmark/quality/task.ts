import type { RunPlan } from '../../src/compiler/index.ts';
import type { Dataset } from '../../src/runtime/data/dataset/dataset.ts';

/** What a player is asked to do: train an experiment for so much processor time, and say where it stands on the way. */
export interface Task {
  /** The folder of {@link files}. */
  readonly folder: string;
  /** The experiment's name, of which `EXPERIMENT.plan.json` is the plan. */
  readonly experiment: string;
  /** Of weights, order and augmentation. The split is the same for all. */
  readonly seed: number;
  /** Seconds of processor time. */
  readonly budget: number;
  /** The shares of the budget after which held-out images are predicted, rising up to 1. */
  readonly marks: readonly number[];
  readonly threads: number;
  /** Where predictions are written: `[image, height, width]` bytes, 0 for the background, i for the i-th structure. */
  readonly predictions: string;
}

/** A line that a player prints. */
export type Told =
  | { readonly kind: 'begun'; readonly version: string }
  | {
      readonly kind: 'progress';
      /** Seconds of processor time that training has taken. */
      readonly processor: number;
      readonly steps: number;
      /** The mean of the steps since the last line. */
      readonly loss: number;
    }
  /** Predictions lie in the task's file until the player is told to go on by a line of input. */
  | { readonly kind: 'mark'; readonly mark: number; readonly processor: number; readonly steps: number };

/** What {@link Task.folder} holds. */
export const files = {
  /** A `RunPlan`. */
  plan: (experiment: string) => `${experiment}.plan.json`,
  /** A {@link Split}. */
  split: 'split.json',
  /** `images` `[n, height, width, channels]` and `labels` `[n, height, width]`, both float32. */
  training: 'training.safetensors',
  heldOut: 'held-out.safetensors',
} as const;

/** The same split for every player and seed: the dataset, each image with its fold, of which 1 is held out. */
export interface Split {
  readonly dataset: Dataset;
  readonly structures: readonly string[];
  /** In the order of the arrays. */
  readonly heldOut: readonly HeldOutImage[];
}

export interface HeldOutImage {
  readonly id: string;
  readonly patient: string;
  /** The phase of its volume, counted from 1 in the order of the files' names: of ACDC 1 is end-diastole, 2 end-systole. */
  readonly phase: number;
}

/** The head whose masks are compared: the first one with a softmax over background and structures. */
export function comparedHead({ heads }: RunPlan): RunPlan['heads'][number] | undefined {
  return heads.find(({ kind, encoding }) => kind === 'mask' && encoding === 'categorical');
}
