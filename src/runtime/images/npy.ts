import { type Damage, maxValues } from './damage.ts';
import type { Grid } from './grid.ts';

/** An array as numpy saved it. */
export interface NumpyArray {
  readonly shape: readonly number[];
  /** Numpy's name of the type, such as `<u2`. */
  readonly type: string;
  /** Whether the first axis varies fastest. */
  readonly fortran: boolean;
  readonly data: ArrayLike<number | bigint>;
}

const readers: Readonly<Record<string, (buffer: ArrayBuffer) => ArrayLike<number | bigint>>> = {
  b1: (buffer) => new Uint8Array(buffer),
  u1: (buffer) => new Uint8Array(buffer),
  i1: (buffer) => new Int8Array(buffer),
  u2: (buffer) => new Uint16Array(buffer),
  i2: (buffer) => new Int16Array(buffer),
  u4: (buffer) => new Uint32Array(buffer),
  i4: (buffer) => new Int32Array(buffer),
  u8: (buffer) => new BigUint64Array(buffer),
  i8: (buffer) => new BigInt64Array(buffer),
  f4: (buffer) => new Float32Array(buffer),
  f8: (buffer) => new Float64Array(buffer),
};

export function isNpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && String.fromCharCode(...bytes.subarray(1, 6)) === 'NUMPY';
}

/** Reads the `.npy` format, versions 1 to 3, of numbers in either byte order. */
export function readNpy(bytes: Uint8Array): NumpyArray | Damage {
  if (!isNpy(bytes)) return { damage: 'it is no numpy array' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = bytes[6]! > 1;
  if (bytes.length < 12) return { damage: 'the array ends within its header' };
  const headerStart = long ? 12 : 10;
  const dataStart = headerStart + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (dataStart > bytes.length) return { damage: 'the array ends within its header' };
  const header = new TextDecoder().decode(bytes.subarray(headerStart, dataStart));

  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const axes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (type === undefined || order === undefined || axes === undefined) {
    return { damage: `its header is not that of an array of numbers: ${header.trim().slice(0, 80)}` };
  }
  const reader = readers[type.slice(1)];
  if (reader === undefined) return { damage: `its values have the type ${type}, which is not read` };
  const shape = [...axes.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > maxValues) return { damage: `it declares ${shape.join('×')} values, more than ${maxValues}` };
  if (count === 0) return { damage: `it declares ${shape.join('×')} values, which are none` };
  const width = Number(type.slice(2));
  if (bytes.length - dataStart !== count * width) {
    return { damage: `it declares ${count * width} bytes of values and holds ${bytes.length - dataStart}` };
  }
  // A copy (which `slice` of a Buffer is not), because the values must lie at a multiple of their width.
  const values = new Uint8Array(bytes.subarray(dataStart));
  if (type.startsWith('>') && width > 1) swapBytes(values, width);
  return { shape, type, fortran: order === 'True', data: reader(values.buffer) };
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let offset = 0; offset < bytes.length; offset += width)
    bytes.subarray(offset, offset + width).reverse();
}

/**
 * An image of an array `[height, width]` or `[height, width, channels]`, or of one slice of `[slices, height, width]` or
 * `[slices, height, width, channels]`.
 */
export function gridOfArray({ shape, data, fortran }: NumpyArray, slice: number | null): Grid {
  const own = slice === null ? [1, ...shape] : shape;
  const [slices, height, width, channels = 1] = own as [number, number, number, number?];
  const [sliceStep, rowStep, columnStep, channelStep] = fortran
    ? [1, slices, slices * height, slices * height * width]
    : [height * width * channels, width * channels, channels, 1];
  const values = new Float32Array(height * width * channels);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const from = (slice ?? 0) * sliceStep + row * rowStep + column * columnStep;
      for (let channel = 0; channel < channels; channel += 1, to += 1)
        values[to] = Number(data[from + channel * channelStep]!);
    }
  }
  return { height, width, channels, values };
}
