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

/** A NIfTI file of 16-bit numbers `[slices, rows, columns]`, versions 1 and 2, in either byte order. */
export function nifti(
  [slices, rows, columns]: readonly [number, number, number],
  values: readonly number[],
  {
    version = 1,
    little = true,
    slope = 0,
    inter = 0,
    affine = [1.25, 0, 0, -7.1, 0, 1.5, 0, 3.3, 0, 0, 8, 0.1],
    magic = 'n+',
    sizes = [1.25, 1.5, 8],
    codes = [0, 1],
  }: {
    readonly version?: number;
    readonly little?: boolean;
    readonly slope?: number;
    readonly inter?: number;
    /** The sform. */
    readonly affine?: readonly number[];
    readonly magic?: string;
    /** `pixdim`, along columns, rows and slices. */
    readonly sizes?: readonly number[];
    /** Of the qform, which turns nothing, and of the sform. */
    readonly codes?: readonly number[];
  } = {},
): Uint8Array {
  const start = version === 1 ? 352 : 544;
  const bytes = new Uint8Array(start + values.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, words: string) => bytes.set(new TextEncoder().encode(words), at);
  const dims = [3, columns, rows, slices, 1, 1, 1, 1];
  const spacing = [1, ...sizes, 1, 1, 1, 1];
  const [qform, sform] = codes as [number, number];
  if (version === 1) {
    view.setInt32(0, 348, little);
    for (const [axis, size] of dims.entries()) view.setInt16(40 + 2 * axis, size, little);
    view.setInt16(70, 4, little);
    view.setInt16(72, 16, little);
    for (const [axis, size] of spacing.entries()) view.setFloat32(76 + 4 * axis, size, little);
    view.setFloat32(108, start, little);
    view.setFloat32(112, slope, little);
    view.setFloat32(116, inter, little);
    bytes[123] = 2;
    view.setInt16(252, qform, little);
    view.setInt16(254, sform, little);
    for (const [place, value] of affine.entries()) view.setFloat32(280 + 4 * place, value, little);
    text(344, `${magic}1`);
  } else {
    view.setInt32(0, 540, little);
    text(4, `${magic}2`);
    view.setInt16(12, 4, little);
    view.setInt16(14, 16, little);
    for (const [axis, size] of dims.entries()) view.setBigInt64(16 + 8 * axis, BigInt(size), little);
    for (const [axis, size] of spacing.entries()) view.setFloat64(104 + 8 * axis, size, little);
    view.setBigInt64(168, BigInt(start), little);
    view.setFloat64(176, slope, little);
    view.setFloat64(184, inter, little);
    view.setInt32(344, qform, little);
    view.setInt32(348, sform, little);
    for (const [place, value] of affine.entries()) view.setFloat64(400 + 8 * place, value, little);
    view.setInt32(500, 2, little);
  }
  for (const [index, value] of values.entries()) view.setInt16(start + 2 * index, value, little);
  return bytes;
}

/** What a DICOM file of a test says; pixels are of 16 bits unless `packed` holds them. */
export interface DicomSample {
  readonly rows: number;
  readonly columns: number;
  readonly pixels: readonly number[];
  readonly frames?: number;
  readonly z?: number;
  /** In the place of `z`; null for a file that does not say where it lies. */
  readonly position?: readonly number[] | null;
  readonly orientation?: readonly number[];
  /** Milliseconds after the R wave. */
  readonly trigger?: number;
  readonly thickness?: number;
  readonly photometric?: string;
  /** The character set, and the patient's name in its bytes. */
  readonly characterSet?: string;
  readonly nameBytes?: Uint8Array;
  readonly sopInstance?: string;
  /** A modality's table of values. */
  readonly table?: readonly number[];
  readonly instance?: number;
  readonly patient?: string;
  readonly series?: string;
  readonly slope?: number;
  readonly intercept?: number;
  readonly transferSyntax?: string;
  readonly packed?: readonly Uint8Array[];
  /** Of an enhanced file: where each frame lies. */
  readonly places?: readonly number[];
  /** Whether the pixels are bytes of YBR_FULL_422: two brightnesses and their colour differences in turn. */
  readonly halved?: boolean;
}

