import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Grid } from '../../images/grid.ts';
import type { AttributeValues } from '../dataset/attributes.ts';

/** What the data says about an image: the mask on its original grid, its class, its attributes. */
export interface Truth {
  readonly id: string;
  readonly patient: string;
  readonly fold: number;
  /** Millimetres between pixels, down and across; null where unknown. */
  readonly spacing: readonly [number, number] | null;
  readonly mask: Grid | null;
  readonly class: string | null;
  readonly attributes?: AttributeValues;
}

/** A mask packed without loss. A heart's takes about a hundredth of its pixels. */
interface PackedMask {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly bytes: Uint8Array;
}

/** What the data says about a fold's held-out images, packed, so that thousands of them take little memory. */
export class Truths {
  readonly #packed = new Map<string, Omit<Truth, 'mask'> & { readonly mask: PackedMask | null }>();

  has(id: string): boolean {
    return this.#packed.has(id);
  }

  remember(truth: Truth): void {
    this.#packed.set(truth.id, { ...truth, mask: truth.mask === null ? null : pack(truth.mask) });
  }

  /** Null for an image that was never remembered. */
  of(id: string): Truth | null {
    const packed = this.#packed.get(id);
    if (packed === undefined) return null;
    return { ...packed, mask: packed.mask === null ? null : unpack(packed.mask) };
  }
}

function pack({ values, ...size }: Grid): PackedMask {
  const packed = deflateRawSync(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  // A copy: what zlib gives lies in a block many times as large.
  return { ...size, bytes: Uint8Array.from(packed) };
}

function unpack({ bytes, ...size }: PackedMask): Grid {
  const { buffer, byteOffset, byteLength } = inflateRawSync(bytes);
  return { ...size, values: new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)) };
}
