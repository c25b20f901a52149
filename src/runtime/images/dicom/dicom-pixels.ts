import type { DataSet, Element } from 'dicom-parser';
import { type Damage, isDamage } from '../damage.ts';
import { codecFor, type Decoded } from './dicom-codecs.ts';
import { type DicomFacts, type DicomFile, dicomParser } from './dicom-file.ts';
import { lookUp, modalityTable, palette } from './value-tables.ts';

const bigEndian = '1.2.840.10008.1.2.2';
const unpacked: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
  bigEndian,
]);

/** The pixels of a file. */
export interface Pixels {
  /** `[frames, rows, columns, channels]`, as the modality means them. */
  readonly values: Float32Array;
  readonly frames: number;
  readonly channels: number;
  /** Whether they were turned round, since the file stores bright as low. */
  readonly inverted: boolean;
}

/** The values of all frames: rescaled by slope and intercept or by the modality's table, coloured by the palette. */
export async function readPixels(file: DicomFile): Promise<Pixels | Damage> {
  const stored = await readStored(file);
  return isDamage(stored) ? stored : valuesOf(file, stored);
}

/** The numbers as they are stored. */
async function readStored({ facts, dataSet }: DicomFile): Promise<Float32Array | Damage> {
  const element = dataSet.elements['x7fe00010'];
  const floating = dataSet.elements['x7fe00008'] ?? dataSet.elements['x7fe00009'];
  if (element === undefined && floating === undefined) return { damage: 'it holds no pixels' };
  const each = facts.rows * facts.columns * facts.channels;
  const values = new Float32Array(each * facts.frames.length);
  if (element === undefined) {
    const found = readFloats(dataSet, floating!, values);
    if (found !== null) return found;
  } else if (unpacked.has(facts.transferSyntax) && !element.encapsulatedPixelData) {
    const found = readPlain(dataSet, element, facts, values);
    if (found !== null) return found;
  } else {
    const codec = codecFor(facts.transferSyntax);
    if (codec === null)
      return { damage: `its pixels are packed in a way that is not read: ${facts.transferSyntax}` };
    for (let frame = 0; frame < facts.frames.length; frame += 1) {
      const packed = packedFrame(dataSet, element, frame, facts.frames.length);
      if (isDamage(packed)) return packed;
      const decoded = await codec(packed, facts);
      if (isDamage(decoded)) return decoded;
      const problem = copyDecoded(decoded, facts, values.subarray(frame * each, (frame + 1) * each));
      if (problem !== null) return problem;
    }
  }
  return values;
}

function valuesOf({ facts, dataSet }: DicomFile, values: Float32Array): Pixels | Damage {
  const { channels, photometric, signed, bitsStored } = facts;
  const frames = facts.frames.length;
  if (photometric === 'PALETTE COLOR' && channels === 1) {
    const colours = palette(dataSet);
    if ('damage' in colours) return colours;
    const coloured = new Float32Array(3 * values.length);
    for (const [index, value] of values.entries()) {
      for (const [channel, table] of colours.entries()) coloured[3 * index + channel] = lookUp(table, value);
    }
    const grey = coloured.every((value, index) => value === coloured[index - (index % 3)]);
    return grey
      ? { values: values.map((value) => lookUp(colours[0], value)), frames, channels: 1, inverted: false }
      : { values: coloured, frames, channels: 3, inverted: false };
  }
  const table = modalityTable(dataSet, signed);
  if (table !== null && 'damage' in table) return table;
  const inverted = photometric === 'MONOCHROME1' && dataSet.elements['x7fe00010'] !== undefined;
  if (inverted) {
    if (table !== null || facts.frames.some(({ slope, intercept }) => slope !== 1 || intercept !== 0)) {
      return {
        damage: 'low is bright in it (MONOCHROME1) and its numbers have a unit: one of the two would be lost',
      };
    }
    const turn = signed ? -1 : 2 ** bitsStored - 1;
    return { values: values.map((value) => turn - value), frames, channels, inverted };
  }
  if (table !== null)
    return { values: values.map((value) => lookUp(table, value)), frames, channels, inverted };
  rescale(values, facts, values.length / frames);
  return { values, frames, channels, inverted };
}

function rescale(values: Float32Array, { frames }: DicomFacts, each: number): void {
  for (const [index, { slope, intercept }] of frames.entries()) {
    if (slope === 1 && intercept === 0) continue;
    for (let at = index * each; at < (index + 1) * each; at += 1)
      values[at] = values[at]! * slope + intercept;
  }
}

function readFloats(dataSet: DataSet, element: Element, values: Float32Array): Damage | null {
  const width = element.tag === 'x7fe00009' ? 8 : 4;
  if (element.length < values.length * width) return short(values.length * width, element.length);
  const parser = dataSet.byteArrayParser;
  for (let index = 0; index < values.length; index += 1) {
    const at = element.dataOffset + index * width;
    values[index] =
      width === 8 ? parser.readDouble(dataSet.byteArray, at) : parser.readFloat(dataSet.byteArray, at);
  }
  return null;
}

