const text = { type: 'string', minLength: 1 } as const;
const oneOrMoreTexts = {
  type: ['string', 'array'],
  minLength: 1,
  items: text,
  minItems: 1,
  maxItems: 16,
} as const;

/**
 * The manifest of a dataset, version 1, as a JSON schema: one row per image. Paths are relative to the manifest's folder.
 * Images are PNG files, or arrays of npz and npy files: `[height, width]` or `[height, width, channels]`, or
 * `[slices, height, width]` or `[slices, height, width, channels]` with a `slice`. A list of files, or of arrays, gives an
 * image whose channels lie in several places.
 */
export const manifestSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'cmrnet data manifest',
  type: 'object',
  required: ['version', 'images'],
  additionalProperties: false,
  properties: {
    version: { const: 1, description: 'the version of this format' },
    description: { type: 'string', description: 'for people: where the images are from, under which terms' },
    structures: {
      type: 'object',
      additionalProperties: { type: 'integer', minimum: 1 },
      description: 'which value of a mask each structure has, by name, as those say who drew them',
    },
    images: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'patient', 'image'],
        additionalProperties: false,
        properties: {
          id: { type: 'string', minLength: 1, description: 'names the image; no other row has it' },
          patient: {
            type: 'string',
            minLength: 1,
            description: 'names the person; images of one person are never in two folds',
          },
          image: {
            ...oneOrMoreTexts,
            description: 'the file of the image, or a list of the files of its channels, all of one size',
          },
          mask: {
            type: 'string',
            minLength: 1,
            description:
              'the file of the mask, of the same height and width; the image file where only mask_array is given',
          },
          label: {
            type: 'string',
            minLength: 1,
            description: 'the diagnosis, one of the labels of the classes',
          },
          attributes: {
            type: 'object',
            description:
              'what else is known of the image or its patient, by name, which heads may predict: a text of a label, a list of texts where several are true, or a number',
            additionalProperties: { type: ['string', 'number', 'array'], minLength: 1, items: text },
          },
          spacing: {
            type: 'array',
            items: { type: 'number', exclusiveMinimum: 0 },
            minItems: 2,
            maxItems: 2,
            description: 'millimetres between pixels, down and across',
          },
          thickness: {
            type: 'number',
            exclusiveMinimum: 0,
            description: 'millimetres from slice to slice',
          },
          trigger: {
            type: 'number',
            description: 'when it was taken, in milliseconds after the R wave',
          },
          phase: {
            type: 'string',
            pattern: '^(?:ED|ES|[0-9]+)$',
            description:
              'the moment of the cycle: `ED`, `ES`, or the number of the phase from 0; rows of a patient and a phase are one heart',
          },
          voxel_volume: {
            type: 'number',
            exclusiveMinimum: 0,
            description: 'cubic millimetres of a voxel, where spacing and thickness do not say it',
          },
          front: {
            type: 'array',
            items: { type: 'number', minimum: -1, maximum: 1 },
            minItems: 2,
            maxItems: 2,
            description:
              'how many millimetres to the front of the patient a millimetre down the image and a millimetre across it lead',
          },
          slice: {
            type: 'integer',
            minimum: 0,
            description:
              'the slice of an array with three axes, or with four where the last is that of channels, from 0',
          },
          slices: {
            type: 'integer',
            minimum: 1,
            description:
              'how many slices a point in time has, where an array holds several points in time one after the other; neighbouring slices are of one',
          },
          image_array: {
            ...oneOrMoreTexts,
            description:
              'the array in an npz file, `image` unless given; a list where the files have different ones, or one file holds several channels',
          },
          mask_array: {
            type: 'string',
            minLength: 1,
            description: 'the array in an npz file; `mask` unless given',
          },
          fold: {
            type: 'integer',
            minimum: 1,
            description:
              'the fold that holds the image out, given for all rows or for none; with a holdout, rows without one train',
          },
        },
      },
    },
  },
} as const;

/** What a row gives as an attribute. */
export type GivenAttribute = string | number | readonly string[];

/** A row as it is written. */
export interface ManifestEntry {
  readonly id: string;
  readonly patient: string;
  readonly image: string | readonly string[];
  readonly mask?: string;
  readonly label?: string;
  readonly attributes?: Readonly<Record<string, GivenAttribute>>;
  readonly spacing?: readonly [number, number];
  readonly thickness?: number;
  readonly trigger?: number;
  readonly phase?: string;
  readonly voxel_volume?: number;
  readonly front?: readonly [number, number];
  readonly slice?: number;
  readonly slices?: number;
  readonly image_array?: string | readonly string[];
  readonly mask_array?: string;
  readonly fold?: number;
}

/** A manifest as it is written. */
export interface ManifestDocument {
  readonly version: 1;
  readonly description?: string;
  readonly structures?: Readonly<Record<string, number>>;
  readonly images: readonly ManifestEntry[];
}
