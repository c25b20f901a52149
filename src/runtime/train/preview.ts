import type { RunPlan } from '../../compiler/index.ts';
import type { Prediction } from '../metrics/prediction.ts';
import type { Preview } from '../runs/journal/events.ts';

/** A held-out image with the first structure of its first mask head, true and predicted; null without a mask. */
export function previewOf(
  { network, heads, evaluate }: Pick<RunPlan, 'network' | 'heads' | 'evaluate'>,
  { id, image, heads: predicted, targets }: Prediction,
): Preview | null {
  const head = heads.find(({ kind }) => kind === 'mask');
  const values = head && predicted[head.name];
  const truth = head && targets[head.name];
  if (!head || !values || !truth) return null;
  const [height, width, channels] = network.input.shape as [number, number, number];
  const pixels = Array.from({ length: height * width }, (_, pixel) => pixel);
  const shown = (array: Float32Array) => (pixel: number) => {
    const start = pixel * head.channels;
    if (head.encoding !== 'categorical') return array[start]! >= evaluate.threshold;
    // Channel 0 is the background, channel 1 the first structure.
    return array.subarray(start, start + head.channels).every((value) => value <= array[start + 1]!);
  };
  const actual = pixels.map(shown(truth));
  const guess = pixels.map(shown(values));
  const both = pixels.filter((pixel) => actual[pixel] && guess[pixel]).length;
  const either = actual.filter(Boolean).length + guess.filter(Boolean).length;
  return {
    image: id,
    height,
    width,
    grey: base64(grey(pixels.map((pixel) => image[pixel * channels]!))),
    truth: base64(actual.map(Number)),
    prediction: base64(guess.map(Number)),
    dsc: either === 0 ? null : (2 * both) / either,
  };
}

/** From the darkest value, 0, to the brightest, 255. */
function grey(values: readonly number[]): readonly number[] {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return values.map((value) => (high > low ? Math.round((255 * (value - low)) / (high - low)) : 0));
}

function base64(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('base64');
}
