import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import type { stream } from '../../src/runtime/random/random.ts';
import type { FuzzFormat, Original } from './originals.ts';

type Random = ReturnType<typeof stream>;

/** A file with changes of its format's kind, so that a checksum does not hide what lies behind it; sometimes of any kind. */
export function mutate({ bytes, format }: Original, random: Random): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const changed = whole(4) === 0 ? scatter(bytes, random) : mutators[format](bytes, random);
  const cut = whole(12);
  if (cut === 0) return changed.subarray(0, whole(changed.length));
  if (cut === 1) return Buffer.concat([changed, Buffer.alloc(whole(512), whole(256))]);
  return changed;
}

const mutators: Readonly<Record<FuzzFormat, (bytes: Uint8Array, random: Random) => Uint8Array>> = {
  nifti: (bytes, random) => numbers(bytes, random, 0, bytes[0] === 0x1c || bytes[3] === 0x1c ? 540 : 348),
  dicom: elements,
  hdf5: (bytes, random) => numbers(bytes, random, 0, Math.min(bytes.length, 4096)),
  tiff: directories,
  png: chunks,
  npy: header,
  npz: archive,
  packed: (bytes, random) =>
    repacked(bytes, random, (inner) => numbers(inner, random, 0, Math.min(inner.length, 352))),
  table: words,
  manifest: words,
  outline: words,
};

/** Cuts, pads, swaps and overwrites; headers, which decide most, more often than the rest. */
function scatter(bytes: Uint8Array, random: Random): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const out = Uint8Array.from(bytes);
  for (let change = 0; change <= whole(6); change += 1) {
    const at = whole(random.uniform(0, 1) < 0.6 ? Math.min(out.length, 1024) : out.length);
    const length = 1 + whole(8);
    const kind = whole(3);
    for (let place = at; place < Math.min(out.length, at + length); place += 1) {
      out[place] = kind === 0 ? whole(256) : kind === 1 ? 255 : out[place]! ^ (1 << whole(8));
    }
  }
  return out;
}

/** Numbers at the edges of what fields of one to eight bytes can say. */
const edges = [
  0n,
  1n,
  2n,
  3n,
  7n,
  255n,
  256n,
  32_767n,
  32_768n,
  65_535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
].concat([2n ** 63n - 1n, 2n ** 64n - 1n]);
/** Floats that sizes, scales and places should not be. */
const floats = [0, -1, 1e-30, 1e30, Number.NaN, Number.POSITIVE_INFINITY, -0];

/** Overwrites aligned fields of a part of a file. */
function numbers(bytes: Uint8Array, random: Random, from: number, to: number): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const out = Uint8Array.from(bytes);
  const view = new DataView(out.buffer);
  for (let change = 0; change <= whole(3); change += 1) {
    const width = [1, 2, 4, 8][whole(4)]!;
    const at = Math.min(from + whole((to - from) / width) * width, out.length - width);
    const little = whole(4) > 0;
    if (at < 0) continue;
    if (width === 4 && whole(3) === 0) view.setFloat32(at, floats[whole(floats.length)]!, little);
    else if (width === 8 && whole(3) === 0) view.setFloat64(at, floats[whole(floats.length)]!, little);
    else {
      const value = edges[whole(edges.length)]!;
      for (let byte = 0; byte < width; byte += 1)
        out[at + (little ? byte : width - 1 - byte)] = Number((value >> BigInt(8 * byte)) & 255n);
    }
  }
  return out;
}

/** Changes tags, lengths and values of DICOM elements, found by their two letters of a kind. */
function elements(bytes: Uint8Array, random: Random): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const starts: number[] = [];
  for (let at = 132; at + 8 <= bytes.length; at += 2) {
    if (
      /^(?:US|DS|IS|UI|SQ|OW|OB|LO|CS|PN|UL|SS|FD|UN)$/.test(
        String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!),
      )
    )
      starts.push(at);
  }
  if (starts.length === 0) return scatter(bytes, random);
  const out = Uint8Array.from(bytes);
  for (let change = 0; change <= whole(3); change += 1) {
    const at = starts[whole(starts.length)]!;
    const kind = whole(4);
    if (kind === 0) out[at + whole(4)] = whole(256);
    else if (kind === 1) out[at + 6 + whole(2)] = whole(256);
    else if (kind === 2) out.set(new TextEncoder().encode(['SQ', 'UN', 'OB', 'DS', 'US'][whole(5)]!), at + 4);
    else {
      const text = ['0', '-1', '1e308', 'NaN', '\\\\\\\\', '999999', ' ', '1.2.840'][whole(8)]!;
      out.set(new TextEncoder().encode(text).subarray(0, Math.max(0, out.length - at - 8)), at + 8);
    }
  }
  return out;
}

