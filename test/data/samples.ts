import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { zipSync } from 'fflate';

/** A folder of its own for a test's files. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cmrnet-data-'));
}

export function write(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A grey PNG whose pixel values are given by row and column. */
export function png(
  height: number,
  width: number,
  value: (row: number, column: number) => number,
  depth: 8 | 16 = 8,
  channels = 1,
): Uint8Array {
  const data = new (depth === 8 ? Uint8Array : Uint16Array)(height * width * channels);
  for (let index = 0; index < height * width; index += 1) {
    data.fill(value(Math.floor(index / width), index % width), index * channels, (index + 1) * channels);
  }
  return encode({ height, width, data, depth, channels });
}

/** A file as numpy's `save` writes it. */
export function npy(
  shape: readonly number[],
  values: ArrayBufferView,
  type: string,
  { fortran = false, version = 1 } = {},
): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`;
  const before = version === 1 ? 10 : 12;
  const padded = `${header.padEnd(Math.ceil((before + header.length + 1) / 64) * 64 - before - 1)}\n`;
  const bytes = new Uint8Array(before + padded.length + values.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), before);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), before + padded.length);
  return bytes;
}

/** A file as numpy's `savez_compressed` writes it. */
export function npz(arrays: Readonly<Record<string, Uint8Array>>, level: 0 | 6 = 6): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])), {
    level,
  });
}
