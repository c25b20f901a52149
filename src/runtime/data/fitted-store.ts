import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createFolders } from '../runs/atomic.ts';
import type { Dataset } from './dataset.ts';
import type { Grid, Size } from './grid.ts';

/** An image as the network takes it before augmentation, and its mask in the data's own values. */
export interface Fitted {
  readonly image: Grid;
  readonly mask: Grid | null;
}

/** Checksum, what follows, and 8 bytes to come. */
const headBytes = 16;
const [withoutMask, withMask] = [1, 2];
/** No store takes more of what is free on its disk. */
const shareOfDisk = 0.25;

/**
 * Fitted images on disk, so that an epoch after the first decodes nothing and their number does not matter for memory. A
 * record per image at a place that its number gives, read with positioned reads, which the system keeps in memory as it
 * would mapped pages: Node.js maps no files. A record that is missing, half-written or damaged has no valid checksum and
 * counts as absent, so several processes may use one store.
 */
export class FittedStore {
  readonly #file: number;
  readonly #size: Size & { readonly channels: number };
  readonly #record: Buffer;

  private constructor(file: number, size: Size & { readonly channels: number }) {
    this.#file = file;
    this.#size = size;
    this.#record = Buffer.alloc(recordBytes(size));
  }

  /**
   * The store of a dataset's files in a folder; null where the disk has no room, nothing can be written, or nothing has to
   * be decoded. It belongs to the files as they are now, and to how they are fitted.
   */
  static open(
    dataset: Dataset,
    folder: string,
    [height, width, channels]: readonly number[],
  ): FittedStore | null {
    const size = { height: height!, width: width!, channels: channels! };
    const files = dataset.cases.flatMap(({ source }) => (source.kind === 'files' ? [source] : []));
    if (files.length === 0) return null;
    try {
      createFolders(folder);
      const { bavail, bsize } = statfsSync(folder);
      if (recordBytes(size) * dataset.cases.length > shareOfDisk * bavail * bsize) return null;
      const path = join(folder, `fitted-${identityOf(dataset, size)}.bin`);
      closeSync(openSync(path, 'a'));
      return new FittedStore(openSync(path, 'r+'), size);
    } catch {
      // Without a store everything is decoded when it is needed: slower, and the same.
      return null;
    }
  }

  read(index: number): Fitted | null {
    const record = this.#record;
    if (readSync(this.#file, record, 0, record.length, index * record.length) < record.length) return null;
    const kind = record.readUInt32LE(4);
    if ((kind !== withoutMask && kind !== withMask) || crc32(record.subarray(4)) !== record.readUInt32LE(0))
      return null;
    const { height, width, channels } = this.#size;
    const pixels = height * width;
    const values = new Float32Array(pixels * channels);
    new Uint8Array(values.buffer).set(record.subarray(headBytes, headBytes + values.byteLength));
    const mask = kind === withMask ? Float32Array.from(record.subarray(headBytes + values.byteLength)) : null;
    return {
      image: { height, width, channels, values },
      mask: mask === null ? null : { height, width, channels: 1, values: mask },
    };
  }

  /** Keeps an image, unless its mask has values that are no bytes. */
  write(index: number, { image, mask }: Fitted): void {
    const record = this.#record;
    if (mask?.values.some((value) => !Number.isInteger(value) || value < 0 || value > 255)) return;
    record.fill(0);
    record.writeUInt32LE(mask === null ? withoutMask : withMask, 4);
    const { buffer, byteOffset, byteLength } = image.values;
    record.set(new Uint8Array(buffer, byteOffset, byteLength), headBytes);
    if (mask !== null) record.set(mask.values, headBytes + byteLength);
    record.writeUInt32LE(crc32(record.subarray(4)), 0);
    try {
      writeSync(this.#file, record, 0, record.length, index * record.length);
    } catch {
      // A full disk costs the store, not the training.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function recordBytes({ height, width, channels }: Size & { readonly channels: number }): number {
  return headBytes + height * width * (4 * channels + 1);
}

/** Changes with every file's size and time, with their order, and with how images are fitted. */
function identityOf({ cases, plan }: Dataset, size: object): string {
  const hash = createHash('sha256').update(JSON.stringify([1, size, plan.fit, plan.intensity]));
  const known = new Map<string, string>();
  const stamp = (path: string): string => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const facts = statSync(path, { throwIfNoEntry: false });
    const text = `${path} ${facts?.size} ${facts?.mtimeMs}`;
    known.set(path, text);
    return text;
  };
  for (const { source, spacing } of cases) {
    hash.update(JSON.stringify([spacing]));
    if (source.kind !== 'files') continue;
    for (const file of [source.image, source.mask]) {
      hash.update(file === null ? '-' : JSON.stringify([stamp(file.path), file.array, file.slice]));
    }
  }
  return hash.digest('hex').slice(0, 24);
}
