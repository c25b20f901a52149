import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { RunPlan } from '../../compiler/index.ts';
import type { Truth } from '../data/batches/truths.ts';
import type { Grid } from '../images/grid.ts';
import { type Measurement, measureImage, regionsOf } from './measure.ts';

/** What is kept on disk of one held-out image: its measurement, its probabilities, and its masks, packed. */
export interface StoredCase extends Measurement {
  /** By label or value head: the head's values. */
  readonly probabilities: Readonly<Record<string, readonly number[]>>;
  /** By mask head: one truth and one answer per structure, as {@link packMask} writes them. */
  readonly shapes: Readonly<Record<string, StoredShape>>;
}

export interface StoredShape {
  readonly height: number;
  readonly width: number;
  readonly truth: readonly string[];
  readonly predicted: readonly string[];
}

/** Measures one image as {@link measureImage} does, and packs what it was measured on. */
export function storeImage(
  plan: RunPlan,
  truth: Truth,
  maps: Readonly<Record<string, Grid>>,
  vectors: Readonly<Record<string, ArrayLike<number>>>,
): StoredCase {
  const shapes: Record<string, StoredShape> = {};
  const probabilities: Record<string, readonly number[]> = {};
  for (const head of plan.heads) {
    const map = maps[head.name];
    const vector = vectors[head.name];
    if (head.kind !== 'mask' && vector !== undefined) probabilities[head.name] = Array.from(vector);
    if (head.kind !== 'mask' || map === undefined || truth.mask === null) continue;
    const regions = regionsOf(head, plan, truth.mask, map);
    shapes[head.name] = {
      height: truth.mask.height,
      width: truth.mask.width,
      truth: regions.map((region) => packMask(region.truth)),
      predicted: regions.map(({ predicted }) => packMask(predicted)),
    };
  }
  return { ...measureImage(plan, truth, maps, vectors), probabilities, shapes };
}

/** A mask of 0 and 1 as Base64 of deflated bits, eight pixels to a byte, the first in the highest bit. */
export function packMask(mask: Uint8Array): string {
  const bits = new Uint8Array(Math.ceil(mask.length / 8));
  for (const [pixel, on] of mask.entries()) if (on === 1) bits[pixel >> 3]! |= 128 >> (pixel & 7);
  return packBytes(bits);
}

/** The mask of `pixels` pixels that {@link packMask} packed. Throws for a text that it did not write. */
export function unpackMask(text: string, pixels: number): Uint8Array {
  const bits = unpackBytes(text, Math.ceil(pixels / 8));
  return Uint8Array.from({ length: pixels }, (_, pixel) => (bits[pixel >> 3]! >> (7 - (pixel & 7))) & 1);
}

/** Bytes as Base64, deflated. */
export function packBytes(bytes: Uint8Array): string {
  return deflateRawSync(bytes, { level: 9 }).toString('base64');
}

/** The `length` bytes that {@link packBytes} packed. */
export function unpackBytes(text: string, length: number): Uint8Array {
  const bytes = inflateRawSync(Buffer.from(text, 'base64'));
  if (bytes.length !== length) throw new Error(`${bytes.length} bytes where ${length} were packed`);
  return Uint8Array.from(bytes);
}