/** Changes entries of a TIFF's directories: types, counts, offsets and values. */
function directories(bytes: Uint8Array, random: Random): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const first = view.getUint32(4, little);
  if (first + 2 > bytes.length) return scatter(bytes, random);
  const end = Math.min(bytes.length, first + 6 + 12 * view.getUint16(first, little));
  return numbers(bytes, random, first, end);
}

/** Changes a chunk of a PNG and gives it a right checksum again. */
function chunks(bytes: Uint8Array, random: Random): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const out = Buffer.from(bytes);
  const starts: number[] = [];
  for (let at = 8; at + 12 <= out.length; at += 12 + out.readUInt32BE(at)) starts.push(at);
  const at = starts[whole(starts.length)]!;
  const length = out.readUInt32BE(at);
  if (at + 12 + length > out.length) return scatter(bytes, random);
  for (let change = 0; change <= whole(3); change += 1) {
    if (length > 0) out[at + 8 + whole(length)] = [0, 1, 255, whole(256)][whole(4)]!;
  }
  out.writeUInt32BE(crc32(out.subarray(at + 4, at + 8 + length)), at + 8 + length);
  return out;
}

/** Changes the text at the head of a numpy array. */
function header(bytes: Uint8Array, random: Random): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const text = Buffer.from(bytes).toString('latin1');
  const changes: readonly (readonly [RegExp, string])[] = [
    [
      /\(([\d, ]*)\)/,
      ['()', '(0,)', '(-1, 4)', '(99999999, 99999999)', '(3, 4)', '(3, 4, 8, 1, 1)', '(1e9,)'][whole(7)]!,
    ],
    [/'[<>|][a-z]\d'/, ["'<f2'", "'|O'", "'<c8'", "'>f8'", "'|S4'", "'<u8'", "[('a', '<f4')]"][whole(7)]!],
    [/False|True/, ['True', 'False', 'Maybe'][whole(3)]!],
    [/\n/, ''],
  ];
  const [pattern, by] = changes[whole(changes.length)]!;
  return Buffer.from(text.replace(pattern, by), 'latin1');
}

/** Changes an array within an archive, which is packed anew; sometimes its name. */
function archive(bytes: Uint8Array, random: Random): Uint8Array {
  const files = unzipSync(bytes);
  const names = Object.keys(files);
  const name = names[Math.floor(random.uniform(0, names.length))]!;
  const other = random.uniform(0, 1) < 0.1 ? `../${name}` : name;
  const { [name]: own, ...rest } = files;
  const changed = random.uniform(0, 1) < 0.5 ? header(own!, random) : scatter(own!, random);
  return zipSync({ ...rest, [other]: changed }, { level: random.uniform(0, 1) < 0.5 ? 0 : 6 });
}

function repacked(bytes: Uint8Array, random: Random, change: (inner: Uint8Array) => Uint8Array): Uint8Array {
  try {
    return gzipSync(change(gunzipSync(bytes)));
  } catch {
    return scatter(bytes, random);
  }
}

/** What breaks texts: quotes, brackets, other ends of lines, anchors, long numbers. */
const pieces = [
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ':',
  ',',
  '\n',
  '\r',
  '\t',
  '\0',
  '\uFEFF',
  '&a ',
  '*a',
  '<<: ',
  '- ',
  '|',
  '#',
].concat(['9'.repeat(400), 'NaN', '-', '.inf', '!!binary ', '\u2028', 'x'.repeat(3000), '[['.repeat(200)]);

/** Inserts, removes and doubles parts of a text. */
function words(bytes: Uint8Array, random: Random): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  let text = new TextDecoder().decode(bytes);
  for (let change = 0; change <= whole(5); change += 1) {
    const [at, length] = [whole(text.length), whole(20)];
    const kind = whole(3);
    const part =
      kind === 0 ? pieces[whole(pieces.length)]! : kind === 1 ? '' : text.slice(at, at + length).repeat(2);
    text = text.slice(0, at) + part + text.slice(at + (kind === 0 ? 0 : length));
  }
  return new TextEncoder().encode(text);
}