/** A DICOM file with explicit lengths, the lowest byte first. */
export function dicom(sample: DicomSample): Uint8Array {
  const { rows, columns, pixels, z = 0, frames = 1, places, halved = false } = sample;
  const bits = halved ? 8 : 16;
  const syntax = sample.transferSyntax ?? '1.2.840.10008.1.2.1';
  const position = (depth: number) => element(0x0020, 0x0032, 'DS', `-10\\20\\${depth}`);
  const own = sample.position === undefined ? [-10, 20, z] : sample.position;
  const words = Buffer.alloc(pixels.length * 2);
  for (const [index, value] of pixels.entries()) words.writeUInt16LE(value & 0xffff, index * 2);
  const body = [
    ...(sample.characterSet === undefined ? [] : [element(0x0008, 0x0005, 'CS', sample.characterSet)]),
    element(0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
    element(0x0008, 0x0018, 'UI', sample.sopInstance ?? `1.2.3.${sample.instance ?? 1}`),
    element(0x0008, 0x0060, 'CS', 'MR'),
    element(0x0010, 0x0010, 'PN', sample.nameBytes ?? `${sample.patient ?? 'Nobody'}^Anne`),
    element(0x0010, 0x0020, 'LO', sample.patient ?? 'Nobody'),
    ...(sample.thickness === undefined ? [] : [element(0x0018, 0x0050, 'DS', String(sample.thickness))]),
    ...(sample.trigger === undefined ? [] : [element(0x0018, 0x1060, 'DS', String(sample.trigger))]),
    element(0x0020, 0x000d, 'UI', '1.2.3'),
    element(0x0020, 0x000e, 'UI', sample.series ?? '1.2.3.4'),
    element(0x0020, 0x0013, 'IS', String(sample.instance ?? 1)),
    ...(places === undefined && own !== null ? [element(0x0020, 0x0032, 'DS', own.join('\\'))] : []),
    element(0x0020, 0x0037, 'DS', (sample.orientation ?? [1, 0, 0, 0, 1, 0]).join('\\')),
    element(0x0020, 0x0052, 'UI', '1.2.3.9'),
    element(0x0028, 0x0002, 'US', uint16(halved ? 3 : 1)),
    element(0x0028, 0x0004, 'CS', sample.photometric ?? (halved ? 'YBR_FULL_422' : 'MONOCHROME2')),
    element(0x0028, 0x0008, 'IS', String(frames)),
    element(0x0028, 0x0010, 'US', uint16(rows)),
    element(0x0028, 0x0011, 'US', uint16(columns)),
    element(0x0028, 0x0030, 'DS', '1.5\\1.25'),
    element(0x0028, 0x0100, 'US', uint16(bits)),
    element(0x0028, 0x0101, 'US', uint16(bits)),
    element(0x0028, 0x0102, 'US', uint16(bits - 1)),
    element(0x0028, 0x0103, 'US', uint16(0)),
    element(0x0028, 0x1052, 'DS', String(sample.intercept ?? 0)),
    element(0x0028, 0x1053, 'DS', String(sample.slope ?? 1)),
    ...(sample.table === undefined ? [] : [tableSequence(sample.table)]),
    ...(places === undefined
      ? []
      : [
          sequence(
            0x5200,
            0x9230,
            places.map((depth) => sequence(0x0020, 0x9113, [position(depth)])),
          ),
        ]),
    sample.packed === undefined
      ? element(0x7fe0, 0x0010, 'OW', halved ? Uint8Array.from(pixels) : words)
      : Buffer.concat([
          Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
          item(Buffer.alloc(0)),
          ...sample.packed.map((bytes) => item(Buffer.from(bytes))),
          Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
        ]),
  ];
  const meta = element(0x0002, 0x0010, 'UI', syntax);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', length),
    meta,
    ...body,
  ]);
}

function tableSequence(entries: readonly number[]): Buffer {
  const words = Buffer.concat(entries.map(uint16));
  const descriptor = Buffer.concat([entries.length, 0, 16].map(uint16));
  return sequence(0x0028, 0x3000, [
    Buffer.concat([element(0x0028, 0x3002, 'US', descriptor), element(0x0028, 0x3006, 'OW', words)]),
  ]);
}

function element(group: number, number: number, kind: string, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as string);
  const padded =
    bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([kind === 'UI' ? 0 : 32])]);
  const long = ['OW', 'OB', 'SQ', 'UN'].includes(kind);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(kind, 4);
  if (long) head.writeUInt32LE(padded.length, 8);
  else head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, padded]);
}

function sequence(group: number, number: number, items: readonly Buffer[]): Buffer {
  return element(group, number, 'SQ', Buffer.concat(items.map(item)));
}

function item(content: Buffer): Buffer {
  const padded = content.length % 2 === 0 ? content : Buffer.concat([content, Buffer.alloc(1)]);
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(padded.length, 4);
  return Buffer.concat([head, padded]);
}

function uint16(value: number): Uint8Array {
  return Buffer.from([value & 255, value >> 8]);
}

/** What a TIFF file of a test says: each page's samples, row by row, as its words. */
export interface TiffSample {
  readonly rows: number;
  readonly columns: number;
  /** 1 unsigned, 2 signed, 3 floats. */
  readonly format: number;
  readonly bits: number;
  readonly pages: readonly Uint8Array[];
  readonly description?: string;
  /** Strips that the page lists; the first holds one row where there are several. */
  readonly rowsPerStrip?: number;
  readonly white?: boolean;
}

/** A TIFF file without compression, the lowest byte first, of one strip a page. */
export function tiff({
  rows,
  columns,
  format,
  bits,
  pages,
  description,
  rowsPerStrip,
  white,
}: TiffSample): Uint8Array {
  const words = Buffer.from(`${description ?? ''}\0`);
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])];
  let end = 8;
  let link: readonly [Buffer, number] = [parts[0]!, 4];
  for (const page of pages) {
    const pixels = Buffer.concat([page, words, Buffer.alloc((page.length + words.length) % 2)]);
    const entries: readonly (readonly [number, number, number, number])[] = [
      [256, 4, 1, columns],
      [257, 4, 1, rows],
      [258, 3, 1, bits],
      [259, 3, 1, 1],
      [262, 3, 1, white === true ? 0 : 1],
      ...(description === undefined ? [] : [[270, 2, words.length, end + page.length] as const]),
      [273, 4, 1, end],
      [277, 3, 1, 1],
      [278, 4, 1, rowsPerStrip ?? rows],
      [279, 4, 1, page.length],
      [339, 3, 1, format],
    ];
    const list = Buffer.alloc(2 + 12 * entries.length + 4);
    list.writeUInt16LE(entries.length);
    for (const [index, [tag, type, count, value]] of entries.entries()) {
      list.writeUInt16LE(tag, 2 + 12 * index);
      list.writeUInt16LE(type, 4 + 12 * index);
      list.writeUInt32LE(count, 6 + 12 * index);
      list.writeUInt32LE(value, 10 + 12 * index);
    }
    link[0].writeUInt32LE(end + pixels.length, link[1]);
    link = [list, list.length - 4];
    parts.push(pixels, list);
    end += pixels.length + list.length;
  }
  return Buffer.concat(parts);
}
