import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';
import type { DataSet } from 'dicom-parser';
import { type Damage, maxBytes } from '../damage.ts';
import { tooLarge } from './volume.ts';

export const dicomParser = createRequire(import.meta.url)('dicom-parser') as typeof import('dicom-parser');

/** Where an image lies in the patient, in DICOM's millimetres: left, posterior, superior. */
export interface Place {
  /** The centre of the first pixel. */
  readonly position: readonly [number, number, number];
  /** The direction in which columns count, then that in which rows count. */
  readonly orientation: readonly number[];
}

/** One image of a DICOM file. */
export interface DicomFrame {
  readonly place: Place | null;
  /** Millimetres between rows and between columns. */
  readonly spacing: readonly [number, number] | null;
  readonly thickness: number | null;
  /** Value = stored · slope + intercept. */
  readonly slope: number;
  readonly intercept: number;
}

/** What a DICOM file says of itself, without its pixels. Identifiers are for grouping; nothing may write them down. */
export interface DicomFacts {
  readonly patient: string;
  readonly series: string;
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly instance: number;
  /** Milliseconds after the R wave; 0 where it does not say. */
  readonly trigger: number;
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
    return dicomParser.parseDicom(bytes, { inflater: inflate as unknown as () => void });
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
    patient: text('x00100020') || text('x00100010'),
    series: text('x0020000e'),
    sopClass: text('x00080016'),
    sopInstance: text('x00080018'),
    instance: data.intString('x00200013') ?? 0,
    trigger: data.floatString('x00181060') ?? 0,
    description: text('x0008103e'),
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
    study: Object.fromEntries(Object.entries(studyTags).map(([keyword, tag]) => [keyword, text(tag)])),
  };
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

/** A plain file says the same of all its frames; an enhanced one says some of all, and some of each. */
function framesOf(data: DataSet, count: number): readonly DicomFrame[] {
  const shared = itemOf(data, 'x52009229', 0);
  return Array.from({ length: count }, (_, index): DicomFrame => {
    const own = itemOf(data, 'x52009230', index);
    const group = (tag: string): DataSet =>
      (own && itemOf(own, tag, 0)) ?? (shared && itemOf(shared, tag, 0)) ?? data;
    const measures = group('x00289110');
    const transformation = group('x00289145');
    const position = numbers(group('x00209113'), 'x00200032', 3);
    const orientation = numbers(group('x00209116'), 'x00200037', 6);
    const spacing = numbers(measures, 'x00280030', 2);
    const between = measures.floatString('x00180088') ?? data.floatString('x00180088');
    return {
      place:
        position === null || orientation === null
          ? null
          : { position: position as [number, number, number], orientation },
      spacing: spacing?.every((size) => size > 0) ? (spacing as [number, number]) : null,
      thickness: finite(between) ?? finite(measures.floatString('x00180050')),
      slope: finite(transformation.floatString('x00281053')) ?? 1,
      intercept: finite(transformation.floatString('x00281052')) ?? 0,
    };
  });
}

function itemOf(data: DataSet, tag: string, index: number): DataSet | undefined {
  return data.elements[tag]?.items?.[index]?.dataSet;
}

function numbers(data: DataSet, tag: string, count: number): readonly number[] | null {
  const values = Array.from({ length: count }, (_, index) => data.floatString(tag, index));
  return values.every((value) => value !== undefined && Number.isFinite(value)) ? (values as number[]) : null;
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
