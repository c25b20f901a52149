import { type HeartMeasures, heartSchema } from './heart.ts';
import type { SliceMeasures } from './measure-slice.ts';

/** What `cmrc predict` says of all its inputs; `predictions.json`. */
export interface PredictionReport {
  readonly version: 1;
  readonly run: string;
  /** Whose networks were asked; their probabilities are averaged. */
  readonly folds: readonly number[];
  readonly out: string;
  readonly inputs: readonly PredictedInput[];
  readonly failed: readonly { readonly input: string; readonly reason: string }[];
}

export interface PredictedInput {
  readonly input: string;
  /** Files written, by what they are, relative to the output folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Slices times points in time, rows, columns. */
  readonly shape: readonly [number, number, number];
  readonly spacingMm: readonly [number, number, number] | null;
  /** The mean over all images, by head and class. */
  readonly labels: Labels;
  /** By head and structure, over all images of the first point in time. */
  readonly structures: Readonly<Record<string, Readonly<Record<string, WholeMeasures>>>>;
  /** By head: phases, function, segments. */
  readonly heart: Readonly<Record<string, HeartMeasures>>;
  readonly images: readonly PredictedImage[];
}

export interface PredictedImage {
  readonly slice: number;
  readonly time: number;
  readonly labels: Labels;
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

const numberOrNull = { type: ['number', 'null'] } as const;
const labels = {
  type: 'object',
  description: 'by head, the probability of each class',
  additionalProperties: { type: 'object', additionalProperties: { type: 'number', minimum: 0, maximum: 1 } },
} as const;

/** The JSON schema of {@link PredictionReport}. */
export const predictedSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'cmrnet predictions',
  type: 'object',
  required: ['version', 'run', 'folds', 'out', 'inputs', 'failed'],
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
        required: ['input', 'files', 'shape', 'spacingMm', 'labels', 'structures', 'heart', 'images'],
        additionalProperties: false,
        properties: {
          input: { type: 'string' },
          files: { type: 'object', additionalProperties: { type: 'string' } },
          shape: { type: 'array', items: { type: 'integer' }, minItems: 3, maxItems: 3 },
          spacingMm: { type: ['array', 'null'], items: { type: 'number' }, minItems: 3, maxItems: 3 },
          labels,
          structures: measured({
            pixels: { type: 'integer' },
            volumeMl: numberOrNull,
            massG: numberOrNull,
            mean: numberOrNull,
          }),
          heart: heartSchema,
          images: {
            type: 'array',
            items: {
              type: 'object',
              required: ['slice', 'time', 'labels', 'structures'],
              additionalProperties: false,
              properties: {
                slice: { type: 'integer' },
                time: { type: 'integer' },
                labels,
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
    failed: {
      type: 'array',
      items: {
        type: 'object',
        required: ['input', 'reason'],
        additionalProperties: false,
        properties: { input: { type: 'string' }, reason: { type: 'string' } },
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
    images.map(({ slice, time, labels: own, structures }) => ({
      input,
      slice,
      time,
      ...flatten(own),
      ...flatten(structures),
    })),
  );
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  const rows = lines.map((line: Readonly<Record<string, unknown>>) =>
    columns.map((column) => cell(line[column])).join(','),
  );
  return [columns.map(cell).join(','), ...rows, ''].join('\n');
}

/** Phases, function and segments as tables: a line per input, head, structure and phase, or per segment. */
export function heartTables({
  inputs,
}: PredictionReport): Readonly<Record<'phases' | 'function' | 'segments', string>> {
  const heads = inputs.flatMap(({ input, heart }) =>
    Object.entries(heart).map(([head, found]) => ({ start: { input, head }, found })),
  );
  return {
    phases: table(
      ['input', 'head', 'structure', 'time', 'volumeMl', 'massG'],
      heads.flatMap(({ start, found }) =>
        Object.entries(found.phases).flatMap(([structure, phases]) =>
          phases.map((phase) => ({ ...start, structure, ...phase })),
        ),
      ),
    ),
    function: table(
      ['input', 'head', 'structure', 'endDiastole', 'endSystole', 'edvMl', 'esvMl'].concat([
        'strokeVolumeMl',
        'ejectionFraction',
      ]),
      heads.flatMap(({ start, found }) =>
        Object.entries(found.function).map(([structure, one]) => ({ ...start, structure, ...one })),
      ),
    ),
    segments: table(
      ['input', 'head', 'time', 'segment', 'pixels', 'wallMm', 'mean', 'deviation'],
      heads.flatMap(({ start, found }) =>
        (found.segments ?? []).map((segment) => ({ ...start, time: found.segmentsTime, ...segment })),
      ),
    ),
  };
}

function table(columns: readonly string[], lines: readonly Readonly<Record<string, unknown>>[]): string {
  return [
    columns.join(','),
    ...lines.map((line) => columns.map((column) => cell(line[column])).join(',')),
    '',
  ].join('\n');
}

/** `{ a: { b: 1 } }` as `{ 'a.b': 1 }`. */
function flatten(tree: object, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flatten(value as object, `${prefix}${key}.`))
        : [[`${prefix}${key}`, value]],
    ),
  );
}

/** A text that a spreadsheet would take for a formula is quoted with an apostrophe. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' && /^[=+@-]/.test(value) ? `'${value}` : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
