import { createRequire } from 'node:module';
import type { DicomFacts } from '../images/dicom/dicom-file.ts';
import type { Volume } from '../images/formats/volume.ts';

/** A structure of the mask: its name, and the value of its pixels. */
export interface Segment {
  readonly name: string;
  readonly value: number;
}

interface Dcmjs {
  readonly data: {
    readonly DicomMetaDictionary: {
      denaturalizeDataset(dataset: object): Record<string, unknown>;
      uid(): string;
    };
    readonly DicomDict: new (meta: object) => { dict: object; write(): ArrayBuffer };
  };
}

const require = createRequire(import.meta.url);
const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';
const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** What anatomy calls the structures that specs name (SNOMED CT); others are a part of the heart. */
const anatomy: Readonly<Record<string, readonly [code: string, meaning: string]>> = {
  myocardium: ['74281007', 'Myocardium'],
  left_ventricle: ['87878005', 'Left ventricle'],
  right_ventricle: ['53085002', 'Right ventricle'],
  scar: ['55641003', 'Infarct'],
  infarct: ['55641003', 'Infarct'],
};
const heart = ['80891009', 'Heart'] as const;

/**
 * A mask as a DICOM segmentation (PS3.3 A.51) of the images that it was predicted for: a frame of single bits per slice
 * and structure that has any pixel. Null where no pixel has one, for a segmentation without frames is none.
 * @param sources what each image of the volume says of itself, in their order
 */
