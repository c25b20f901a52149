import { createRequire } from 'node:module';
import { crc32, inflateRawSync } from 'node:zlib';
import type { DataSet } from 'dicom-parser';
import { type Damage, maxBytes } from '../damage.ts';
import { tooLarge } from '../formats/volume.ts';
import { decodeText } from './character-sets.ts';
import { type DicomFrame, framesOf } from './dicom-frames.ts';
import { withHeader } from './headerless.ts';

export const dicomParser = createRequire(import.meta.url)('dicom-parser') as typeof import('dicom-parser');

/** What a DICOM file says of itself, without its pixels. Identifiers are for grouping; nothing may write them down. */
export interface DicomFacts {
  readonly patient: string;
  readonly series: string;
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly instance: number;
  readonly description: string;
  readonly modality: string;
  readonly transferSyntax: string;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** Colours lie one after the other rather than pixel by pixel. */
  readonly planar: boolean;
  readonly photometric: string;
  readonly frames: readonly DicomFrame[];
  /** CRC-32 of the stored pixels, which are the same in an image that was sent again. */
  readonly pixels: number;
  /** Patient and study by DICOM's keywords, for segmentations that belong to them and for nothing else. */
  readonly study: Readonly<Record<string, string>>;
}

export interface DicomFile {
  readonly facts: DicomFacts;
  readonly dataSet: DataSet;
}

const maxFrames = 20000;

/** Reads all elements of a DICOM file; deflated ones are inflated, though never beyond the size of what is read. */
export function parseDicom(bytes: Uint8Array): DataSet | Damage {
  try {
    return dicomParser.parseDicom(withHeader(bytes), { inflater: inflate as unknown as () => void });
  } catch (problem) {
    return { damage: reasonOf(problem) };
  }
}

function inflate(bytes: Uint8Array, position: number): Uint8Array {
  const rest = inflateRawSync(bytes.subarray(position), { maxOutputLength: maxBytes });
  const whole = new Uint8Array(position + rest.length);
  whole.set(bytes.subarray(0, position));
  whole.set(rest, position);
  return whole;
}

/** What the parser throws is a text, an object with one, or an error. */
function reasonOf(problem: unknown): string {
  const { message, exception } = (problem ?? {}) as { message?: unknown; exception?: unknown };
  const text = String(message ?? exception ?? problem).replace(/^dicomParser[.:]\w+: /, '');
  return `it is no whole DICOM file: ${text.split('\n')[0]!.slice(0, 120)}`;
}

/** A DICOM file that has an image. */
export function openDicom(bytes: Uint8Array): DicomFile | Damage {
  const dataSet = parseDicom(bytes);
  if ('damage' in dataSet) return dataSet;
  try {
    const facts = factsOf(dataSet);
    return 'damage' in facts ? facts : { facts, dataSet };
  } catch (problem) {
    return { damage: reasonOf(problem) };
  }
}

function factsOf(data: DataSet): DicomFacts | Damage {
  const text = (tag: string): string => data.string(tag)?.trim() ?? '';
  const words = (tag: string): string => textOf(data, tag);
  const rows = data.uint16('x00280010') ?? 0;
  const columns = data.uint16('x00280011') ?? 0;
  const channels = data.uint16('x00280002') ?? 1;
  const modality = text('x00080060');
  if (rows === 0 || columns === 0) {
    return { damage: `it holds no image${modality === '' ? '' : `, its modality is ${modality}`}` };
  }
  const count = Math.max(1, data.intString('x00280008') ?? 1);
  if (count > maxFrames) return { damage: `it declares ${count} frames, more than ${maxFrames}` };
  const large = tooLarge([count, rows, columns, channels]);
  if (large !== null) return large;
  const bitsAllocated = data.uint16('x00280100') ?? 0;
  if (![1, 8, 16, 32, 64].includes(bitsAllocated)) return { damage: `its values have ${bitsAllocated} bits` };
  return {
    patient: words('x00100020') || words('x00100010'),
    series: text('x0020000e'),
    sopClass: text('x00080016'),
    sopInstance: text('x00080018'),
    instance: data.intString('x00200013') ?? 0,
    description: words('x0008103e'),
    modality,
    transferSyntax: text('x00020010') || '1.2.840.10008.1.2',
    rows,
    columns,
    channels,
    bitsAllocated,
    bitsStored: Math.min(data.uint16('x00280101') || bitsAllocated, bitsAllocated),
    signed: data.uint16('x00280103') === 1,
    planar: data.uint16('x00280006') === 1,
    photometric: text('x00280004'),
    frames: framesOf(data, count),
    pixels: pixelsOf(data),
    study: Object.fromEntries(Object.entries(studyTags).map(([keyword, tag]) => [keyword, words(tag)])),
  };
}

function pixelsOf({ elements, byteArray }: DataSet): number {
  const element = elements['x7fe00010'];
  return element === undefined
    ? 0
    : crc32(byteArray.subarray(element.dataOffset, element.dataOffset + element.length));
}

/** A text in the character set that the file declares. */
function textOf(data: DataSet, tag: string): string {
  const element = data.elements[tag];
  if (element === undefined) return '';
  const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  return decodeText(bytes, data.elements['x00080005'] === undefined ? '' : (data.string('x00080005') ?? ''));
}

const studyTags = {
  PatientName: 'x00100010',
  PatientID: 'x00100020',
  PatientBirthDate: 'x00100030',
  PatientSex: 'x00100040',
  StudyInstanceUID: 'x0020000d',
  StudyDate: 'x00080020',
  StudyTime: 'x00080030',
  StudyID: 'x00200010',
  AccessionNumber: 'x00080050',
  ReferringPhysicianName: 'x00080090',
  FrameOfReferenceUID: 'x00200052',
  PositionReferenceIndicator: 'x00201040',
} as const;
