/** Examples as the network takes them: fitted to its input size, intensities mapped, augmented where they train. */
export interface Batch {
  /** The images' names in the dataset; their number is `n`, which may be smaller in an epoch's last batch. */
  readonly ids: readonly string[];
  /** `[n, height, width, channels]`, row by row. */
  readonly images: Float32Array;
  /**
   * The truth by head name, for every head that the data can answer, encoded as the head's values are
   * (`HeadPlan.encoding`): a mask head `[n, height, width, channels]`, a label head `[n, channels]`, values 0 or 1; a value
   * head `[n, 1]`, in scales of its attribute.
   */
  readonly targets: Readonly<Record<string, Float32Array>>;
  /**
   * Signed distances in pixels to the border of the truth, by the name of a mask head, in the shape of its truth; for heads
   * whose loss reads them.
   */
  readonly distances?: Readonly<Record<string, Float32Array>>;
}

/**
 * Where one fold's examples come from. Everything is a function of the run's seed, the fold and the numbers given,
 * never of what was asked before: that is what lets a run continue after a stop with the same numbers.
 */
export interface DataSource {
  /** Training images of the fold. */
  readonly trainImages: number;
  readonly trainPatients: number;
  readonly heldOutImages: number;
  readonly heldOutPatients: number;
  /** Training batches in an epoch, the last and possibly smaller one included. */
  readonly stepsPerEpoch: number;
  /**
   * A training batch, shuffled and augmented by (seed, fold, epoch, index). `epoch` and `step` start at 1. The loop asks
   * in order, so the next batch can be prepared ahead; it may also ask for an earlier one again.
   */
  trainBatch(epoch: number, step: number): Promise<Batch>;
  /** All training images once, in a fixed order, without augmentation. */
  training(): AsyncIterable<Batch>;
  /** Training images that only judge, whole patients: `TrainSettings.validation`. They are in no training batch. */
  readonly validationImages: number;
  /** These images once, in a fixed order, without augmentation. */
  validation(): AsyncIterable<Batch>;
  /** The held-out images once, in a fixed order, without augmentation. */
  heldOut(): AsyncIterable<Batch>;
  /** Ends prefetching threads. */
  dispose(): Promise<void>;
}
