/**
 * Named float arrays as bytes, in the safetensors format, which Python reads with `safetensors.numpy.load_file`:
 *
 * ```text
 * 8 bytes   length of the header, little endian
 * header    JSON: { "<name>": { "dtype": "F32", "shape": [3, 3, 1, 8], "data_offsets": [0, 288] }, …,
 *                   "__metadata__": { "<key>": "<text>" } }, padded with spaces to a multiple of 8
 * data      the float32 values of each array, little endian, in the order of the offsets
 * ```
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Arrays by name, in order. */
export type Tensors = ReadonlyMap<string, Tensor>;

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes of the arrays. Throws when values and shape disagree. */
export function encodeTensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: Record<string, HeaderEntry | Readonly<Record<string, string>>> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    if (count(shape) !== values.length) throw new Error(`array ${name} has ${values.length} values`);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * values.length] };
    offset += 4 * values.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(8 + length + offset, ' ');
  bytes.writeBigUInt64LE(BigInt(length), 0);
  text.copy(bytes, 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset + 8 + length, offset);
  let at = 0;
  for (const { values } of tensors.values()) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** The arrays of such bytes, or in words why the bytes are damaged. */
export function decodeTensors(bytes: Uint8Array): Tensors | string {
  if (bytes.length < 8) return `${bytes.length} bytes are too few for a header`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.length - 8) return 'the header is cut off';
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  } catch {
    return 'the header is not JSON';
  }
  if (typeof header !== 'object' || header === null) return 'the header is not an object';
  const start = 8 + length;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isEntry(entry)) return `the header's entry for ${name} is malformed`;
    const { shape, data_offsets } = entry;
    const [from, to] = data_offsets;
    if (entry.dtype !== 'F32') return `${name} has the type ${entry.dtype}, not F32`;
    if (to - from !== 4 * count(shape)) return `${name} has a shape that its bytes do not fill`;
    if (from < 0 || start + to > bytes.length) return `the values of ${name} are cut off`;
    const values = new Float32Array((to - from) / 4);
    for (let index = 0; index < values.length; index += 1) {
      values[index] = view.getFloat32(start + from + 4 * index, true);
    }
    tensors.set(name, { shape, values });
  }
  return tensors;
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isEntry(value: unknown): value is HeaderEntry {
  const entry = value as Partial<HeaderEntry> | null;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.dtype === 'string' &&
    isNaturals(entry.shape) &&
    isNaturals(entry.data_offsets) &&
    entry.data_offsets.length === 2
  );
}

function isNaturals(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0);
}
