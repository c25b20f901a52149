import { type HeadPlan, type RunPlan, structuresOf } from '../../compiler/index.ts';
import { structureChannel } from '../data/dataset/encode.ts';
import type { Prediction } from '../metrics/prediction.ts';
import { packMask } from '../metrics/stored.ts';
import type { Preview } from '../runs/journal/events.ts';

/**
 * Of held-out images the one that shows most of the heart: with the most structures in its true mask, and of these with the
 * most pixels of them; the first of equal ones. Truths do not change, so it is the same image after every epoch.
 */
export class MostStructure {
  readonly #head: HeadPlan | undefined;
  #most: readonly [structures: number, pixels: number] = [-1, 0];
  /** The image found so far; null before any. */
  found: Prediction | null = null;

  constructor({ heads }: Pick<RunPlan, 'heads'>) {
    this.#head = shownHead(heads);
  }

  add(predictions: readonly Prediction[]): void {
    const head = this.#head;
    if (head === undefined) return;
    for (const prediction of predictions) {
      const truth = prediction.targets[head.name];
      if (truth === undefined) continue;
      const [structures, pixels] = structureIn(head, truth);
      const isMore = structures > this.#most[0] || (structures === this.#most[0] && pixels > this.#most[1]);
      if (!isMore) continue;
      this.#most = [structures, pixels];
      this.found = prediction;
    }
  }
}

/** How many structures a true mask holds, and on how many pixels, one of two structures counted twice. */
function structureIn(
  { encoding, channels }: HeadPlan,
  truth: Float32Array,
): readonly [structures: number, pixels: number] {
  const first = structureChannel(encoding, 0);
  const counts = new Array<number>(channels).fill(0);
  for (const [index, value] of truth.entries()) if (value !== 0) counts[index % channels]! += 1;
  const own = counts.slice(first);
  return [own.filter((count) => count > 0).length, own.reduce((sum, count) => sum + count, 0)];
}

function shownHead(heads: RunPlan['heads']): HeadPlan | undefined {
  return heads.find(({ kind }) => kind === 'mask');
}

/** A held-out image with the masks of its first mask head, true and predicted, all structures as one; null without a mask. */
export function previewOf(
  { network, heads, evaluate, data }: Pick<RunPlan, 'network' | 'heads' | 'evaluate' | 'data'>,
  { id, image, heads: predicted, targets }: Prediction,
): Preview | null {
  const head = shownHead(heads);
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
      : {
          structures: Object.fromEntries(structures.map((name, index) => [name, dice[index]!])),
          parts: Object.fromEntries(
            structures.map((name, index) => [
              name,
              { truth: packed(masks[index]!.actual), prediction: packed(masks[index]!.guess) },
            ]),
          ),
        }),
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

function packed(mask: readonly boolean[]): string {
  return packMask(Uint8Array.from(mask, Number));
}

function base64(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('base64');
}
