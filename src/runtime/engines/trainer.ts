import type { Inspection, RunPlan } from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import type { Tensors } from '../storage/safetensors.ts';

/** The loss of one batch: weighted sum, and per head the sum of its terms without weights. */
export interface StepLoss {
  readonly loss: number;
  readonly heads: Readonly<Record<string, number>>;
}

/** What one step is given. */
export interface StepWish {
  readonly batch: Batch;
  readonly learningRate: number;
  /** Where gradients of several batches are averaged: this batch's place among them. */
  readonly accumulation?: Accumulation;
}

/** A batch among those whose gradients are averaged before weights change. */
export interface Accumulation {
  /** Its share of their images. */
  readonly share: number;
  readonly first: boolean;
  /** The last of them changes the weights. */
  readonly last: boolean;
}

/** What the network says about a batch. */
interface Answers {
  /** By head, `[n, height, width, channels]` or `[n, channels]`. */
  readonly heads: Readonly<Record<string, Float32Array>>;
}

/** {@link Answers} against the truth. */
interface Evaluated extends Answers {
  readonly loss: number;
  /** By head that ends with a sigmoid or softmax, the share of values whose logits are beyond ±`extremeLogit`. */
  readonly extreme: Readonly<Record<string, number>>;
}

/** All that training needs to go on with the same numbers. */
export interface Snapshot {
  /** The network's weights by name, statistics of batch norm included. */
  readonly weights: Tensors;
  /** The optimizer's running values by name. */
  readonly optimizer: Tensors;
  /** Plain data beside the arrays, such as the optimizer's step count. */
  readonly state: Readonly<Record<string, unknown>>;
}

/**
 * One network with its optimizer on an engine, which may work in another thread: calls are answered in the order in which
 * they are made, and a failure rejects the promise.
 */
export interface Trainer {
  /** All values that weights hold, statistics included. */
  readonly parameters: number;
  /**
   * Forward, backward, one change of the weights. The loss is that before the change; it is NaN when any gradient is
   * not finite, for wasm's ReLU turns NaN into 0 and so hides it from the loss.
   */
  step(batch: Batch, learningRate: number, accumulation?: Accumulation): Promise<StepLoss>;
  /**
   * {@link step} after step, with the same numbers. The first with a loss that is not finite is the last: it may have changed
   * the weights. An engine that need not be told every step is faster so.
   */
  steps(wishes: readonly StepWish[]): Promise<readonly StepLoss[]>;
  /** How many steps it is worth to ask for at once, at most. */
  readonly maxSteps: number;
  /** Inference: moving statistics, no dropout. */
  predict(batch: Pick<Batch, 'images'>): Promise<Answers>;
  /** {@link predict} and the loss against the batch's truth. */
  evaluate(batch: Batch): Promise<Evaluated>;
  /** Replaces batch norm's moving statistics by their mean over the given batches, with the weights as they are. */
  recalibrate(batches: Iterable<Batch> | AsyncIterable<Batch>): Promise<void>;
  /** What the first training step of a batch would see, with the weights as they are. Changes nothing. */
  inspect(batch: Batch): Promise<Inspection>;
  snapshot(): Promise<Snapshot>;
  /** Goes on from a snapshot with the same numbers. Rejects when it is of another network. */
  restore(snapshot: Snapshot): Promise<void>;
  dispose(): Promise<void>;
}

/** The parts of a run that a trainer needs. */
export type TrainedPlan = Pick<RunPlan, 'network' | 'loss' | 'train'>;
