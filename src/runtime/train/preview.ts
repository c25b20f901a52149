import { type HeadPlan, type RunPlan, structuresOf } from '../../compiler/index.ts';
import { structureChannel } from '../data/dataset/encode.ts';
import type { Prediction } from '../metrics/prediction.ts';
import type { Preview } from '../runs/journal/events.ts';

/** A held-out image with the masks of its first mask head, true and predicted, all structures as one; null without a mask. */
export function previewOf(
  { network, heads, evaluate, data }: Pick<RunPlan, 'network' | 'heads' | 'evaluate' | 'data'>,
  { id, image, heads: predicted, targets }: Prediction,
): Preview | null {
  const head = heads.find(({ kind }) => kind === 'mask');
  const values = head && predicted[head.name];
  const truth = head && targets[head.name];
  if (!head || !values || !truth) return null;
  const [height, width, channels] = network.input.shape as [number, number, number];
  const pixels = Array.from({ length: height * width }, (_, pixel) => pixel);
  const structures = structuresOf(head, data);
  const masks = Array.from({ length: Math.max(1, structures.length) }, (_, structure) => ({
    actual: pixels.map(shownAs(head, evaluate.threshold, structure, truth)),
    guess: pixels.map(shownAs(head, evaluate.threshold, structure, values)),
  }));
  const dice = masks.map(({ actual, guess }) => diceOf(actual, guess));
  const known = dice.filter((value) => value !== null);
  const union = (which: 'actual' | 'guess') =>
    pixels.map((pixel) => Number(masks.some((mask) => mask[which][pixel])));
  return {
    image: id,
    height,
    width,
    grey: base64(grey(pixels.map((pixel) => image[pixel * channels]!))),
    truth: base64(union('actual')),
    prediction: base64(union('guess')),
    dsc: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
    ...(structures.length === 0
      ? {}
      : { structures: Object.fromEntries(structures.map((name, index) => [name, dice[index]!])) }),
  };
}

/** Whether a pixel is of a structure, as a threshold or the likeliest channel decides. */
function shownAs(head: HeadPlan, threshold: number, structure: number, values: Float32Array) {
  const channel = structureChannel(head.encoding, structure);
  return (pixel: number): boolean => {
    const start = pixel * head.channels;
    const own = values[start + channel]!;
    if (head.encoding !== 'categorical') return own >= threshold;
    return values.subarray(start, start + head.channels).every((value) => value <= own);
  };
}

/** Null where both are empty. */
function diceOf(actual: readonly boolean[], guess: readonly boolean[]): number | null {
  const both = actual.filter((on, pixel) => on && guess[pixel]).length;
  const either = actual.filter(Boolean).length + guess.filter(Boolean).length;
  return either === 0 ? null : (2 * both) / either;
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
