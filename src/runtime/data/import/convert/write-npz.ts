import { zipSync } from 'fflate';

/** An npz file, unpacked, of whole volumes: reading a slice needs no decoding beyond a checksum. */
export function writeNpz(
  arrays: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>,
): Uint8Array {
  const files = Object.entries(arrays).map(([name, { shape, values }]) => [
    `${name}.npy`,
    writeNpy(shape, values),
  ]);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1) });
}

type Numbers = Uint8Array | Int16Array | Uint16Array | Float32Array;

/** The smallest type that holds the values exactly. */
function narrow(values: Float32Array): { readonly type: string; readonly data: Numbers } {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (!Number.isInteger(value)) return { type: '<f4', data: values };
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low >= 0 && high <= 255) return { type: '|u1', data: Uint8Array.from(values) };
  if (low >= 0 && high <= 65535) return { type: '<u2', data: Uint16Array.from(values) };
  if (low >= -32768 && high <= 32767) return { type: '<i2', data: Int16Array.from(values) };
  return { type: '<f4', data: values };
}

function writeNpy(shape: readonly number[], values: Float32Array): Uint8Array {
  const { type, data } = narrow(values);
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  // Values begin at a multiple of 64 bytes, as numpy has it.
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return bytes;
}