function readPlain(
  dataSet: DataSet,
  element: Element,
  facts: DicomFacts,
  values: Float32Array,
): Damage | null {
  const { bitsAllocated, signed, planar, channels, rows, columns } = facts;
  const halved = facts.photometric === 'YBR_FULL_422';
  const needed = halved ? (values.length * 2) / 3 : Math.ceil((values.length * bitsAllocated) / 8);
  const held = Math.min(element.length, dataSet.byteArray.length - element.dataOffset);
  if (held < needed) return short(needed, held);
  const { byteArray, byteArrayParser } = dataSet;
  const start = element.dataOffset;
  if (halved) {
    if (bitsAllocated !== 8 || channels !== 3 || columns % 2 === 1)
      return { damage: 'its colours are halved, yet its pixels are no pairs of three bytes' };
    doubleColours(byteArray.subarray(start, start + needed), values);
    return null;
  }
  if (bitsAllocated === 1) {
    for (let index = 0; index < values.length; index += 1) {
      values[index] = (byteArray[start + (index >> 3)]! >> (index & 7)) & 1;
    }
    return null;
  }
  if (bitsAllocated === 64) return { damage: 'its values have 64 bits' };
  const read = {
    8: (at: number) => byteArray[at]!,
    16: (at: number) => byteArrayParser.readUint16(byteArray, at),
    32: (at: number) => byteArrayParser.readUint32(byteArray, at),
  }[bitsAllocated as 8 | 16 | 32];
  const number = numberOf(facts, signed);
  const pixels = rows * columns;
  for (let index = 0; index < values.length; index += 1) {
    values[planar && channels > 1 ? interleaved(index, pixels, channels) : index] = number(
      read(start + (index * bitsAllocated) / 8),
    );
  }
  return null;
}

/** Two pixels of YBR_FULL_422 are four bytes: the brightness of each, and the two colour differences that they share. */
function doubleColours(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, out = 0; out < values.length; at += 4, out += 6) {
    for (const pixel of [0, 1])
      values.set([bytes[at + pixel]!, bytes[at + 2]!, bytes[at + 3]!], out + 3 * pixel);
  }
}

/** Where a value of a file that lists colour after colour belongs in one that lists pixel after pixel. */
function interleaved(index: number, pixels: number, channels: number): number {
  const frame = Math.floor(index / (pixels * channels));
  const within = index % (pixels * channels);
  return frame * pixels * channels + (within % pixels) * channels + Math.floor(within / pixels);
}

/** Stored bits as a number: what lies above them is no part of it, and the highest of them may be its sign. */
function numberOf({ bitsStored, bitsAllocated }: DicomFacts, signed: boolean): (bits: number) => number {
  const span = 2 ** bitsStored;
  return (bits) => {
    const own = bitsStored === bitsAllocated ? bits : bits % span;
    return signed && own >= span / 2 ? own - span : own;
  };
}

/** The bytes of one packed frame, whose fragments are found by their table, their number, or their contents. */
function packedFrame(dataSet: DataSet, element: Element, frame: number, frames: number): Uint8Array | Damage {
  const fragments = element.fragments ?? [];
  if (fragments.length === 0) return { damage: 'its pixels are said to be packed and are not' };
  try {
    if (frames === 1) {
      return dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, 0, fragments.length);
    }
    if (fragments.length === frames) {
      return dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, frame);
    }
    const table = element.basicOffsetTable ?? [];
    const offsets = table.length > 0 ? table : dicomParser.createJPEGBasicOffsetTable(dataSet, element);
    return dicomParser.readEncapsulatedImageFrame(dataSet, element, frame, offsets);
  } catch {
    return { damage: `the fragments of its frame ${frame} are not where they should be` };
  }
}

function copyDecoded(decoded: Decoded, facts: DicomFacts, out: Float32Array): Damage | null {
  const { bytes, width, signed, planar } = decoded;
  if (bytes.length < out.length * width) return short(out.length * width, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = {
    1: (at: number) => view.getUint8(at),
    2: (at: number) => view.getUint16(at, true),
    4: (at: number) => view.getUint32(at, true),
  }[width];
  const bits = Math.min(decoded.bits ?? facts.bitsStored, width * 8);
  const number = numberOf({ ...facts, bitsStored: bits, bitsAllocated: width * 8 }, signed);
  const pixels = facts.rows * facts.columns;
  for (let index = 0; index < out.length; index += 1) {
    out[planar ? interleaved(index, pixels, facts.channels) : index] = number(read(index * width));
  }
  return null;
}

function short(needed: number, held: number): Damage {
  return { damage: `it declares ${needed} bytes of pixels and holds ${Math.max(0, held)}` };
}
