import type { Batch } from '../data/batches/data-source.ts';

/** What the network says about one held-out image, beside the truth. */
export interface Prediction {
  readonly id: string;
  /** The image as the network saw it, `[height, width, channels]`. */
  readonly image: Float32Array;
  /** By head name: `[height, width, channels]` or `[channels]`, values of the head's sigmoid or softmax. */
  readonly heads: Readonly<Record<string, Float32Array>>;
  /** As in {@link Batch}, of this image. */
  readonly targets: Readonly<Record<string, Float32Array>>;
}

/** The metrics of an epoch's held-out images, gathered batch by batch: a prediction is large, its measurement small. */
export interface Gathering {
  add(predictions: readonly Prediction[]): void;
  /** The metrics of everything added: `segmentation.dsc` and so on; null where undefined. */
  metrics(): Readonly<Record<string, number | null>>;
}

/** A batch's arrays image by image. */
export function predictionsOf(
  { ids, images, targets }: Batch,
  heads: Readonly<Record<string, Float32Array>>,
): readonly Prediction[] {
  const part = (values: Float32Array, index: number) => {
    const size = values.length / ids.length;
    return values.slice(index * size, (index + 1) * size);
  };
  const parts = (arrays: Readonly<Record<string, Float32Array>>, index: number) =>
    Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, part(values, index)]));
  return ids.map((id, index) => ({
    id,
    image: part(images, index),
    heads: parts(heads, index),
    targets: parts(targets, index),
  }));
}
