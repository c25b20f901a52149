import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Damage, isDamage } from '../damage.ts';
import type { DicomFacts } from './dicom-file.ts';
import { unpackRle } from './rle.ts';

/** The unpacked values of one frame, the lowest byte of each first. */
export interface Decoded {
  readonly bytes: Uint8Array;
  /** Bytes of each value. */
  readonly width: 1 | 2 | 4;
  readonly signed: boolean;
  /** Bits that the values have; null where DICOM's own statement holds. */
  readonly bits: number | null;
  readonly planar: boolean;
}

type Codec = (packed: Uint8Array, facts: DicomFacts) => Decoded | Damage | Promise<Decoded | Damage>;

/** Who unpacks a transfer syntax; null for those that nobody does. */
export function codecFor(transferSyntax: string): Codec | null {
  return codecs[transferSyntax] ?? null;
}

const require = createRequire(import.meta.url);

interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned?: boolean;
  };
  delete(): void;
}

type WasmCodec = Readonly<Record<string, new () => WasmDecoder>>;
type WasmLoader = (options: object) => Promise<WasmCodec>;

/** A codec compiled to WebAssembly, from a package that holds the binary beside it. */
function wasmCodec(load: () => WasmLoader, binary: () => string, decoder: string): Codec {
  let loading: Promise<WasmCodec> | null = null;
  return async (packed, facts) => {
    const found = frameSize(packed);
    if (found === null) return { damage: 'a packed frame has no header' };
    if (found.width !== facts.columns || found.height !== facts.rows) {
      // Decided before unpacking: the packed header may declare any size.
      return {
        damage: `a packed frame is ${found.height}×${found.width}, the file declares ${facts.rows}×${facts.columns}`,
      };
    }
    if (found.components !== facts.channels) {
      return {
        damage: `a packed frame has ${found.components} channels, the file declares ${facts.channels}`,
      };
    }
    loading ??= load()({ wasmBinary: readFileSync(binary()), print: quiet, printErr: quiet });
    let instance: WasmDecoder | null = null;
    try {
      const Decoder = (await loading)[decoder]!;
      instance = new Decoder();
      instance.getEncodedBuffer(packed.length).set(packed);
      instance.decode();
      const info = instance.getFrameInfo();
      const width = info.bitsPerSample <= 8 ? 1 : info.bitsPerSample <= 16 ? 2 : 4;
      // Files exist whose packed and unpacked statements differ; a sign that either knows of is one.
      const signed = facts.signed || info.isSigned === true;
      return {
        bytes: instance.getDecodedBuffer().slice(),
        width,
        signed,
        bits: info.isSigned === undefined ? null : info.bitsPerSample,
        planar: false,
      };
    } catch (problem) {
      // A codec that failed may have left its memory in any state.
      loading = null;
      return {
        damage: `a packed frame is damaged${typeof problem === 'number' ? '' : `: ${firstLine(problem)}`}`,
      };
    } finally {
      if (loading !== null) instance?.delete();
    }
  };
}

function quiet(): void {}

function firstLine(problem: unknown): string {
  return (problem instanceof Error ? problem.message : String(problem)).split('\n')[0]!.slice(0, 100);
}

/** The size that the header of a JPEG, JPEG-LS or JPEG 2000 stream declares. */
function frameSize(
  bytes: Uint8Array,
): { width: number; height: number; components: number; bits: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint16(0) !== 0xffd8) {
      const at = bytes.findIndex(
        (byte, i) => byte === 0xff && bytes[i + 1] === 0x4f && bytes[i + 2] === 0xff && bytes[i + 3] === 0x51,
      );
      if (at < 0) return null;
      const [right, bottom, left, top] = [8, 12, 16, 20].map((offset) => view.getUint32(at + offset));
      return {
        width: right! - left!,
        height: bottom! - top!,
        components: view.getUint16(at + 40),
        bits: (view.getUint8(at + 42) & 127) + 1,
      };
    }
    for (let at = 2; at + 9 < bytes.length; ) {
      const marker = view.getUint16(at);
      if (marker === 0xffff) at += 1;
      else if (
        (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) ||
        marker === 0xfff7
      ) {
        return {
          bits: view.getUint8(at + 4),
          height: view.getUint16(at + 5),
          width: view.getUint16(at + 7),
          components: view.getUint8(at + 9),
        };
      } else if (marker < 0xff00) return null;
      else at += 2 + view.getUint16(at + 2);
    }
    return null;
  } catch {
    return null;
  }
}

const jpeg2000 = wasmCodec(
  () => require('@cornerstonejs/codec-openjpeg/decodewasmjs'),
  () => require.resolve('@cornerstonejs/codec-openjpeg/decodewasm'),
  'J2KDecoder',
);
const jpegLs = wasmCodec(
  () => require('@cornerstonejs/codec-charls/decodewasmjs'),
  () => require.resolve('@cornerstonejs/codec-charls/decodewasm'),
  'JpegLSDecoder',
);
const jpeg = wasmCodec(
  () => require('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'),
  () => require.resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm'),
  'JPEGDecoder',
);

const jpegExtended: Codec = (packed, facts) => {
  const bits = frameSize(packed)?.bits ?? 8;
  return bits > 8
    ? { damage: `it is packed as JPEG of ${bits} bits, which is not read` }
    : jpeg(packed, facts);
};

interface LosslessPackage {
  readonly Decoder: new () => {
    decode(packed: ArrayBufferLike, offset: number, length: number, width: number): Uint8Array | Uint16Array;
  };
}

const jpegLossless: Codec = (packed, facts) => {
  const found = frameSize(packed);
  if (
    found === null ||
    found.width !== facts.columns ||
    found.height !== facts.rows ||
    found.components !== facts.channels
  ) {
    return { damage: 'a packed frame has another size than the file declares' };
  }
  const { Decoder } = require('jpeg-lossless-decoder-js') as LosslessPackage;
  const width = facts.bitsAllocated > 8 ? 2 : 1;
  try {
    const copy = packed.slice();
    const decoded = new Decoder().decode(copy.buffer, 0, copy.length, width);
    const bytes = new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength);
    return { bytes, width, signed: facts.signed, bits: null, planar: false };
  } catch (problem) {
    return { damage: `a packed frame is damaged: ${firstLine(problem)}` };
  }
};

const runLength: Codec = (packed, facts) => {
  const width = (facts.bitsAllocated / 8) as 1 | 2 | 4;
  const bytes = unpackRle(packed, facts.rows * facts.columns, facts.channels, width);
  return isDamage(bytes) ? bytes : { bytes, width, signed: facts.signed, bits: null, planar: false };
};

const codecs: Readonly<Record<string, Codec>> = {
  '1.2.840.10008.1.2.4.50': jpeg,
  '1.2.840.10008.1.2.4.51': jpegExtended,
  '1.2.840.10008.1.2.4.57': jpegLossless,
  '1.2.840.10008.1.2.4.70': jpegLossless,
  '1.2.840.10008.1.2.4.80': jpegLs,
  '1.2.840.10008.1.2.4.81': jpegLs,
  '1.2.840.10008.1.2.4.90': jpeg2000,
  '1.2.840.10008.1.2.4.91': jpeg2000,
  '1.2.840.10008.1.2.5': runLength,
};
