import type { HeartMeasures } from '../heart/heart.ts';
import { heartSchema } from '../heart/heart-schema.ts';
import { tablesOfHearts } from '../heart/tables.ts';
import { type CsvCell, csvText } from '../storage/csv.ts';
import type { SliceMeasures } from './measure-slice.ts';

/** What `cmrc predict` says of all its inputs; `predictions.json`. */
export interface PredictionReport {
  readonly version: 1;
  readonly run: string;
  /** Whose networks were asked; their probabilities are averaged. */
  readonly folds: readonly number[];
  readonly out: string;
  readonly inputs: readonly PredictedInput[];
  /** The hearts of the inputs: inputs of one patient are one heart. */
  readonly patients: readonly PredictedHeart[];
  readonly failed: readonly { readonly input: string; readonly reason: string }[];
  /** Files of the folders that were named which belong to no input. */
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
  /** Further runs whose networks were averaged with those of `run`; absent where there are none. */
  readonly others?: readonly { readonly run: string; readonly folds: readonly number[] }[];
}

export interface PredictedHeart {
  /** Of an input whose patient is not known, its own name. */
  readonly patient: string;
  /** The names of its inputs. */
  readonly inputs: readonly string[];
  /** Files written, by what they are, relative to the output folder. */
  readonly files: Readonly<Record<string, string>>;
  /** By mask head. */
  readonly heart: Readonly<Record<string, HeartMeasures>>;
}

export interface PredictedInput {
  readonly input: string;
  /** The files that it was read from: of a DICOM series all that belong to it, in the order of its images. */
  readonly sources: readonly string[];
  /** Files written, by what they are, relative to the output folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Slices times points in time, rows, columns. */
  readonly shape: readonly [number, number, number];
  readonly spacingMm: readonly [number, number, number] | null;
  /** The mean over all images, by head and class. */
  readonly labels: Labels;
  /** The same of value heads. */
  readonly values: Values;
  /** By head and structure, over all images of the first point in time. */
  readonly structures: Readonly<Record<string, Readonly<Record<string, WholeMeasures>>>>;
  /** By head: phases, function, segments. */
  readonly heart: Readonly<Record<string, HeartMeasures>>;
  readonly images: readonly PredictedImage[];
}

export interface PredictedImage {
  readonly slice: number;
  readonly time: number;
  /** When it was taken, in milliseconds after the R wave; null where nothing says. */
  readonly triggerMs: number | null;
  readonly labels: Labels;
  readonly values: Values;
  readonly structures: Readonly<Record<string, Readonly<Record<string, SliceMeasures>>>>;
}

export interface WholeMeasures {
  readonly pixels: number;
  readonly volumeMl: number | null;
  /** Of muscle, 1.05 g/ml; null for what is none. */
  readonly massG: number | null;
  readonly mean: number | null;
}

export type Labels = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What a value head says, in the unit of its attribute. */
export interface PredictedValue {
  readonly value: number;
  readonly unit: string;
}

export type Values = Readonly<Record<string, PredictedValue>>;

const numberOrNull = { type: ['number', 'null'] } as const;
const labels = {
  type: 'object',
  description: 'by head, the probability of each class',
  additionalProperties: { type: 'object', additionalProperties: { type: 'number', minimum: 0, maximum: 1 } },
} as const;

const values = {
  type: 'object',
  description: 'by value head, what it predicts in its unit',
  additionalProperties: {
    type: 'object',
    required: ['value', 'unit'],
    additionalProperties: false,
    properties: { value: { type: 'number' }, unit: { type: 'string' } },
  },
} as const;

const hearts = {
  type: 'object',
  description: 'by mask head: every phase, the function of cavities, the sixteen segments',
  additionalProperties: heartSchema,
} as const;