export function dicomSegmentation(
  volume: Volume,
  mask: Uint8Array,
  segments: readonly Segment[],
  sources: readonly { readonly facts: DicomFacts; readonly frame: number }[],
  now: Date,
): Uint8Array | null {
  const { rows, columns } = volume;
  const each = rows * columns;
  const frames = segments.flatMap((segment, number) =>
    sources.flatMap((_, image) =>
      mask.subarray(image * each, (image + 1) * each).includes(segment.value)
        ? [{ segment, number, image }]
        : [],
    ),
  );
  const first = sources[0];
  if (frames.length === 0 || first === undefined) return null;
  const { DicomMetaDictionary, DicomDict } = (require('dcmjs') as Dcmjs).data;
  const bits = new Uint8Array(Math.ceil((frames.length * each) / 16) * 2);
  for (const [index, { segment, image }] of frames.entries()) {
    for (let pixel = 0; pixel < each; pixel += 1) {
      if (mask[image * each + pixel] !== segment.value) continue;
      const bit = index * each + pixel;
      bits[bit >> 3]! |= 1 << (bit & 7);
    }
  }
  const { facts } = first;
  const place = facts.frames[first.frame]?.place;
  const [down, across, between] = volume.spacing ?? [1, 1, 1];
  const organisation = DicomMetaDictionary.uid();
  const date = now.toISOString().slice(0, 10).replaceAll('-', '');
  const time = now.toISOString().slice(11, 19).replaceAll(':', '');
  const dataset = {
    ...facts.study,
    SOPClassUID: segmentationStorage,
    SOPInstanceUID: DicomMetaDictionary.uid(),
    SeriesInstanceUID: DicomMetaDictionary.uid(),
    Modality: 'SEG',
    SeriesNumber: '900',
    SeriesDescription: 'cmrnet segmentation',
    InstanceNumber: '1',
    ContentDate: date,
    ContentTime: time,
    SeriesDate: date,
    SeriesTime: time,
    Manufacturer: 'cmrnet',
    ManufacturerModelName: 'cmrnet',
    DeviceSerialNumber: '0',
    SoftwareVersions: '0',
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: 'SEGMENTATION',
    ContentDescription: 'Prediction of a network; not for diagnosis',
    ContentCreatorName: 'cmrnet',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    LossyImageCompression: '00',
    SegmentationType: 'BINARY',
    NumberOfFrames: String(frames.length),
    SegmentSequence: segments.map(({ name }, number) => {
      const [code, meaning] = anatomy[name] ?? heart;
      return {
        SegmentNumber: number + 1,
        SegmentLabel: name,
        SegmentAlgorithmType: 'AUTOMATIC',
        SegmentAlgorithmName: 'cmrnet',
        SegmentedPropertyCategoryCodeSequence: coded('123037004', 'Anatomical Structure'),
        SegmentedPropertyTypeCodeSequence: coded(code, meaning),
      };
    }),
    DimensionOrganizationSequence: { DimensionOrganizationUID: organisation },
    DimensionIndexSequence: [
      dimension(organisation, 0x0062000b, 0x0062000a, 'Segment'),
      dimension(organisation, 0x00200032, 0x00209113, 'Position'),
    ],
    ReferencedSeriesSequence: {
      SeriesInstanceUID: facts.series,
      ReferencedInstanceSequence: distinct(sources).map(({ facts: one }) => reference(one)),
    },
    SharedFunctionalGroupsSequence: {
      PixelMeasuresSequence: {
        PixelSpacing: [down, across].map(decimal),
        SliceThickness: decimal(between || 1),
        ...(between > 0 ? { SpacingBetweenSlices: decimal(between) } : {}),
      },
      ...(place
        ? { PlaneOrientationSequence: { ImageOrientationPatient: place.orientation.map(decimal) } }
        : {}),
    },
    PerFrameFunctionalGroupsSequence: frames.map(({ number, image }) => {
      const source = sources[image]!;
      const own = source.facts.frames[source.frame]?.place;
      return {
        FrameContentSequence: { DimensionIndexValues: [number + 1, image + 1] },
        ...(own ? { PlanePositionSequence: { ImagePositionPatient: own.position.map(decimal) } } : {}),
        SegmentIdentificationSequence: { ReferencedSegmentNumber: number + 1 },
        DerivationImageSequence: {
          DerivationCodeSequence: {
            CodeValue: '113076',
            CodingSchemeDesignator: 'DCM',
            CodeMeaning: 'Segmentation',
          },
          SourceImageSequence: {
            ...reference(source.facts),
            ...(source.facts.frames.length > 1 ? { ReferencedFrameNumber: String(source.frame + 1) } : {}),
            PurposeOfReferenceCodeSequence: {
              CodeValue: '121322',
              CodingSchemeDesignator: 'DCM',
              CodeMeaning: 'Source image for image processing operation',
            },
          },
        },
      };
    }),
    PixelData: [bits.buffer],
    _vrMap: { PixelData: 'OB' },
  };
  const meta = {
    FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
    MediaStorageSOPClassUID: segmentationStorage,
    MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
    TransferSyntaxUID: explicitLittleEndian,
    ImplementationClassUID: '2.25.80302813137786398554742050926734630921',
    ImplementationVersionName: 'CMRNET',
    _vrMap: { FileMetaInformationVersion: 'OB' },
  };
  const file = new DicomDict(DicomMetaDictionary.denaturalizeDataset(meta));
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  return new Uint8Array(file.write());
}

function coded(value: string, meaning: string): object {
  return { CodeValue: value, CodingSchemeDesignator: 'SCT', CodeMeaning: meaning };
}

function dimension(organisation: string, pointer: number, group: number, label: string): object {
  return {
    DimensionOrganizationUID: organisation,
    DimensionIndexPointer: hex(pointer),
    FunctionalGroupPointer: hex(group),
    DimensionDescriptionLabel: label,
  };
}

function hex(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}

function reference({ sopClass, sopInstance }: DicomFacts): object {
  return { ReferencedSOPClassUID: sopClass, ReferencedSOPInstanceUID: sopInstance };
}

function distinct<T extends { readonly facts: DicomFacts }>(sources: readonly T[]): readonly T[] {
  return [...new Map(sources.map((one) => [one.facts.sopInstance, one])).values()];
}

/** A number as DICOM's decimal string, which has at most 16 characters. */
function decimal(value: number): string {
  const text = String(value);
  return text.length <= 16 ? text : value.toPrecision(9);
}
