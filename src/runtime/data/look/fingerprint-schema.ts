/** Two images that show the same. */
export interface Pair {
  readonly images: readonly [string, string];
  readonly samePatient: boolean;
}

interface Spread {
  readonly least: number;
  readonly middle: number;
  readonly most: number;
}

/** What `cmrc data fingerprint` says of a manifest. */
export interface FingerprintReport {
  readonly version: 1;
  readonly manifest: string;
  readonly images: number;
  readonly unreadable: number;
  readonly patients: number;
  readonly imagesPerPatient: Spread;
  /** Images by size. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Images by millimetres down and across. */
  readonly spacings: Readonly<Record<string, number>>;
  /** The most millimetres that an image reaches down and across; null where the spacing of any is unknown. */
  readonly extent: { readonly height: number; readonly width: number } | null;
  /** Of each image; the spread over all images. */
  readonly intensities: {
    readonly whole: boolean;
    readonly lowest: Spread;
    readonly percent1: Spread;
    readonly middle: Spread;
    readonly percent99: Spread;
    readonly highest: Spread;
  };
  readonly classes: readonly { readonly label: string; readonly images: number; readonly patients: number }[];
  /** The most that any image has. */
  readonly channels: number;
  /** Values of masks; with their structure where the manifest names it. */
  readonly maskValues: readonly {
    readonly value: number;
    readonly name: string | null;
    readonly masks: number;
    readonly pixels: number;
  }[];
  readonly duplicates: {
    readonly exact: readonly Pair[];
    /** Of two patients; null where there are too many images to compare. */
    readonly near: readonly Pair[] | null;
    readonly compared: boolean;
  };
  readonly suspiciousMasks: readonly { readonly image: string; readonly reason: string }[];
  readonly leaks: readonly string[];
  readonly suggestions: readonly { readonly setting: string; readonly reason: string }[];
}

const count = { type: 'integer', minimum: 0 } as const;
const spread = {
  type: 'object',
  required: ['least', 'middle', 'most'],
  additionalProperties: false,
  properties: { least: { type: 'number' }, middle: { type: 'number' }, most: { type: 'number' } },
} as const;
const counts = { type: 'object', additionalProperties: count } as const;
const pairs = {
  type: ['array', 'null'],
  items: {
    type: 'object',
    required: ['images', 'samePatient'],
    additionalProperties: false,
    properties: {
      images: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 },
      samePatient: { type: 'boolean' },
    },
  },
} as const;

/** A list of objects whose properties are all there. */
function listOf(properties: Readonly<Record<string, object>>): object {
  const items = {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  };
  return { type: 'array', items };
}

const text = { type: 'string' } as const;
const properties = {
  version: { const: 1 },
  manifest: text,
  images: count,
  unreadable: count,
  patients: count,
  imagesPerPatient: spread,
  sizes: counts,
  spacings: counts,
  extent: {
    type: ['object', 'null'],
    description: 'the most millimetres that an image reaches; null where a spacing is unknown',
    required: ['height', 'width'],
    additionalProperties: false,
    properties: { height: { type: 'number' }, width: { type: 'number' } },
  },
  intensities: {
    type: 'object',
    required: ['whole', 'lowest', 'percent1', 'middle', 'percent99', 'highest'],
    additionalProperties: false,
    properties: {
      whole: { type: 'boolean', description: 'whether all values are whole numbers' },
      ...{ lowest: spread, percent1: spread, middle: spread, percent99: spread, highest: spread },
    },
  },
  classes: listOf({ label: text, images: count, patients: count }),
  channels: { ...count, description: 'the most that any image has' },
  maskValues: listOf({
    value: { type: 'number' },
    name: { type: ['string', 'null'] },
    masks: count,
    pixels: count,
  }),
  duplicates: {
    type: 'object',
    required: ['exact', 'near', 'compared'],
    additionalProperties: false,
    properties: { exact: pairs, near: pairs, compared: { type: 'boolean' } },
  },
  suspiciousMasks: listOf({ image: text, reason: text }),
  leaks: { type: 'array', items: text },
  suggestions: listOf({ setting: text, reason: text }),
} as const;

/** The JSON schema of {@link FingerprintReport}. */
export const fingerprintSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'cmrnet fingerprint',
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
};