/** The JSON schema of {@link PredictionReport}. */
export const predictedSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'cmrnet predictions',
  type: 'object',
  required: ['version', 'run', 'folds', 'out', 'inputs', 'patients', 'failed', 'leftOut'],
  additionalProperties: false,
  properties: {
    version: { const: 1 },
    run: { type: 'string' },
    folds: {
      type: 'array',
      items: { type: 'integer', minimum: 1 },
      description: 'whose networks were averaged',
    },
    out: { type: 'string' },
    inputs: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'input',
          'sources',
          'files',
          'shape',
          'spacingMm',
          'labels',
          'values',
          'structures',
          'heart',
          'images',
        ],
        additionalProperties: false,
        properties: {
          input: { type: 'string' },
          sources: {
            type: 'array',
            items: { type: 'string' },
            description: 'the files that it was read from',
          },
          files: { type: 'object', additionalProperties: { type: 'string' } },
          shape: { type: 'array', items: { type: 'integer' }, minItems: 3, maxItems: 3 },
          spacingMm: { type: ['array', 'null'], items: { type: 'number' }, minItems: 3, maxItems: 3 },
          labels,
          values,
          structures: measured({
            pixels: { type: 'integer' },
            volumeMl: numberOrNull,
            massG: numberOrNull,
            mean: numberOrNull,
          }),
          heart: hearts,
          images: {
            type: 'array',
            items: {
              type: 'object',
              required: ['slice', 'time', 'triggerMs', 'labels', 'values', 'structures'],
              additionalProperties: false,
              properties: {
                slice: { type: 'integer' },
                time: { type: 'integer' },
                triggerMs: { ...numberOrNull, description: 'milliseconds after the R wave' },
                labels,
                values,
                structures: measured({
                  pixels: { type: 'integer' },
                  areaMm2: numberOrNull,
                  mean: numberOrNull,
                  wallMeanMm: numberOrNull,
                  wallMaxMm: numberOrNull,
                  wallMeanPixels: numberOrNull,
                }),
              },
            },
          },
        },
      },
    },
    patients: {
      type: 'array',
      description: 'the hearts of the inputs: inputs of one patient are one heart',
      items: {
        type: 'object',
        required: ['patient', 'inputs', 'files', 'heart'],
        additionalProperties: false,
        properties: {
          patient: { type: 'string' },
          inputs: { type: 'array', items: { type: 'string' } },
          files: { type: 'object', additionalProperties: { type: 'string' } },
          heart: hearts,
        },
      },
    },
    failed: {
      type: 'array',
      items: {
        type: 'object',
        required: ['input', 'reason'],
        additionalProperties: false,
        properties: { input: { type: 'string' }, reason: { type: 'string' } },
      },
    },
    others: {
      type: 'array',
      description: 'further runs whose networks were averaged as well',
      items: {
        type: 'object',
        required: ['run', 'folds'],
        additionalProperties: false,
        properties: {
          run: { type: 'string' },
          folds: { type: 'array', items: { type: 'integer', minimum: 1 } },
        },
      },
    },
    leftOut: {
      type: 'array',
      description: 'files of the named folders that belong to no input, with what was said of them',
      items: {
        type: 'object',
        required: ['file', 'reason'],
        additionalProperties: false,
        properties: { file: { type: 'string' }, reason: { type: 'string' } },
      },
    },
  },
} as const;

function measured(properties: Readonly<Record<string, object>>): object {
  const measures = {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  };
  return {
    type: 'object',
    description: 'by mask head and structure; millimetres are null where the input does not say them',
    additionalProperties: { type: 'object', additionalProperties: measures },
  };
}

/** The same as a table with a line per image. */
export function predictionsTable({ inputs }: PredictionReport): string {
  const lines = inputs.flatMap(({ input, images }) =>
    images.map(({ slice, time, triggerMs, labels: own, values: numbers, structures }) => ({
      input,
      slice,
      time,
      triggerMs,
      ...flatten(own),
      ...Object.fromEntries(
        Object.entries(numbers).map(([head, { value, unit }]) => [`${head} (${unit})`, value]),
      ),
      ...flatten(structures),
    })),
  );
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  const rows = lines.map((line: Readonly<Record<string, CsvCell>>) => columns.map((column) => line[column]));
  return csvText([columns, ...rows]);
}

/** Phases, function and segments of every patient as tables. */
export function heartTables({ patients }: PredictionReport): ReturnType<typeof tablesOfHearts> {
  return tablesOfHearts(
    patients.flatMap(({ patient, heart }) =>
      Object.entries(heart).map(([head, measures]) => ({ keys: { patient, head }, measures })),
    ),
  );
}

/** `{ a: { b: 1 } }` as `{ 'a.b': 1 }`. */
function flatten(tree: object, prefix = ''): Record<string, CsvCell> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flatten(value as object, `${prefix}${key}.`))
        : [[`${prefix}${key}`, value]],
    ),
  );
}
