import { createRequire } from 'node:module';
import type { DicomFacts } from '../../images/dicom/dicom-file.ts';
import type { Volume } from '../../images/formats/volume.ts';
import { type Segment, type SegmentationForm, type SegmentationFrame, segmentationFrames } from './forms.ts';

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
const labelMapStorage = '1.2.840.10008.5.1.4.1.1.66.7';
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

/** What each image of a volume says of itself, in their order. */
export type SegmentationSources = readonly { readonly facts: DicomFacts; readonly frame: number }[];

/**
 * A mask as a DICOM segmentation (PS3.3 A.51) of the images that it was predicted for, with their patient, study, places and
 * points in time. Texts are UTF-8, whatever the images have. Null where a mask without pixels has no frames.
 */
export function dicomSegmentation(
  volume: Volume,
  mask: Uint8Array,
  segments: readonly Segment[],
  sources: SegmentationSources,
  now: Date,
  form: SegmentationForm = 'binary',
): Uint8Array | null {
  const { rows, columns } = volume;
  const { frames, pixels } = segmentationFrames(form, mask, segments, rows * columns);
  const first = sources[0];
  if (frames.length === 0 || first === undefined) return null;
  const { DicomMetaDictionary, DicomDict } = (require('dcmjs') as Dcmjs).data;
  const { facts } = first;
  const labelMap = form === 'labelmap';
  const storage = labelMap ? labelMapStorage : segmentationStorage;
  const date = now.toISOString().slice(0, 10).replaceAll('-', '');
  const time = now.toISOString().slice(11, 19).replaceAll(':', '');
  const study = Object.fromEntries(
    Object.entries(facts.study).filter(([key, text]) => text !== '' || !key.startsWith('FrameOfReference')),
  );
  const dataset = {
    SpecificCharacterSet: 'ISO_IR 192',
    ...study,
    StudyInstanceUID: facts.study['StudyInstanceUID'] || DicomMetaDictionary.uid(),
    SOPClassUID: storage,
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
    ContentQualification: 'RESEARCH',
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: 'SEGMENTATION',
    ContentDescription: 'Prediction of a network; not for diagnosis',
    ContentCreatorName: 'cmrnet',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    ...(labelMap
      ? { BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelPaddingValue: 0 }
      : { BitsAllocated: 1, BitsStored: 1, HighBit: 0 }),
    PixelRepresentation: 0,
    LossyImageCompression: '00',
    SegmentationType: labelMap ? 'LABELMAP' : 'BINARY',
    SegmentsOverlap: 'NO',
    NumberOfFrames: String(frames.length),
    SegmentSequence: segments.map(({ name }, number) => segmentItem(name, number + 1)),
    ...dimensionsOf(volume, frames, sources, DicomMetaDictionary.uid()),
    ReferencedSeriesSequence: {
      SeriesInstanceUID: facts.series,
      ReferencedInstanceSequence: distinct(sources).map(({ facts: one }) => reference(one)),
    },
    SharedFunctionalGroupsSequence: sharedGroups(volume, first),
    PixelData: [pixels.buffer],
    _vrMap: { PixelData: 'OB', PixelPaddingValue: 'US' },
  };
  const meta = {
    FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
    MediaStorageSOPClassUID: storage,
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

function segmentItem(name: string, number: number): object {
  const [code, meaning] = anatomy[name] ?? heart;
  return {
    SegmentNumber: number,
    SegmentLabel: name,
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: 'cmrnet',
    SegmentedPropertyCategoryCodeSequence: coded('123037004', 'Anatomical Structure'),
    SegmentedPropertyTypeCodeSequence: coded(code, meaning),
  };
}

function sharedGroups({ spacing }: Volume, first: SegmentationSources[number]): object {
  const place = first.facts.frames[first.frame]?.place;
  const [down, across, between] = spacing ?? [1, 1, 1];
  return {
    PixelMeasuresSequence: {
      PixelSpacing: [down, across].map(decimal),
      SliceThickness: decimal(between || 1),
      ...(between > 0 ? { SpacingBetweenSlices: decimal(between) } : {}),
    },
    ...(place
      ? { PlaneOrientationSequence: { ImageOrientationPatient: place.orientation.map(decimal) } }
      : {}),
  };
}

/**
 * What frames count by: structures where each frame has one, points in time where there are several, and places; and which
 * of each a frame is, with the image that it belongs to.
 */
function dimensionsOf(
  volume: Volume,
  frames: readonly SegmentationFrame[],
  sources: SegmentationSources,
  organisation: string,
): object {
  const placed = sources.every(({ facts, frame }) => facts.frames[frame]?.place);
  const timed = volume.frames > 1;
  const bySegment = frames.some(({ segment }) => segment !== null);
  return {
    DimensionOrganizationSequence: { DimensionOrganizationUID: organisation },
    DimensionIndexSequence: [
      ...(bySegment ? [dimension(organisation, tags.segment, tags.segmentGroup, 'Segment')] : []),
      ...(timed ? [dimension(organisation, tags.time, tags.contentGroup, 'Time')] : []),
      placed
        ? dimension(organisation, tags.position, tags.positionGroup, 'Position')
        : dimension(organisation, tags.inStack, tags.contentGroup, 'Position'),
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ segment, image }) => {
      const slice = image % volume.slices;
      const phase = Math.floor(image / volume.slices);
      const source = sources[image]!;
      const place = source.facts.frames[source.frame]?.place;
      return {
        FrameContentSequence: {
          StackID: '1',
          InStackPositionNumber: slice + 1,
          ...(timed ? { TemporalPositionIndex: phase + 1 } : {}),
          DimensionIndexValues: [
            ...(segment === null ? [] : [segment + 1]),
            ...(timed ? [phase + 1] : []),
            slice + 1,
          ],
        },
        ...(place ? { PlanePositionSequence: { ImagePositionPatient: place.position.map(decimal) } } : {}),
        ...(segment === null
          ? {}
          : { SegmentIdentificationSequence: { ReferencedSegmentNumber: segment + 1 } }),
        DerivationImageSequence: derivation(source),
      };
    }),
  };
}

/** Attributes that frames count by, and the groups that hold them. */
const tags = {
  segment: 0x0062000b,
  segmentGroup: 0x0062000a,
  time: 0x00209128,
  inStack: 0x00209057,
  contentGroup: 0x00209111,
  position: 0x00200032,
  positionGroup: 0x00209113,
} as const;

function derivation({ facts, frame }: SegmentationSources[number]): object {
  return {
    DerivationCodeSequence: coded('113076', 'Segmentation', 'DCM'),
    SourceImageSequence: {
      ...reference(facts),
      ...(facts.frames.length > 1 ? { ReferencedFrameNumber: String(frame + 1) } : {}),
      SpatialLocationsPreserved: 'YES',
      PurposeOfReferenceCodeSequence: coded('121322', 'Source image for image processing operation', 'DCM'),
    },
  };
}

function coded(value: string, meaning: string, scheme = 'SCT'): object {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

function dimension(organisation: string, pointer: number, group: number, label: string): object {
  return {
    DimensionOrganizationUID: organisation,
    DimensionIndexPointer: pointer,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: label,
  };
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
  if (text.length <= 16) return text;
  for (let digits = 14; ; digits -= 1) {
    const short = String(Number(value.toPrecision(digits)));
    if (short.length <= 16) return short;
  }
}
